from harness.seen.story import Passage, Remark, story
from tests.harness.scenes import CAST, noted, passed_on, request, sent
from valkit.sip.message import parse
from valkit.trace import Event


def test_a_message_that_is_passed_on_is_one_passage() -> None:
    """A request through three elements is told once, from its first sender to its last receiver."""
    [passage] = story(passed_on(request(), "alice", "pcscf", "icscf", "scscf"), CAST)
    assert isinstance(passage, Passage)
    assert (passage.source, passage.target, len(passage.legs)) == ("alice", "scscf", 3)


def test_a_message_sent_again_is_the_same_passage() -> None:
    """A retransmission adds a leg, and the passage begins where it began."""
    message = request()
    lost, came = sent("alice", "pcscf", message, fate="lost"), sent("alice", "pcscf", message, at=0.5)
    events: list[Event] = [lost, noted("hss", "flag"), came]
    first = story(events, CAST)[0]
    assert isinstance(first, Passage)
    assert [leg.lost for leg in first.legs] == [True, False]
    assert first.at == 0
    assert first.legs[1].sent is came


def test_an_answer_is_another_passage_than_its_request() -> None:
    """Request and answer have one CSeq, and are two moments."""
    message = request()
    moments = story([sent("alice", "pcscf", message), sent("pcscf", "alice", message.answer(200))], CAST)
    assert len(moments) == 2


def test_a_story_may_begin_later() -> None:
    """Told from a place in the trace on, what went before is not told, and places stay those of the trace."""
    events: list[Event] = [sent("alice", "pcscf", request()), noted("hss", "flag")]
    [remark] = story(events, CAST, since=1)
    assert isinstance(remark, Remark)
    assert remark.at == 1


def test_a_message_without_a_readable_cseq_is_told_all_the_same() -> None:
    """What nobody can read is a moment of its own."""
    broken = parse(b"OPTIONS sip:a SIP/2.0\r\nCSeq: none\r\n\r\n")
    assert len(story([sent("alice", "pcscf", broken), sent("pcscf", "icscf", broken)], CAST)) == 2
