import socket
from collections.abc import Callable
from typing import Any

from twisted.internet import reactor as the_reactor  # noqa: TID251  patience is about real turns of the reactor
from twisted.internet.abstract import FileDescriptor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from harness.lab.patience import Patience
from harness.lab.wire import Wire
from tests.harness.scenes import CAST, HOSTS, noted, request
from valkit.net.clock import ShiftableClock
from valkit.sip import Hop

reactor: Any = the_reactor
ALICE, PCSCF = (Hop("udp", HOSTS[name], 5060) for name in ("alice", "pcscf"))


def patience(*, skipping: bool = False, alone: bool = True) -> tuple[Patience, Wire, ShiftableClock]:
    """Give patience with its wire and its clock."""
    clock = ShiftableClock(reactor)
    wire = Wire(CAST, frozenset(HOSTS.values()), clock.seconds)
    return Patience(reactor, clock, wire, alone=alone, skipping=skipping), wire, clock


def noting(wire: Wire, what: str) -> Callable[[], None]:
    """Make a call that notes something."""
    return lambda: wire.note(noted("hss", what))


async def test_a_quiet_lab_gives_nothing_more() -> None:
    """No request is open and no turn brings anything, so there is nothing to wait for."""
    waiting, _, _ = patience()
    assert not await waiting.more()


async def test_news_of_the_next_turns_is_waited_for() -> None:
    """What is under way in the reactor comes."""
    waiting, wire, _ = patience()
    reactor.callLater(0, noting(wire, "flag"))
    assert await waiting.more()
    assert len(wire.trace.events) == 1


async def test_a_timer_that_is_near_comes_at_once() -> None:
    """A hundredth of a second of the lab's clock is not waited for."""
    waiting, wire, clock = patience()
    clock.callLater(0.05, noting(wire, "flag"))
    before = reactor.seconds()
    await waiting.quiet()
    assert len(wire.trace.events) == 1
    assert clock.seconds() - reactor.seconds() > 0.02
    assert reactor.seconds() - before < 5


async def test_a_timer_far_away_is_nobody_s_business() -> None:
    """A registration that runs out in an hour does not keep a lab from being quiet."""
    waiting, wire, clock = patience()
    call = clock.callLater(3600, noting(wire, "flag"))
    await waiting.quiet()
    assert not wire.trace.events
    call.cancel()


async def test_after_a_fault_lost_time_is_skipped() -> None:
    """A request waits for its answer: the clock goes to the timer that sends it again."""
    waiting, wire, clock = patience(skipping=True)
    wire.sending(request(), ALICE, PCSCF)
    clock.callLater(30, noting(wire, "sent again"))
    while len(wire.trace.events) == 1:
        assert await waiting.more()
    assert clock.seconds() - reactor.seconds() > 29


async def test_work_is_waited_for() -> None:
    """What it gives is given on."""
    waiting, _, clock = patience()

    async def work() -> str:
        await deferLater(reactor, 0.01)
        return "done"

    assert await waiting.during(work()) == "done"
    assert not clock.getDelayedCalls()


async def test_time_passes_timer_by_timer() -> None:
    """What one timer causes is done before the next one comes, so a chain of them takes part in the journey."""
    waiting, wire, clock = patience()
    seen: list[float] = []

    def then() -> None:
        started = clock.seconds()

        def soon() -> None:
            wire.note(noted("hss", "flag"))
            seen.append(clock.seconds() - started)

        reactor.callLater(0, soon)
        clock.callLater(10, seen.append, -1.0)

    clock.callLater(5, then)
    await waiting.advance(60)
    assert seen[0] < 1
    assert seen[1] == -1.0
    assert not clock.getDelayedCalls()


class Busy:
    """A reactor that has something to write for so many turns."""

    def __init__(self, turns: int) -> None:
        self._left = turns

    def getWriters(self) -> list[object]:
        """Give what it would write."""
        self._left -= 1
        return [self] if self._left >= 0 else []

    def __getattr__(self, name: str) -> Any:
        return getattr(reactor, name)


async def later(wire: Wire, turns: int) -> None:
    """Note something after so many turns."""
    for _ in range(turns):
        await deferLater(reactor, 0)
    wire.note(noted("hss", "flag"))


async def test_what_is_under_way_is_waited_for_however_many_turns_it_takes() -> None:
    """A connection that is opened before a message goes over it; without any, turns alone say that nothing comes."""
    for turns, comes in ((20, True), (0, False)):
        clock = ShiftableClock(reactor)
        wire = Wire(CAST, frozenset(HOSTS.values()), clock.seconds)
        going_on = Deferred.fromCoroutine(later(wire, 15))
        assert await Patience(Busy(turns), clock, wire).more() is comes
        await going_on


class Reader(FileDescriptor):
    """Somebody who reads a socket when it is his turn."""

    def __init__(self, ours: socket.socket) -> None:
        super().__init__(reactor)
        self.fileno = ours.fileno  # type: ignore[method-assign]  # as Twisted has it for sockets


async def test_what_has_come_and_is_not_read_is_under_way() -> None:
    """It was sent, and whoever is to read it has not had its turn."""
    waiting, _, _ = patience()
    one, other = socket.socketpair()
    with one, other:
        reader = Reader(other)
        reactor.addReader(reader)
        assert not waiting._at_work()
        one.send(b"x")
        assert waiting._at_work()
        reactor.removeReader(reader)


async def test_what_never_ends_is_not_waited_for() -> None:
    """A connection may lead to nowhere."""
    clock = ShiftableClock(reactor)
    wire = Wire(CAST, frozenset(HOSTS.values()), clock.seconds)
    assert not await Patience(Busy(1_000_000_000), clock, wire).more()
