"""Each fault is made for real: a message as it would be on the wire."""

import pytest

from harness.diagnosis import Finding, findings_in
from harness.diagnosis.facts import TokenPlace
from harness.evidence import Broken, Seen, Spot
from harness.evidence.captured import sip_message
from tests.harness.scenes import TOKEN
from valkit.carriers import BY_NAME, mcptt_info, val_info
from valkit.sip import Hop, Part, Request, build_multipart
from valkit.sip.fields import Headers

SPOT = Spot("frame 5", 1.0, Hop("udp", "192.0.2.1", 5060), Hop("udp", "192.0.2.2", 5060))
EVERY = frozenset(BY_NAME)


def request(body: bytes, content_type: str | None) -> Request:
    """Make a REGISTER with this body."""
    fields = [
        ("Via", "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa"),
        ("From", "<sip:alice@home.example>;tag=a"),
        ("To", "<sip:alice@home.example>"),
        ("Call-ID", "one"),
        ("CSeq", "1 REGISTER"),
    ]
    return Request.create("REGISTER", "sip:home.example", fields, body, content_type)


def found(
    body: bytes, content_type: str | None, looked: frozenset[str] = EVERY, *, unanswered: bool = False
) -> list[str]:
    """Name what is found wrong with a REGISTER that has this body."""
    seen = Seen(SPOT, request(body, content_type))
    return [finding.name for finding in findings_in([seen, TokenPlace(seen, looked, unanswered=unanswered)])]


def cut(octets: bytes) -> Finding:
    """Give the one thing that is wrong with a datagram."""
    broken = sip_message(octets, SPOT)
    assert isinstance(broken, Broken)
    (finding,) = findings_in([broken])
    return finding


MULTIPART = build_multipart([Part(Headers.parse("Content-Type: message/sip"), bytes(request(b"", None)))])


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (val_info(TOKEN)[1], val_info(TOKEN)[0]),
        (mcptt_info(TOKEN, "urn:uuid:1")[1], mcptt_info(TOKEN)[0]),
        (bytes(request(*reversed(val_info(TOKEN)))), "message/sip"),  # type: ignore[arg-type]
        (b"", None),
        (b"hello", "text/plain"),
    ],
)
def test_a_healthy_message_has_no_finding(body: bytes, content_type: str | None) -> None:
    """Whatever it carries its token in."""
    assert found(body, content_type) == []


def test_a_datagram_that_was_cut_off() -> None:
    """At the MTU, as a long token makes it."""
    media_type, body = val_info(TOKEN + "x" * 1_200)
    finding = cut(bytes(request(body, media_type))[:1_472])
    assert finding.name == "truncated-message"
    assert finding.sentence.endswith("It has 1472 bytes: a token made it larger than a packet.")


def test_a_message_that_breaks_the_grammar() -> None:
    """The header at fault is named."""
    finding = cut(bytes(request(b"", None)).replace(b"CSeq: 1 REGISTER", b"CSeq: one"))
    assert finding.name == "malformed-message"
    assert "CSeq is malformed" in finding.sentence


@pytest.mark.parametrize(
    ("body", "content_type", "why"),
    [
        (val_info(TOKEN)[1], "text/plain", "val-info document"),
        (val_info(TOKEN)[1], "application/vnd.3gpp.mcptt-info+xml", "has the root mcpttinfo"),
        (b"hello", "message/sip", "no SIP message"),
        (b"hello", "multipart/mixed", "boundary"),
        (val_info(TOKEN)[1], None, "no Content-Type"),
    ],
)
def test_the_content_type_is_another(body: bytes, content_type: str | None, why: str) -> None:
    """Than what the body is."""
    finding = next(
        each for each in findings_in([Seen(SPOT, request(body, content_type))]) if each.name == "content-type"
    )
    assert why in finding.sentence


def test_white_space_within_the_element() -> None:
    """Before and behind the token it does no harm."""
    media_type, body = val_info(TOKEN)
    middle = TOKEN[:100].encode()
    assert found(body.replace(middle, middle + b"\r\n   "), media_type) == ["xml-whitespace"]
    assert found(body.replace(TOKEN.encode(), b"\n  " + TOKEN.encode() + b"\n"), media_type) == []


def wrapped(line_end: str) -> str:
    """Wrap a token as base64 is wrapped."""
    return line_end.join(TOKEN[at : at + 76] for at in range(0, len(TOKEN), 76))


def bearing(value: str) -> bytes:
    """Make a REGISTER with this in its header."""
    return bytes(request(b"", None)).replace(b"Call-ID", f"Authorization: Bearer {value}\r\nCall-ID".encode())


def test_a_token_that_was_wrapped_at_76_columns_is_one_with_line_breaks() -> None:
    """In a document; it says what becomes of it, and nothing of the token."""
    media_type, body = val_info(wrapped("\r\n"))
    (finding,) = findings_in([TokenPlace(Seen(SPOT, request(body, media_type)), EVERY)])
    assert finding.name == "xml-whitespace"
    assert "wrapped after every 76 characters, as base64 is elsewhere" in finding.sentence
    assert "takes no token from there (xml_not_text)" in finding.sentence
    assert TOKEN[:20] not in finding.sentence


def test_a_token_in_a_folded_header() -> None:
    """A fold is read as a blank; without a blank at its beginning a line is another header, and breaks the message."""
    seen = sip_message(bearing(wrapped("\r\n ")), SPOT)
    assert isinstance(seen, Seen)
    (finding,) = findings_in([TokenPlace(seen, EVERY)])
    assert finding.name == "header-whitespace"
    assert "wrapped after every 76 characters" in finding.sentence
    assert "takes a token from there (body_unreadable)" in finding.sentence
    finding = cut(bearing(wrapped("\r\n")))
    assert finding.name == "header-whitespace"
    assert "wrapped after every 76 characters" in finding.sentence
    assert "the whole message is refused" in finding.sentence
    odd = sip_message(bearing(wrapped("\r\n ")).replace(TOKEN[-9:].encode(), b"\xff" + TOKEN[-8:].encode()), SPOT)
    assert isinstance(odd, Seen)
    assert [each.name for each in findings_in([TokenPlace(odd, EVERY)])] == ["header-whitespace"]
    whole = sip_message(bearing(TOKEN), SPOT)
    assert isinstance(whole, Seen)
    assert findings_in([TokenPlace(whole, EVERY)]) == ()


def test_a_body_of_beginnings_of_tokens_is_looked_through_once() -> None:
    """As a hostile peer writes one: a token begins with its word, and not within it again and again."""
    media_type, body = val_info(TOKEN)
    for word, name in ((b"eyA" * 20_000 + "\u00a0x".encode(), "document"), (b"x" + b"eyA" * 9 + b"\n x", "document")):
        assert found(body.replace(TOKEN.encode(), word), media_type) == [name]
    assert found(body.replace(TOKEN.encode(), b"eyA" * 9 + b"\n x"), media_type) == ["xml-whitespace"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"</val-info>", b"", "not well-formed"),
        (b'<?xml version="1.0" encoding="UTF-8"?>', b"<!DOCTYPE val-info []>", "document type"),
        (b"<val-access-token>", b'<val-access-token type="Encrypted">', "encrypted"),
    ],
)
def test_the_document_cannot_be_read(old: bytes, new: bytes, why: str) -> None:
    """The carrier's own cause is told."""
    media_type, body = val_info(TOKEN)
    seen = Seen(SPOT, request(body.replace(old, new), media_type))
    (finding,) = findings_in([TokenPlace(seen, EVERY)])
    assert finding.name == "document"
    assert why in finding.sentence


@pytest.mark.parametrize(
    ("old", "new"), [(b"val-access-token", b"access-token"), (b"val-access-token", b"val-user-id")]
)
def test_the_token_is_in_another_element(old: bytes, new: bytes) -> None:
    """Where nobody looks for it."""
    media_type, body = val_info(TOKEN)
    assert found(body.replace(old, new), media_type) == ["token-place"]


def test_the_token_is_in_a_body_of_another_type() -> None:
    """JSON, as others have it."""
    assert found(b'{"access_token": "%b"}' % TOKEN.encode(), "application/json") == ["token-place"]


def test_the_server_does_not_look_into_this_carrier() -> None:
    """Its profile is another."""
    media_type, body = val_info(TOKEN)
    assert found(body, media_type, frozenset({"mcptt-info"})) == ["carrier"]


def test_a_large_datagram_was_never_answered() -> None:
    """A fragment was lost; one that is small, or was answered, is not spoken of."""
    media_type, body = val_info(TOKEN + "x" * 1_200)
    assert found(body, media_type, unanswered=True) == ["large-datagram"]
    assert found(body, media_type) == []
    assert found(*reversed(val_info(TOKEN[:300])), unanswered=True) == []  # type: ignore[arg-type]
