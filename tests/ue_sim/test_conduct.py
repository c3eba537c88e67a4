import pytest

from tests.ue_sim.network import IMPU
from ue_sim import conduct
from ue_sim.engine import Conduct
from ue_sim.usim import MacFailure, Outcome, Success, SyncFailure
from valkit.sip.hop import Hop
from valkit.sip.message import Request

GENUINE = Success(res=b"\x00\xff\x01", ck=b"c", ik=b"i")
REQUEST = Request.create("PUBLISH", IMPU, [("Route", "<sip:pcscf;lr>"), ("Event", "a"), ("Event", "b")])
HOP = Hop("udp", "192.0.2.31", 5060)
OTHER_HOP = Hop("udp", "192.0.2.32", 5060)


def outcome(of: Conduct, said: Outcome = GENUINE) -> Outcome:
    """Give what the phone takes the card to have said."""
    assert of.outcome is not None
    return of.outcome(said)


def altered(of: Conduct) -> Request:
    """Give the request as it goes out."""
    assert of.request is not None
    return of.request(REQUEST)


def test_a_wrong_res_is_wrong_in_every_byte() -> None:
    """No byte of RES stays, so no comparison that looks at a part of it succeeds; the keys stay."""
    assert outcome(conduct.wrong_res()) == Success(res=b"\xff\x00\xfe", ck=b"c", ik=b"i")


@pytest.mark.parametrize("said", [MacFailure(), SyncFailure(bytes(14))])
def test_only_a_res_can_be_wrong(said: Outcome) -> None:
    """What the card refuses stays refused."""
    assert outcome(conduct.wrong_res(), said) == said


def test_a_mac_failure_can_be_feigned() -> None:
    """A genuine challenge is treated as a forged one."""
    assert outcome(conduct.no_response()) == MacFailure()


def test_a_header_is_replaced() -> None:
    """All its values go, those given come."""
    assert altered(conduct.header("Event", "c")).headers.all("Event") == ("c",)


def test_a_header_without_a_value_is_left_out() -> None:
    """Others stay."""
    request = altered(conduct.header("Event"))
    assert "Event" not in request.headers
    assert "Route" in request.headers


def test_straight_to_a_hop_there_is_no_route() -> None:
    """The way through the core is left out, and the hop is another."""
    direct = conduct.directly_to(HOP)
    assert direct.to == HOP
    assert "Route" not in altered(direct).headers


def test_two_conducts_follow_each_other() -> None:
    """The second sees what the first has made."""
    joined = conduct.both(conduct.header("Event", "c"), Conduct(request=lambda request: request.adding("Event", "d")))
    assert altered(joined).headers.all("Event") == ("c", "d")
    assert joined.outcome is None


@pytest.mark.parametrize(
    ("first", "second", "hop"),
    [
        (conduct.directly_to(HOP), conduct.wrong_res(), HOP),
        (conduct.wrong_res(), conduct.directly_to(HOP), HOP),
        (conduct.directly_to(HOP), conduct.directly_to(OTHER_HOP), OTHER_HOP),
    ],
)
def test_of_two_hops_the_second_counts(first: Conduct, second: Conduct, hop: Hop) -> None:
    """A request goes to one place."""
    assert conduct.both(first, second).to == hop


ANSWERING = Request.create(
    "REGISTER",
    "sip:home.example",
    [("Call-ID", "own"), ("Authorization", 'Digest username="a", nonce="new", response="r", algorithm=AKAv1-MD5')],
)
BARE = ANSWERING.with_header("Authorization", 'Digest username="a", nonce="", response=""')


@pytest.mark.parametrize("misconduct", [conduct.elsewhere("other"), conduct.with_nonce("old")])
@pytest.mark.parametrize("request_", [BARE, REQUEST], ids=("a REGISTER without proof", "no REGISTER"))
def test_only_an_answer_is_misdirected(misconduct: Conduct, request_: Request) -> None:
    """What answers no challenge goes out as it is."""
    assert misconduct.request is not None
    assert misconduct.request(request_) == request_


def test_an_answer_under_another_call_id() -> None:
    """The rest of it stays."""
    misconduct = conduct.elsewhere("other")
    assert misconduct.request is not None
    assert misconduct.request(ANSWERING).call_id == "other"


def test_an_answer_with_another_nonce() -> None:
    """Whatever characters the nonce has; the response is the one that was made for the right one."""
    misconduct = conduct.with_nonce("old+/==")
    assert misconduct.request is not None
    credentials = misconduct.request(ANSWERING).authorization
    assert credentials is not None
    assert [credentials.get(name) for name in ("nonce", "response", "username")] == ["old+/==", "r", "a"]
    assert str(credentials).count("nonce=") == 1
