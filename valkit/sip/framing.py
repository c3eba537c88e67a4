"""Messages out of a stream (RFC 3261 18.3): Content-Length says where each one ends, CRLFs between them keep alive.

The framer looks for the end of the headers and for Content-Length, nothing else; its messages go to
`valkit.sip.message.parse`. It never looks at a byte twice, however small the pieces are in which they come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final, TypeAlias

from valkit.sip.errors import ParseError
from valkit.sip.limits import LIMITS, Limits
from valkit.sip.message import blame

_END = b"\r\n\r\n"
_line_ends = re.compile(rb"(?:\r\n)+").match
_content_length = re.compile(rb"\r\n(?:content-length|l)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)", re.IGNORECASE)


class KeepAlive(Enum):
    """What stands between messages on a stream (RFC 5626 3.5.1)."""

    PING = b"\r\n\r\n"
    """The client asks whether the flow lives; the server answers at once with a PONG."""
    PONG = b"\r\n"


PING = KeepAlive.PING
PONG = KeepAlive.PONG

Frame: TypeAlias = bytes | KeepAlive | ParseError
"""A message; a keep-alive; or why a message is passed over whose end is known all the same."""

MOST_PASSED_OVER: Final = 1 << 20
"""Bytes of the largest message that is passed over, to go on behind it; the stream ends at a larger one."""


class StreamFramer:
    """Cuts what arrives on one connection into messages and keep-alives.

    Whoever opened the connection is the client of RFC 5626: it gets PONGs, the other side gets PINGs. A message that is
    too large is passed over, since others may share the connection with who sent it (RFC 3261 21.5.14). After a
    ParseError that is raised the place of the next message is unknown, and the connection has to be closed (RFC 4475
    3.1.2.3).
    """

    def __init__(self, limits: Limits = LIMITS, *, opened: bool = False) -> None:
        self._limits = limits
        self._keep_alive = PONG if opened else PING
        self._buffer = bytearray()
        self._searched = 0
        self._size: int | None = None
        self._passing = 0
        """Bytes that are still to come of a message that is passed over."""

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Give each message that `data` completes; ParseError, behind those, where no message can begin or end."""
        self._buffer += data
        while (frame := self._next()) is not None:
            yield frame

    @property
    def waiting(self) -> int:
        """How much of an unfinished message is here, or to be passed over: who leaves it unfinished can be cut off."""
        return len(self._buffer) + self._passing

    def _next(self) -> Frame | None:
        """Give the next frame; None if more bytes are needed."""
        self._pass_over()
        if self._passing:
            return None
        if self._size is None:
            if self._buffer[:1] == b"\r":
                return self._between()
            self._size = self._measure()
        if self._size is not None and self._size > self._limits.size:
            return self._too_large(self._size)
        if self._size is None or len(self._buffer) < self._size:
            return None
        message = self._take(self._size)
        self._size, self._searched = None, 0
        return message

    def _too_large(self, size: int) -> ParseError:
        """Say so, and pass the message over; raises it if that is too much to wait for."""
        head, _, _ = bytes(self._buffer).partition(_END)
        error = blame(head, ParseError("message", why=f"is larger than {self._limits.size} bytes", answer=513))
        if size > MOST_PASSED_OVER:
            raise error
        self._size, self._searched, self._passing = None, 0, size
        return error

    def _pass_over(self) -> None:
        here = min(self._passing, len(self._buffer))
        del self._buffer[:here]
        self._passing -= here

    def _between(self) -> Frame | None:
        """Read CRLFs between messages; those that make no keep-alive are skipped (RFC 3261 7.5).

        Keep-alives that come at once count as one: whoever sends a thousand costs us one answer.
        """
        sign = self._keep_alive.value
        if self._buffer.startswith(sign):
            del self._buffer[: self._run() // len(sign) * len(sign)]
            return self._keep_alive
        if sign.startswith(self._buffer):
            return None
        if not self._buffer.startswith(b"\r\n"):
            raise ParseError("stream", why="has a CR where a message should begin", answer=None)
        self._take(2)
        return self._next()

    def _run(self) -> int:
        """Give how many bytes of CRLFs the buffer begins with."""
        found = _line_ends(self._buffer)
        return 0 if found is None else found.end()

    def _measure(self) -> int | None:
        """Give the size of the message that begins here; None as long as its headers go on."""
        end = self._buffer.find(_END, self._searched)
        if end < 0:
            self._searched = max(0, len(self._buffer) - len(_END) + 1)
            if len(self._buffer) > self._limits.size:
                raise ParseError("stream", why=f"has no message end in {self._limits.size} bytes", answer=None)
            return None
        head = bytes(self._buffer[:end])
        return end + len(_END) + _announced(head)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


def _announced(head: bytes) -> int:
    """Give Content-Length, which a stream cannot do without (RFC 3261 18.3)."""
    values = _content_length.findall(head)
    number = values[0].strip(b" \t\r\n") if len(values) == 1 else b""
    if not number.isdigit() or len(number) > 9:
        raise blame(head, ParseError("Content-Length", why="is not one number, and a stream needs it"))
    return int(number)
