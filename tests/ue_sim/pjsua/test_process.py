"""One child process: with a stand-in for its reactor, and once as it is."""

import json
from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  a child process needs the real one
from twisted.internet.error import ProcessDone, ProcessExitedAlready, ProcessTerminated
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from tests.support import Awaited
from tests.ue_sim.pjsua.presence import require_pjsua2
from ue_sim.errors import NoStack, StackDied
from ue_sim.pjsua.orders import Order
from ue_sim.pjsua.process import ANSWERING, ENDING, STARTING, Outcome, Place, Process
from valkit.sip.hop import Hop

PLACE = Place((Hop("udp", "127.0.0.11", 0), Hop("tcp", "127.0.0.11", 0)), (0.5, 4.0, 5.0, 32.0))
ORDER = Order("request", "PUBLISH", "sip:a@b", "sip:a@b", (), ())
KILLED = Failure(ProcessTerminated(signal=6))


class StandIn(Clock):
    """A reactor with one process, which does what the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[dict[str, Any]] = []
        self.pipe: Any = None
        self.signals: list[str] = []
        self.gone = False

    def spawnProcess(self, pipe: Any, *_: object, **__: object) -> "StandIn":
        """Start it."""
        self.pipe = pipe
        pipe.transport = self
        return self

    def write(self, data: bytes) -> None:
        """Take what it is told."""
        self.told += [json.loads(line) for line in data.splitlines()]

    def says(self, *said: dict[str, Any]) -> None:
        """Have it say something."""
        self.pipe.outReceived(b"".join(json.dumps(each).encode() + b"\n" for each in said))

    def closeStdin(self) -> None:
        """Take note of the end."""

    def signalProcess(self, name: str) -> None:
        """Take a signal, or be gone."""
        if self.gone:
            raise ProcessExitedAlready
        self.signals.append(name)


def running(reactor: StandIn) -> Process:
    """Give a process that has said that it listens."""
    started = Awaited(Process.start(reactor, PLACE))
    reactor.says({"ready": 5060})
    assert isinstance(started.result, Process)
    return started.result


def test_it_is_told_where_to_listen_and_says_at_which_port() -> None:
    """Host, transports, timers; the address is the first transport's."""
    reactor = StandIn()
    process = running(reactor)
    assert process.address == Hop("udp", "127.0.0.11", 5060)
    assert reactor.told[0]["transports"] == ["udp", "tcp"]
    assert reactor.told[0]["timers"] == [0.5, 4.0, 5.0, 32.0]


def test_a_request_is_answered_under_its_number() -> None:
    """Whatever is answered first; what was not asked is ignored."""
    reactor = StandIn()
    process = running(reactor)
    first, second = Awaited(process.send("a", ORDER)), Awaited(process.send("b", ORDER))
    assert [said["ue"] for said in reactor.told[1:]] == ["a", "b"]
    reactor.says({"id": 2, "none": 408}, {"id": 7}, {"id": 1, "response": "SIP/2.0 200 \udcff"})
    assert first.result == Outcome(response=b"SIP/2.0 200 \xff")
    assert second.result == Outcome(none=408)


def test_a_notify_is_told_to_the_phone_that_it_is_for() -> None:
    """Until the phone is forgotten; one that is for nobody is let go."""
    reactor, heard = StandIn(), list[tuple[str, bytes]]()
    process = running(reactor)
    process.hear("a", lambda impu, text: heard.append((impu, text)))
    for_a = {"ue": "a", "impu": "sip:a@home.example", "notify": "NOTIFY \udcff"}
    reactor.says(for_a, for_a | {"ue": "b"})
    Awaited(process.forget("a"))
    reactor.says(for_a)
    assert heard == [("sip:a@home.example", b"NOTIFY \xff")]


@pytest.mark.parametrize("whole", [True, False])
def test_a_line_may_come_in_pieces(whole: bool) -> None:
    """A pipe knows no lines."""
    reactor = StandIn()
    process = running(reactor)
    asked = Awaited(process.send("a", ORDER))
    data = b'{"id": 1, "refused": "why"}\n'
    for piece in [data] if whole else [data[:5], data[5:]]:
        reactor.pipe.outReceived(piece)
    assert asked.result == Outcome(refused="why")


def test_a_child_that_is_unfit_says_why() -> None:
    """The sentence is the child's; that it then ends changes nothing."""
    reactor = StandIn()
    started = Awaited(Process.start(reactor, PLACE))
    reactor.says({"unfit": "pjsua2-python 1.0 is installed"})
    reactor.pipe.processEnded(Failure(ProcessTerminated(1)))
    assert isinstance(started.result, NoStack)
    assert str(started.result) == "the engine pjsua2 cannot be used: pjsua2-python 1.0 is installed"


def test_a_child_that_ends_before_it_listens_is_no_stack() -> None:
    """With the last error that it wrote."""
    reactor = StandIn()
    started = Awaited(Process.start(reactor, PLACE))
    reactor.pipe.errReceived(b"Traceback\nModuleNotFoundError: No module named 'x'\n")
    reactor.pipe.processEnded(Failure(ProcessTerminated(1)))
    assert isinstance(started.result, NoStack)
    assert "ended with exit code 1: ModuleNotFoundError" in str(started.result)


def test_a_child_that_says_nothing_is_not_waited_for_for_ever() -> None:
    """It is killed, and that is the end of it."""
    reactor = StandIn()
    started = Awaited(Process.start(reactor, PLACE))
    reactor.advance(STARTING)
    reactor.advance(ENDING)
    assert reactor.signals == ["KILL"]
    reactor.pipe.processEnded(Failure(ProcessTerminated(signal=9)))
    assert isinstance(started.result, NoStack)
    assert "did not start within 20 s" in str(started.result)


def test_a_death_ends_whatever_is_under_way() -> None:
    """Each is told how it died, and by which assertion; afterwards nothing can be asked."""
    reactor = StandIn()
    process = running(reactor)
    asked = [Awaited(process.send("a", ORDER)), Awaited(process.send("b", ORDER))]
    reactor.pipe.errReceived(b"python: pjsua_acc.c:42: Assertion `x' failed.\n")
    reactor.pipe.processEnded(KILLED)
    for each in asked:
        assert isinstance(each.result, StackDied)
        assert "ended by signal 6: python: pjsua_acc.c:42: Assertion" in str(each.result)
    assert not process.alive
    assert isinstance(Awaited(process.send("a", ORDER)).result, StackDied)
    assert Awaited(process.forget("a")).result is None
    assert Awaited(process.close()).result is None


def test_a_child_that_stops_answering_is_killed() -> None:
    """An order has as long as its transaction has; then everybody is told, and nothing waits for ever."""
    reactor = StandIn()
    process = running(reactor)
    asked, forgotten = Awaited(process.send("a", ORDER)), Awaited(process.forget("a"))
    reactor.advance(PLACE.timers[3] + ANSWERING)
    assert isinstance(asked.result, StackDied)
    assert "did not answer within 42 s" in str(asked.result)
    assert "KILL" in reactor.signals
    assert forgotten.result is None
    reactor.pipe.processEnded(KILLED)
    assert not reactor.getDelayedCalls()


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (ProcessTerminated(signal=9), "since it has closed its standard output"),
        (ProcessTerminated(signal=6), "by signal 6"),
    ],
)
def test_a_child_whose_output_is_closed_is_killed_at_once(end: ProcessTerminated, why: str) -> None:
    """Nobody waits for as long as a transaction may take; one that was dying anyway has died of what it died of."""
    reactor = StandIn()
    asked = Awaited(running(reactor).send("a", ORDER))
    reactor.pipe.outConnectionLost()
    assert reactor.signals == ["KILL"]
    reactor.pipe.processEnded(Failure(end))
    assert str(asked.result) == f"the process of the engine pjsua2 ended {why}"


def test_a_child_that_ends_unasked_is_not_killed() -> None:
    """Its output is closed as it ends; nobody waits."""
    reactor = StandIn()
    running(reactor)
    reactor.pipe.outConnectionLost()
    assert not reactor.signals


def test_a_child_that_talks_nonsense_is_killed() -> None:
    """Whatever comes behind it could not be read either, as what a library writes to standard output."""
    reactor = StandIn()
    asked = Awaited(running(reactor).send("a", ORDER))
    reactor.pipe.outReceived(b'{"id": 1, "none": 408')
    reactor.pipe.outReceived(b'Assertion failed\n{"id": 1, "none": 408}\n')
    reactor.pipe.processEnded(Failure(ProcessTerminated(signal=9)))
    assert str(asked.result) == "the process of the engine pjsua2 ended since what it says is no JSON"


def test_a_child_that_even_a_kill_does_not_end_is_left_to_itself() -> None:
    """The system has it; whoever closed it goes on."""
    reactor = StandIn()
    closed = Awaited(running(reactor).close())
    reactor.advance(ENDING)
    assert not closed.results
    reactor.advance(ENDING)
    assert closed.result is None
    reactor.pipe.processEnded(KILLED)


@pytest.mark.parametrize("stubborn", [True, False])
def test_a_child_that_does_not_end_is_killed(stubborn: bool) -> None:
    """It has a while to end in good order, and may be gone just then."""
    reactor = StandIn()
    process = running(reactor)
    closing = Awaited(process.close())
    reactor.gone = not stubborn
    reactor.advance(ENDING)
    assert reactor.signals == (["KILL"] if stubborn else [])
    reactor.pipe.processEnded(Failure(ProcessDone(0)))
    assert closing.result is None
    assert reactor.getDelayedCalls() == []


async def test_a_real_one_listens_forgets_and_ends() -> None:
    """From start to end, with nothing left behind."""
    require_pjsua2()
    process = await Process.start(the_reactor, PLACE)
    assert process.port > 0
    await process.forget("nobody")
    await process.close()
    assert not process.alive


async def test_a_place_that_is_not_ours_is_told() -> None:
    """An address that this machine does not have."""
    require_pjsua2()
    with pytest.raises(NoStack, match=r"cannot be opened at 192\.0\.2\.1"):
        await Process.start(the_reactor, Place((Hop("udp", "192.0.2.1", 0),), PLACE.timers))
