import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.sip.errors import ParseError
from valkit.sip.framing import PING, PONG, Frame, KeepAlive, StreamFramer
from valkit.sip.limits import Limits
from valkit.sip.message import FaultyRequest, Request, parse

BASIC = [
    ("Via", "SIP/2.0/TCP a;branch=z9hG4bK1"),
    ("From", "<sip:a@h>;tag=1"),
    ("To", "<sip:b@h>"),
    ("Call-ID", "c"),
    ("CSeq", "1 OPTIONS"),
]
MESSAGE = bytes(Request.create("OPTIONS", "sip:b@h", BASIC))
WITH_BODY = bytes(Request.create("OPTIONS", "sip:b@h", BASIC, b"\r\n\r\nOPTIONS\r\n\r\n"))

frames = st.lists(st.sampled_from([MESSAGE, WITH_BODY, PING]), max_size=6)


def feed(framer: StreamFramer, *pieces: bytes) -> list[Frame]:
    """Feed piece after piece and give all that came out."""
    return [frame for piece in pieces for frame in framer.feed(piece)]


def wire(row: Sequence[Frame]) -> bytes:
    """Write frames one behind the other."""
    written = (frame.value if isinstance(frame, KeepAlive) else frame for frame in row)
    return b"".join(each for each in written if isinstance(each, bytes))


def merged(row: Sequence[Frame]) -> list[Frame]:
    """Give a row in which no keep-alive follows another."""
    return [frame for i, frame in enumerate(row) if isinstance(frame, bytes) or i == 0 or row[i - 1] is not frame]


def failure(framer: StreamFramer, *pieces: bytes) -> tuple[list[Frame], ParseError]:
    """Give what came out before the stream broke, and the error."""
    out: list[Frame] = []
    with pytest.raises(ParseError) as caught:
        out.extend(itertools.chain.from_iterable(map(framer.feed, pieces)))
    return out, caught.value


@given(frames, st.lists(st.integers(1, 200), min_size=1))
def test_the_pieces_do_not_matter(row: list[bytes | KeepAlive], sizes: list[int]) -> None:
    """However a stream is cut, the same messages and keep-alives come out of it; those in a row may count as one."""
    data, pieces = wire(row), []
    for size in itertools.cycle(sizes):
        if not data:
            break
        pieces.append(data[:size])
        data = data[size:]
    assert merged(feed(StreamFramer(), *pieces)) == merged(row)


def test_byte_by_byte() -> None:
    """A message in the smallest pieces is one message, and nothing is left."""
    framer = StreamFramer()
    assert feed(framer, *(bytes([octet]) for octet in WITH_BODY + MESSAGE)) == [WITH_BODY, MESSAGE]
    assert framer.waiting == 0


def test_an_unfinished_message_waits() -> None:
    """What is not complete is kept, and its size is known to whoever wants to cut it off (RFC 4475 3.1.2.2)."""
    framer = StreamFramer()
    assert feed(framer, MESSAGE + WITH_BODY[:-1]) == [MESSAGE]
    assert framer.waiting == len(WITH_BODY) - 1
    assert feed(framer, WITH_BODY[-1:]) == [WITH_BODY]


def test_a_server_gets_pings() -> None:
    """Two CRLFs between messages are a ping, a single one is nothing (RFC 5626 4.4.1, RFC 3261 7.5)."""
    assert feed(StreamFramer(), b"\r\n\r\n", MESSAGE, b"\r\n", MESSAGE, b"\r\n\r\n\r\n", MESSAGE) == [
        PING,
        MESSAGE,
        MESSAGE,
        PING,
        MESSAGE,
    ]


def test_a_client_gets_pongs() -> None:
    """On a connection we opened each CRLF is a pong."""
    assert feed(StreamFramer(opened=True), b"\r", b"\n", b"\r\n", MESSAGE, b"\r\n") == [PONG, PONG, MESSAGE, PONG]


@pytest.mark.parametrize(("opened", "sign"), [(False, PING), (True, PONG)])
def test_a_flood_of_keep_alives_counts_as_one(opened: bool, sign: KeepAlive) -> None:
    """However many come at once, and a message behind them is found."""
    framer = StreamFramer(opened=opened)
    assert feed(framer, b"\r\n" * 50_001 + MESSAGE) == [sign, MESSAGE]
    assert framer.waiting == 0


@pytest.mark.parametrize("opened", [False, True])
def test_a_lone_cr_begins_nothing(opened: bool) -> None:
    """A CR without LF between messages breaks the stream."""
    out, error = failure(StreamFramer(opened=opened), MESSAGE + b"\rX")
    assert (out, error.what, error.answer) == ([MESSAGE], "stream", None)


@pytest.mark.parametrize(
    "spelling", ["l:0", "L : 0", "CONTENT-length:\t0", "Content-Length:\r\n 0", "l: 0\r\n ", "l: 000"]
)
def test_content_length_has_many_spellings(spelling: str) -> None:
    """Compact form, case, blanks and folds make no difference."""
    data = MESSAGE.replace(b"Content-Length: 0", spelling.encode())
    assert feed(StreamFramer(), data + MESSAGE) == [data, MESSAGE]
    assert parse(data).body == b""


@pytest.mark.parametrize(
    "line", ["X: 0", "l: five", "l: -1", "l: 1\r\nl: 1", "l: 1\r\nContent-Length: 2", "l:", "l: 9999999999", "l: 1 1"]
)
def test_without_content_length_the_stream_breaks(line: str) -> None:
    """Nobody knows where the next message begins; the request at hand gets its 400 (RFC 3261 18.3, RFC 4475 3.3.9)."""
    out, error = failure(StreamFramer(), MESSAGE + MESSAGE.replace(b"Content-Length: 0", line.encode()) + MESSAGE)
    assert (out, error.what, error.answer) == ([MESSAGE], "Content-Length", 400)
    assert isinstance(error, FaultyRequest)
    assert error.request.answer(400).call_id == "c"


LARGE = WITH_BODY.replace(b"OPTIONS\r\n\r\n", b"OPTIONS\r\n\r\n" + bytes(200)).replace(b"Length: 15", b"Length: 215")


@given(st.integers(1, 100))
def test_a_message_that_is_too_large_is_refused_at_once_and_passed_over(size: int) -> None:
    """Its body is not waited for before the 513, nor kept; whoever shares the connection goes on behind it."""
    framer = StreamFramer(Limits(size=len(WITH_BODY)))
    (error,) = feed(framer, LARGE[:200])
    assert isinstance(error, FaultyRequest)
    assert (error.what, error.answer) == ("message", 513)
    rest = LARGE[200:] + WITH_BODY
    pieces = [rest[start : start + size] for start in range(0, len(rest), size)]
    assert feed(framer, *pieces) == [WITH_BODY]
    assert framer.waiting == 0


def test_a_message_that_would_never_end_is_not_passed_over() -> None:
    """The stream ends at it."""
    _, error = failure(StreamFramer(), WITH_BODY.replace(b"Length: 15", b"Length: 2000000"))
    assert (error.what, error.answer) == ("message", 513)


def test_what_is_passed_over_is_waited_for() -> None:
    """A peer that leaves it unfinished can be cut off like any other."""
    framer = StreamFramer(Limits(size=len(WITH_BODY)))
    feed(framer, LARGE[:-1])
    assert framer.waiting == 1


def test_headers_without_end_are_refused() -> None:
    """A peer that never ends its headers fills no memory."""
    limits = Limits(size=1000)
    framer = StreamFramer(limits)
    assert feed(framer, b"OPTIONS sip:b@h SIP/2.0\r\n", b"X: " + b"x" * 900) == []
    _, error = failure(framer, b"x" * 100)
    assert (error.what, error.answer) == ("stream", None)


def test_a_faulty_response_is_not_answered() -> None:
    """The error of a response has nobody to go to."""
    _, error = failure(StreamFramer(), b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n")
    assert (type(error), error.answer) == (ParseError, None)


@given(st.lists(st.binary(max_size=60) | st.sampled_from([MESSAGE, b"\r\n", b"\r\n\r\n", b"l: 3\r\n"]), max_size=8))
def test_any_stream_is_frames_or_a_parse_error(pieces: list[bytes]) -> None:
    """No bytes make anything else happen, and none are lost."""
    framer = StreamFramer()
    try:
        out = feed(framer, *pieces)
    except ParseError:
        return
    assert len(wire(out)) + framer.waiting <= len(b"".join(pieces))
    assert all(frame in b"".join(pieces) for frame in out if isinstance(frame, bytes))
