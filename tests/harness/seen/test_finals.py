from harness.seen.finals import answered_twice, unread
from harness.seen.ladder.captions import details
from tests.harness.scenes import CAST, challenge, noted, passed_on, registration, request, sent
from valkit.sip import Message
from valkit.sip.message import Unread


def test_one_final_response_to_each_request_is_right() -> None:
    """On each hop, sent again or not, with provisional ones before it, and another to the next request."""
    first, second = request(), request(cseq=2)
    events = [
        noted("hss", "flag"),
        *registration(),
        sent("pcscf", "alice", first.answer(100)),
        sent("pcscf", "alice", challenge(first)),
        sent("pcscf", "alice", challenge(first), fate="repeated"),
        sent("pcscf", "alice", second.answer(200)),
    ]
    assert answered_twice(events, CAST) is None


def test_another_final_response_to_the_same_request_is_told() -> None:
    """Whatever an expectation makes of either."""
    asked = request()
    events = [*passed_on(asked, "alice", "pcscf"), *(sent("pcscf", "alice", asked.answer(each)) for each in (403, 200))]
    assert str(answered_twice(events, CAST)) == "403 and then 200 to one REGISTER, from pcscf to alice"


def test_an_invitation_may_be_answered_by_several() -> None:
    """A 2xx comes from each of them (RFC 3261 13.1), and what cannot be read answers nothing."""
    asked = request("INVITE")
    answers: list[Message] = [asked.answer(486), asked.answer(200), asked.answer(403).with_header("CSeq", "x")]
    assert answered_twice([sent("pcscf", "alice", each) for each in answers], CAST) is None


def test_an_answer_that_is_too_large_is_told() -> None:
    """Of its body nothing is known, so nothing that is said of it holds."""
    answer = request().answer(200)
    large = Unread(200, "OK", answer.headers, b"")
    assert unread([sent("pcscf", "alice", answer)], CAST) == ""
    assert unread([sent("pcscf", "alice", large)], CAST) == "200 OK from pcscf to alice, which is too large"
    assert details(large) == ("too large to be read",)
