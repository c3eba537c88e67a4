"""What is wrong with a message, without a byte of it."""

from typing import Any

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal.proxy.faults import KINDS, UNREADABLE, fault_of

HOST = b"GET / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = HOST + b"Transfer-Encoding: chunked\r\n\r\n"


def fault(role: Any, said: bytes) -> str:
    """Have h11 read this, and say what is wrong with it."""
    wire = h11.Connection(role)
    if role is h11.CLIENT:
        wire.send(h11.Request(method="GET", target="/", headers=[("host", "a")]))
        wire.send(h11.EndOfMessage())
    wire.receive_data(said)
    with pytest.raises(h11.RemoteProtocolError) as caught:
        _read(wire)
    return fault_of(caught.value)


def _read(wire: h11.Connection) -> None:
    while wire.next_event() is not h11.NEED_DATA:
        pass


@pytest.mark.parametrize(
    ("role", "said", "kind"),
    [
        (h11.SERVER, HOST + b"Authorization : Bearer SECRET\r\n\r\n", "illegal header line"),
        (h11.SERVER, HOST + b"Authorization: SECRET\0\r\n\r\n", "illegal header line"),
        (h11.SERVER, b"GET /?code=SECRET \x01\r\n\r\n", "illegal request line"),
        (h11.SERVER, CHUNKED + b"client_secret=SECRET\r\n", "illegal chunk header"),
        (h11.SERVER, CHUNKED + b"1\r\naSECRET", "malformed chunk footer"),
        (h11.SERVER, HOST + b"Content-Length: SECRET\r\n\r\n", "bad Content-Length"),
        (h11.SERVER, b"GET / HTTP/1.1\r\nCookie: SECRET\r\n\r\n", "Missing mandatory Host: header"),
        (h11.CLIENT, b"SECRET\r\n\r\n", "illegal status line"),
    ],
)
def test_a_fault_is_told_by_its_kind(role: Any, said: bytes, kind: str) -> None:
    """Which h11 says first; the line that it quotes is not told."""
    assert fault(role, said) == kind


@given(st.text())
def test_nothing_is_told_that_is_not_known_here(said: str) -> None:
    """Whatever another version of h11 says."""
    assert fault_of(h11.RemoteProtocolError(said)) in {*KINDS, UNREADABLE}
