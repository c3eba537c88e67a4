"""valkit.carriers.usual: the quick reader finds what the careful one finds, or leaves it to that one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from valkit.carriers import usual as module
from valkit.carriers.parts import Document, documents
from valkit.carriers.usual import usual_documents
from valkit.sip.errors import ParseError
from valkit.sip.message import Message, Request, parse
from valkit.sip.multipart import Part, build_multipart


def careful(message: Message) -> list[Document] | CarrierCause:
    """Read with the careful reader."""
    try:
        return list(documents(message, CARRIERS))
    except CarrierError as error:
        return error.cause


LENGTH_LESS = b"".join(
    line for line in bytes(register(INFO)).splitlines(keepends=True) if b"Content-Length" not in line
)

USUAL = [
    register(("message/sip", LENGTH_LESS), CORE_HEADERS),
    register(None),
    register(INFO),
    register(SETTINGS),
    register(mixed(INFO, SETTINGS)),
    enclosing(register(None)),
    enclosing(register(INFO)),
    enclosing(register(mixed(MCPTT, SETTINGS))),
    enclosing(register(mixed(INFO, SETTINGS)), SERVICE_INFO),
    enclosing(register(INFO), INFO),
]

BEARER = ("Authorization", "Bearer abc.def.ghi")

UNUSUAL = [
    register(None).adding(*BEARER),
    register(INFO).adding(*BEARER),
    enclosing(register(INFO).adding(*BEARER)),
    enclosing(register(None).adding("authorization", "bearer abc")),
    enclosing(register(None)).adding(*BEARER),
    enclosing(enclosing(register(INFO))),
    enclosing(register(None, method="OPTIONS")),
    register(mixed(SETTINGS, mixed(INFO))),
    register(("multipart/mixed;charset=x;boundary=y", b"--y\r\n\r\n--y--")),
    register(('multipart/mixed;boundary="x"', b"preamble\r\n--x\r\nContent-Type: text/plain\r\n\r\nabc\r\n--x--")),
    register(('multipart/mixed;boundary="x"', b"--x\r\nContent-Type: text/plain\r\n\r\nabc\r\n--x--epilogue")),
    register(('multipart/mixed;boundary="x"', b"--x \r\nContent-Type: text/plain\r\n\r\nabc\r\n--x--")),
    register(('multipart/mixed;boundary="x"', b"--x\r\n\r\nabc\r\n--x--")),
    register(('multipart/mixed;boundary="x"', b"--x\r\nContent-Type: text/plain\r\n--x--")),
    register(('multipart/mixed;boundary="x"', b"--x--")),
    register(("message/sip", bytes(register(INFO)).replace(b"Expires: ", b"Expires:\r\n ")), CORE_HEADERS),
    register(("message/sip", bytes(register(INFO)).replace(b"Expires: 6", b"Content-Type: a/b\r\nX: 6")), CORE_HEADERS),
    register(("message/sip", bytes(register(INFO)) + b"\r\n"), CORE_HEADERS),
    register(("message/sip", bytes(register(INFO))[:-1]), CORE_HEADERS),
    register(("message/sip", bytes(register(INFO)).replace(b"Expires: ", b"Expires: \n")), CORE_HEADERS),
    register(("message/sip", bytes(register(INFO)).replace(b"Expires: ", b"Expires: \r")), CORE_HEADERS),
    register(("message/sip", b"nonsense"), CORE_HEADERS),
    register(("///", b"x")),
    register(build_multipart([Part.create(*INFO, [("Content-Encoding", "gzip")])])),
    register(build_multipart([Part.create(*INFO, [("Content-Transfer-Encoding", "base64")])])),
    register(build_multipart([Part.create(*INFO, [("Content-ID", "<1@home.example>")])])),
]


@pytest.mark.parametrize("message", USUAL)
def test_what_is_usual_is_read_at_once(message: Request) -> None:
    """What our UE and core send takes the quick way, and gives the same."""
    assert usual_documents(parse(bytes(message)), CARRIERS) == careful(message)


@pytest.mark.parametrize("message", UNUSUAL)
def test_what_is_not_is_left_to_the_careful_reader(message: Request) -> None:
    """Or read with the same result, where the difference does not matter."""
    assert usual_documents(parse(bytes(message)), CARRIERS) in (None, careful(message))


CUTS = st.integers(0, 2500)
FRAGMENTS = st.sampled_from(
    [
        *[b"\r\n", b"\r\n\r\n", b"\n", b"\r", b" ", b"\t", b":", b"--", b'"', b";", b"x", b"\xff", b"", b"0"],
        *[b"Content-Type: message/sip", b"\r\nc: text/plain", b"\r\nContent-Length: 3", b"\r\nl: 3", b"\r\n "],
        *[
            b"\r\nContent-Encoding: gzip",
            b"\r\nAuthorization: Bearer abc",
            b"bearer ",
            b"REGISTER ",
            b"SIP/2.0",
            b"multipart/mixed",
            INFO[0].encode(),
            INFO[1],
        ],
    ]
)


@given(st.sampled_from(USUAL + UNUSUAL), CUTS, st.integers(0, 40), st.lists(FRAGMENTS, max_size=3).map(b"".join))
def test_both_readers_agree(message: Request, at: int, cut: int, put: bytes) -> None:
    """Whatever is done to the bytes of a message, the quick reader never finds anything else than the careful one."""
    data = bytes(message)
    at %= len(data)
    try:
        damaged = parse(data[:at] + put + data[at + cut :])
    except ParseError:
        return
    quick = usual_documents(damaged, CARRIERS)
    assert quick is None or quick == careful(damaged)


@given(st.sampled_from(USUAL), CUTS, st.integers(0, 8), st.lists(FRAGMENTS, max_size=2).map(b"".join))
def test_both_readers_agree_on_bodies(message: Request, at: int, cut: int, put: bytes) -> None:
    """The same, with the damage in the body alone and Content-Length set right."""
    body = message.body[:at] + put + message.body[at + cut :]
    content_type = message.headers.get("content-type")
    damaged = parse(bytes(message.with_body(body, content_type)))
    quick = usual_documents(damaged, CARRIERS)
    assert quick is None or quick == careful(damaged)


def test_heads_are_remembered_in_bounded_number() -> None:
    """A peer that names its parts anew each time cannot fill the memory."""
    for number in range(module._MANY + 10):
        body: Body = (f"text/plain;x={number}", b"abc")
        assert usual_documents(register(mixed(body)), CARRIERS) == []
        assert len(module._KINDS) <= module._MANY
