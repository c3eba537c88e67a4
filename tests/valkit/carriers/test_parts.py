"""valkit.carriers.parts: every part that may hold a token, whatever the message's shape."""

import pytest

from tests.valkit.carriers.support import (
    CORE_HEADERS,
    INFO,
    MCPTT,
    SERVICE_INFO,
    SETTINGS,
    Body,
    enclosing,
    mixed,
    register,
)
from valkit.carriers import CARRIERS, CarrierCause, CarrierError
from valkit.carriers.parts import Document, documents
from valkit.sip.message import Message, Request, parse
from valkit.sip.multipart import Part, build_multipart

FOUND = [Document(*INFO)]


def found(message: Message) -> list[Document]:
    """Give the parts of a message that came over the wire."""
    return list(documents(parse(bytes(message)), CARRIERS))


def cause_of(message: Message) -> CarrierCause:
    """Say why a message is not read."""
    with pytest.raises(CarrierError) as caught:
        found(message)
    return caught.value.cause


@pytest.mark.parametrize(
    "message",
    [
        register(INFO),
        register(mixed(INFO)),
        register(mixed(SETTINGS, INFO)),
        register(mixed(SETTINGS, mixed(SERVICE_INFO, INFO))),
        register(mixed(INFO, SETTINGS), method="PUBLISH"),
        enclosing(register(INFO)),
        enclosing(register(mixed(INFO, SETTINGS))),
        enclosing(register(mixed(INFO, SETTINGS)), SERVICE_INFO),
        enclosing(register(None), INFO),
        enclosing(enclosing(register(INFO))),
        register(("Application/VND.VAL.val-info+XML;charset=utf-8", INFO[1])),
    ],
)
def test_wherever_it_is(message: Request) -> None:
    """Direct, in multipart, in a multipart within one, in the enclosed REGISTER or its parts, or beside it."""
    assert [document._replace(speaker="") for document in found(message)] == FOUND


def test_an_enclosed_register_says_who_registered() -> None:
    """To of the UE's own REGISTER, not of the one around it."""
    inner = register(INFO).with_header("To", "<sip:alice.duty@home.example>")
    assert [document.speaker for document in found(enclosing(inner, INFO))] == ["<sip:alice.duty@home.example>", ""]


def test_all_are_found_in_order() -> None:
    """One behind the other, the enclosed ones at the place of what encloses them."""
    message = enclosing(register(mixed(MCPTT, INFO)), MCPTT)
    assert [document.kind for document in found(message)] == [MCPTT[0], INFO[0], MCPTT[0]]


@pytest.mark.parametrize(
    "message",
    [
        register(None),
        register(SETTINGS),
        register(mixed(SETTINGS, SERVICE_INFO)),
        enclosing(register(None)),
        enclosing(register(INFO, method="OPTIONS")),
        register(("message/sip", bytes(register(None).answer(200, body=INFO[1], content_type=INFO[0]))), CORE_HEADERS),
        Request.create("REGISTER", "sip:home.example", CORE_HEADERS, INFO[1]),
    ],
)
def test_where_none_is(message: Request) -> None:
    """No body, other bodies, an enclosed response or another request, a body without a type: nothing to believe."""
    assert found(message) == []


def part(content: Body, *headers: tuple[str, str]) -> Request:
    """Build a REGISTER with one part that has further headers."""
    return register(build_multipart([Part.create(*content, headers)]))


@pytest.mark.parametrize(
    "header",
    [
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Transfer-Encoding", "quoted-printable"),
        ("Content-Encoding", "gzip"),
    ],
)
def test_an_encoded_part_is_refused(header: tuple[str, str]) -> None:
    """It could hide a token from us that others see; SIP has no need of it."""
    assert cause_of(part(INFO, header)) is CarrierCause.ENCODED
    assert found(part(SETTINGS, header)) == []


@pytest.mark.parametrize("encoding", ["binary", "8bit", "7BIT"])
def test_an_encoding_that_encodes_nothing_is_none(encoding: str) -> None:
    """MIME's names for leaving things as they are."""
    assert found(part(INFO, ("Content-Transfer-Encoding", encoding))) == FOUND


def test_messages_are_not_nested_without_end() -> None:
    """Three deep is refused."""
    assert cause_of(enclosing(enclosing(enclosing(register(INFO))))) is CarrierCause.TOO_DEEP


def test_multiparts_are_not_nested_without_end() -> None:
    """Nor are they."""
    body = INFO
    for _ in range(20):
        body = mixed(body)
    assert cause_of(register(body)) is CarrierCause.UNREADABLE


@pytest.mark.parametrize(
    "body",
    [
        ("multipart/mixed", b"--x\r\n\r\n--x--"),
        ('multipart/mixed;boundary="x"', b"no boundary in here"),
        ('multipart/mixed;boundary="x"', b"--x\r\nContent-Type: ;;;\r\n\r\nabc\r\n--x--"),
        ('multipart/mixed;boundary="x"', b"--x\r\nno header\r\n\r\nabc\r\n--x--"),
        ("message/sip", b"REGISTER sip:a SIP/2.0"),
        ("message/sip", b"nonsense\r\n\r\n"),
        ("message/sip", b"REGISTER sip:a SIP/2.0\r\nContent-Length: 9\r\n\r\n"),
        ("///", b"x"),
    ],
)
def test_a_body_that_cannot_be_read(body: Body) -> None:
    """A token may be in it, so it is not passed over in silence; and no ParseError comes out."""
    assert cause_of(register(body, CORE_HEADERS)) is CarrierCause.UNREADABLE
