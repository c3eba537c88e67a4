import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence import texts
from harness.evidence.seen import Spot
from harness.evidence.texts import read_text
from tests.harness.evidence.wires import request
from valkit.sip import Hop

AT_FIVE = 1_795_928_400.25
"""2026-11-29 05:00:00.25 UTC."""
BODY = b"<a>\n <b/>\n</a>\n"


def test_messages_are_found_among_other_words() -> None:
    """With the line that each begins in, whether or not the line ends are those of the wire."""
    for line_end in ("\r\n", "\n"):
        text = (b"12:00 sent\n" + request(1, BODY) + b"\n12:01 received\n" + request(2)).decode()
        read = read_text(text.replace("\r\n", line_end))
        assert [seen.spot.place for seen in read.messages] == ["line 2", "line 17"]
        assert [seen.message.body for seen in read.messages] == [BODY, b""]
        assert not read.broken


def test_an_indented_trace_is_read() -> None:
    """As in a report or a mail."""
    text = request(1).decode().replace("\r\n", "\n    ")
    (seen,) = read_text("    " + text).messages
    assert seen.message.cseq.number == 1


@pytest.mark.parametrize("margin", ["", "    "])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_a_folded_header_is_one(margin: str, line_end: str) -> None:
    """In a trace that stands further right as well (RFC 3261 7.3.1)."""
    text = request(1).decode().replace("MESSAGE\r\n", "MESSAGE\r\nSubject: one\r\n  two\r\n\tthree\r\n")
    read = read_text("".join(f"{margin}{line}{line_end}" for line in text.split("\r\n")))
    (seen,) = read.messages
    assert seen.message.headers.get("Subject") == "one two three"


def test_a_message_ends_where_the_next_one_begins() -> None:
    """Though nobody wrote an empty line between them."""
    text = f"{request(1).decode().strip()}\n{request(2).decode()}"
    assert [seen.message.cseq.number for seen in read_text(text).messages] == [1, 2]


def test_a_body_whose_secrets_were_taken_out_ends_where_the_next_message_begins() -> None:
    """Content-Length is no longer right then."""
    text = request(1, b"token: ey.ey.xx").decode().replace("ey.ey.xx", "(hidden)...............")
    one, two = read_text(text + "\n\n" + request(2).decode()).messages
    assert one.message.body == b"token: (hidden)..............."
    assert (one.exact, two.exact) == (False, True)
    assert two.message.cseq.number == 2


def test_an_enclosed_request_is_part_of_the_one_around_it() -> None:
    """message/sip in a third-party REGISTER."""
    inner = request(7, method="REGISTER")
    outer = request(1, inner).replace(b"text/plain", b"message/sip")
    for text in (outer.decode(), outer.decode().replace("\r\n", "\n")):
        (seen,) = read_text(text).messages
        assert seen.message.body == inner


def test_a_wrong_length_does_not_swallow_what_follows() -> None:
    """Though it ends where a later message does, by chance; in a log of thousands some do."""
    later = request(2).decode() + request(3).decode()
    text = request(1, b"hello\n").decode().replace("Content-Length: 6", f"Content-Length: {6 + len(later)}") + later
    for each in (text, text.replace("\r\n", "\n")):
        assert [seen.message.cseq.number for seen in read_text(each).messages] == [1, 2, 3]


def test_what_is_no_message_is_told_with_its_line() -> None:
    """A first line alone does not make one."""
    (broken,) = read_text("\nOPTIONS sip:a@b SIP/2.0\nVia: what\n").broken
    assert broken.spot.place == "line 2"


def test_a_text_without_messages_has_none() -> None:
    """Nor does it take long."""
    assert not read_text("hello\n" * 10_000).messages


WORDS = st.sampled_from(
    ["MESSAGE sip:a SIP/2.0", "SIP/2.0 200 OK", "Content-Length: 9", "Via: x", "", " ", "\r", "<a>", "l: 0"]
)


@given(st.lists(WORDS | st.text(max_size=20), max_size=30), st.sampled_from(["\n", "\r\n"]))
def test_no_text_makes_it_fail(lines: list[str], line_end: str) -> None:
    """Whatever stands in a log: messages come of it, broken ones, or none."""
    text = line_end.join(lines)
    read = read_text(text)
    assert len(read.messages) + len(read.broken) <= text.count("SIP/2.0")


@pytest.mark.parametrize(
    ("line", "spot"),
    [
        (
            "2026/11/29 05:00:00.250000 192.0.2.1:5060 -> 192.0.2.2:5070",
            Spot("line 2", AT_FIVE, Hop("udp", "192.0.2.1", 5060), Hop("udp", "192.0.2.2", 5070)),
        ),
        (
            "T 2026/11/29 05:00:00.250000 [2001:db8::1]:5060 -> [2001:db8::2]:5070 [AP]",
            Spot("line 2", AT_FIVE, Hop("tcp", "2001:db8::1", 5060), Hop("tcp", "2001:db8::2", 5070)),
        ),
        ("2026/13/29 05:00:00 192.0.2.1:5060 -> 192.0.2.2:5070", Spot("line 2")),
        ("2026/11/29 05:00:00 192.0.2.999:5060 -> 192.0.2.2:5070", Spot("line 2")),
        ("received from 192.0.2.1", Spot("line 2")),
    ],
    ids=["sngrep", "ngrep", "no date", "no address", "a log"],
)
def test_the_line_before_a_message_may_say_when_it_was_and_between_whom(line: str, spot: Spot) -> None:
    """As sngrep and ngrep write it; anything else says nothing."""
    (seen,) = read_text(f"{line}\n{request().decode()}").messages
    assert seen.spot == spot


def test_half_a_pair_is_no_character() -> None:
    """JSON may have one, and a message cannot."""
    (seen,) = read_text(request(1, b"?").decode().replace("?", "\ud800")).messages
    assert seen.message.body == b"?"


def test_lengths_that_are_wrong_cost_no_more_than_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each may claim all that follows; one that is right is believed as long as the wrong ones left some trust."""
    claims: list[int] = []
    whole = texts._whole

    def watched(head: list[str], text: str, begun: int, trust: int) -> tuple[bytes, int, bool, int]:
        octets, end, exact, wrong = whole(head, text, begun, trust)
        claims.append(wrong)
        return octets, end, exact, wrong

    monkeypatch.setattr(texts, "_whole", watched)
    text = "OPTIONS sip:a SIP/2.0\nl: 9999\n\n" * 1_000
    read_text(text)
    assert len(claims) == 1_000
    assert 0 < sum(claims) <= len(text)
