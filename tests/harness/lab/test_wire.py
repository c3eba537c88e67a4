from twisted.internet.task import Clock

from harness.lab.wire import ALL, Fault, Onlooker, Wire
from harness.seen.patterns import Pattern
from tests.harness.scenes import CAST, HOSTS, request
from valkit.sip import Hop
from valkit.trace import Message

NOW = 1000.0
REGISTER = Pattern.model_validate({"from": "alice", "to": "pcscf", "method": "REGISTER"})


def hop(name: str, transport: str = "udp") -> Hop:
    """Give the address of somebody."""
    return Hop(transport, HOSTS[name], 5060)


def wire(*faults: Fault, hosts: tuple[str, ...] = tuple(HOSTS.values())) -> Wire:
    """Make a wire with these faults."""
    made = Wire(CAST, frozenset(hosts), lambda: NOW)
    made.faults.extend(faults)
    return made


def test_what_is_sent_stands_in_the_trace() -> None:
    """Without a fault one copy goes out, and the trace has it with its time."""
    tap = wire()
    assert tap.sending(request(), hop("alice"), hop("pcscf")) == 1
    [event] = tap.trace.events
    assert (event.at, getattr(event, "fate", None)) == (NOW, "delivered")


def test_a_lost_message_does_not_go_out() -> None:
    """The first is lost and stands in the trace as lost; when it is sent again it passes."""
    tap = wire(Fault("lose", REGISTER))
    copies = [tap.sending(request(), hop("alice"), hop("pcscf")) for _ in range(2)]
    assert copies == [0, 1]
    assert [getattr(event, "fate", None) for event in tap.trace.events] == ["lost", "delivered"]


def test_a_fault_may_begin_later_and_last_longer() -> None:
    """It spares those before the nth, and is done to as many as it is told."""
    tap = wire(Fault("repeat", REGISTER, skips=1, left=2))
    assert [tap.sending(request(), hop("alice"), hop("pcscf")) for _ in range(4)] == [1, 2, 2, 1]


def test_on_a_stream_nothing_is_lost() -> None:
    """TCP delivers, whatever a fault wants; such a fault stays idle."""
    fault = Fault("lose", REGISTER)
    assert wire(fault).sending(request(), hop("alice", "tcp"), hop("pcscf", "tcp")) == 1
    assert fault.idle


def test_a_fault_that_met_fewer_than_meant_is_idle() -> None:
    """A scenario that never came to its fault has not shown anything; one that holds all back is content with one."""
    lose, hold = Fault("lose", REGISTER, left=2), Fault("hold", REGISTER, left=ALL)
    wire(lose).sending(request(), hop("alice"), hop("pcscf"))
    wire(hold).sending(request(), hop("alice"), hop("pcscf"))
    assert lose.idle
    assert not hold.idle


def test_what_comes_from_inside_is_judged_once() -> None:
    """A message between two programs of ours is seen where it is sent, one from elsewhere where it arrives."""
    tap = wire(hosts=(HOSTS["pcscf"],))
    assert tap.received(request(), hop("alice"), hop("pcscf"))
    assert tap.received(request(), hop("pcscf"), hop("icscf"))
    assert len(tap.trace.events) == 1


def test_a_request_is_open_until_its_answer_passes() -> None:
    """A lost answer leaves it open."""
    message = request()
    answer = Pattern.model_validate({"status": 200})
    tap = wire(Fault("lose", answer))
    tap.sending(message, hop("alice"), hop("pcscf"))
    tap.sending(message.answer(200), hop("pcscf"), hop("alice"))
    assert tap.unanswered()
    tap.sending(message.answer(200), hop("pcscf"), hop("alice"))
    assert not tap.unanswered()


def test_nobody_waits_for_what_is_held_back() -> None:
    """A held request is not open, so that quiet means something; let go, it is."""
    tap = wire(Fault("hold", REGISTER, left=ALL))
    tap.sending(request(), hop("alice"), hop("pcscf"))
    assert not tap.unanswered()
    tap.let_go()
    assert tap.unanswered()


def test_an_onlooker_lets_everything_pass_and_keeps_no_account() -> None:
    """For a lab that people try, for as long as they like."""
    tap = Onlooker(CAST, frozenset(HOSTS.values()), lambda: 0.0)
    assert tap.sending(request(), hop("alice"), hop("pcscf")) == 1
    assert tap.received(request(), hop("pcscf"), hop("icscf"))
    assert not tap.unanswered()


def test_an_onlooker_tells_of_each_message_once() -> None:
    """Where a program of the lab sends it; a phone is a program of its user's, whose messages arrive."""
    tap = Onlooker(CAST, frozenset(HOSTS.values()), lambda: 7.0)
    tap.received(request(), hop("alice"), hop("pcscf"))
    tap.sending(request(), hop("pcscf"), hop("icscf"))
    tap.received(request(), hop("pcscf"), hop("icscf"))
    told = [(event.at, event.source, event.target) for event in tap.trace.events if isinstance(event, Message)]
    assert told == [(7.0, hop("alice"), hop("pcscf")), (7.0, hop("pcscf"), hop("icscf"))]


def test_an_answer_is_waited_for_as_long_as_its_sender_waits() -> None:
    """Half a minute in the core, two minutes over the radio (TS 24.229 table 7.7.1)."""
    slow = frozenset({HOSTS["alice"]})
    for who, waits in (("scscf", 32.0), ("alice", 128.0)):
        clock = Clock()
        tap = Wire(CAST, frozenset(HOSTS.values()), clock.seconds, slow)
        tap.sending(request(), hop(who), hop("valserver"))
        clock.advance(waits - 0.5)
        assert tap.unanswered()
        clock.advance(1.0)
        assert not tap.unanswered()
