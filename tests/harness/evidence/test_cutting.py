from itertools import pairwise
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.cutting import LARGEST, Cutter, is_sip
from tests.harness.evidence.wires import request

ONE, TWO = request(1, b"hello"), request(2)
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n5;x=y\r\npedia\r\n0\r\n\r\n"


def cut(*pieces: bytes, gap: int = -1) -> list[bytes]:
    """Cut a stream that comes in these pieces; before one of them something is missing."""
    cutter = Cutter()
    return [message for at, piece in enumerate(pieces) for message in cutter.feed(piece, gap=at == gap)]


@given(st.lists(st.integers(0, len(ONE + PAGE + TWO)), max_size=8))
def test_messages_are_cut_however_the_pieces_come(edges: list[int]) -> None:
    """SIP and HTTP alike."""
    text = ONE + PAGE + TWO
    places = [0, *sorted(edges), len(text)]
    assert cut(*[text[at:end] for at, end in pairwise(places)]) == [ONE, PAGE, TWO]


def test_keep_alives_between_messages_are_dropped() -> None:
    """RFC 5626 3.5.1."""
    assert cut(b"\r\n\r\n" + ONE + b"\r\n\r\n\r\n" + TWO + b"\r\n") == [ONE, TWO]


def test_a_capture_may_begin_in_the_middle_of_a_message() -> None:
    """Then the next one is found."""
    assert cut(ONE[60:] + TWO) == [TWO]


def test_after_a_gap_what_was_begun_is_forgotten() -> None:
    """It would swallow what comes next."""
    assert cut(ONE[:-3], TWO, gap=1) == [TWO]


def test_chunks_are_put_together() -> None:
    """RFC 9112 7.1; byte by byte, too."""
    whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nwikipedia"
    assert cut(CHUNKED + ONE) == [whole, ONE]
    assert cut(*[CHUNKED[at : at + 1] for at in range(len(CHUNKED))], ONE) == [whole, ONE]


class Counting(bytearray):
    """A buffer that knows how many bytes were copied out of it."""

    copied = 0

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        self.copied += len(found) if isinstance(found, bytearray) else 0
        return found


def test_each_chunk_is_read_once_however_small_the_pieces_are() -> None:
    """More of them than anybody would send, byte by byte."""
    buffer = Counting()
    cutter = Cutter()
    cutter._buffer = buffer
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"2;x\r\nab\r\n" * 5_000 + b"0\r\n\r\n"
    (message,) = [each for octet in chunked for each in cutter.feed(bytes([octet]), gap=False)]
    assert message.endswith(b"\r\n\r\n" + b"ab" * 5_000)
    assert buffer.copied <= len(chunked)
    assert list(cutter.feed(ONE, gap=False)) == [ONE]


@pytest.mark.parametrize("chunk", [b"5;", b"0\r\n", b"zz", b"fffff\r\n"])
def test_a_chunk_without_an_end_is_let_go(chunk: bytes) -> None:
    """Its line, what follows the last one, or what it is to hold."""
    cutter = Cutter()
    for piece in (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk, *[b"x" * 999] * 300):
        assert list(cutter.feed(piece, gap=False)) == []
    assert list(cutter.feed(b"\r\n" + ONE, gap=False)) == [ONE]


def test_what_is_encrypted_is_not_read() -> None:
    """A connection that begins with a handshake of TLS."""
    cutter = Cutter()
    assert list(cutter.feed(b"\x16\x03\x01" + ONE, gap=False)) == []
    assert cutter.encrypted


def test_a_message_longer_than_any_is_passed_over() -> None:
    """The one behind its head is found."""
    assert cut(b"MESSAGE sip:bob@b SIP/2.0\r\nContent-Length: 999999999\r\n\r\n" + TWO) == [TWO]


@pytest.mark.parametrize(
    "stream", [b"x", b"\n", b"MESSAGE sip:bob@b SIP/2.0\r\nX: y\r\n", b"HTTP/1.1 200 OK\r\n", b"A sip:"]
)
def test_a_stream_without_an_end_costs_neither_memory_nor_time(stream: bytes) -> None:
    """Byte by byte, as a hostile peer sends it."""
    cutter = Cutter()
    begun = process_time()
    for _ in range(LARGEST // len(stream)):
        for octet in stream:
            assert list(cutter.feed(bytes([octet]), gap=False)) == []
    assert len(cutter._buffer) <= LARGEST + len(stream)
    assert process_time() - begun < 10.0


def test_a_first_line_is_known() -> None:
    """What else goes over the wire is no message."""
    assert is_sip(b"SIP/2.0 200 OK\r\n")
    assert is_sip(b"SUBSCRIBE tel:+1 SIP/2.0\r\n")
    assert not is_sip(b"SIP/3.0 200 OK\r\n")
    assert not is_sip(b"hello\r\n")
