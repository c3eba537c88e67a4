from harness.diagnosis.facts import Unanswered
from harness.diagnosis.transmissions import PATIENCE, unanswered
from harness.evidence import Evidence, Seen, Spot
from harness.evidence.icmp import Notice
from tests.harness.diagnosis.test_extraction import CORE, SERVER, UE, register
from valkit.sip import Hop, Message

FIRST = register(1)
NOTICE = Notice(CORE.host, "udp", (UE.host, UE.port), (CORE.host, CORE.port), "port unreachable")


def at(time: float, message: Message = FIRST, source: Hop = UE, target: Hop = CORE) -> Seen:
    """Have a message seen at this time."""
    return Seen(Spot(f"frame at {time:g}", time, source, target), message)  # type: ignore[arg-type]


def silent(*seen: Seen, notices: tuple[Notice, ...] = ()) -> list[Unanswered]:
    """Give whom nobody answered."""
    return list(unanswered(Evidence(seen, (), notices)))


def test_a_request_that_is_sent_again_and_again_is_unanswered() -> None:
    """With how often, for how long, and between whom."""
    (found,) = silent(at(0), at(0.5), at(1.5))
    assert (found.method, found.source, found.target) == ("REGISTER", UE, CORE)
    assert (found.transmissions, found.seconds, found.places) == (3, 1.5, ("frame at 0",))
    assert found.largest == len(bytes(FIRST))


def test_requests_of_a_method_on_one_way_are_one() -> None:
    """A client tries anew, perhaps from another port."""
    again = at(40, register(2), Hop("udp", UE.host, 5099))
    (found,) = silent(at(0), at(0.5), at(1.5), again, at(43, register(3)))
    assert (found.transmissions, found.places) == (3, ("frame at 0",))
    (found,) = silent(at(0), at(0.5), at(1.5), again, at(80, register(3)))
    assert (found.transmissions, len(found.places)) == (4, 2)


def test_what_was_answered_or_may_still_be_is_not() -> None:
    """By whatever status; a capture that ends says nothing."""
    assert silent(at(0), at(0.5), at(1.5), at(1.6, FIRST.answer(100), CORE, UE)) == []
    assert silent(at(0), at(0.5)) == []
    assert silent(at(0), at(PATIENCE - 1, register(2))) == []


def test_a_stream_is_waited_for_until_the_client_gives_up() -> None:
    """TCP sends no request again."""
    ends = Hop("tcp", UE.host, 40_000), Hop("tcp", CORE.host, 5060)
    (found,) = silent(at(0, FIRST, *ends), at(PATIENCE, register(2), *ends))
    assert (found.transmissions, found.silence) == (1, PATIENCE)


def test_what_was_captured_on_several_interfaces_is_one_transmission() -> None:
    """A bridge and both its ends, as `tcpdump -i any` has them."""
    assert silent(at(0), at(0.0001), at(0.0002), at(0.5), at(0.5001), at(0.5002)) == []


def test_icmp_says_it_at_once() -> None:
    """One transmission is enough."""
    (found,) = silent(at(0), notices=(NOTICE,))
    assert found.notices == ("port unreachable",)
    assert silent(at(0), notices=(NOTICE._replace(target=(CORE.host, 9)),)) == []


def test_who_passed_a_request_on_waits_as_well() -> None:
    """It is unanswered where it was seen last."""
    passed = register(1).with_header("Via", "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKp")
    hops = [seen for time in (0, 0.5, 1.5) for seen in (at(time), at(time + 0.01, passed, CORE, SERVER))]
    (found,) = silent(*hops)
    assert (found.source, found.target) == (CORE, SERVER)


def test_where_nobody_knows_when_or_between_whom_nothing_is_said() -> None:
    """As in a pasted message."""
    assert silent(*(Seen(Spot(f"line {line}"), FIRST) for line in (1, 20, 40))) == []
