"""SIP and plain HTTP/1 messages cut out of a TCP stream (RFC 3261 18.3, RFC 9112 6).

Unlike `valkit.sip.framing`, which closes a connection where it loses the thread, this looks for the next beginning: a
capture may have begun in the middle of a message, or lack a part of it.
"""

import re
from collections.abc import Iterator

from attrs import define, field

from valkit.sip.message import METHODS

LARGEST = 262_144
"""Bytes of one message."""
LONGEST_LINE = 16_384

_SIP = (
    rb"(?:[A-Z]{1,32} [a-zA-Z][a-zA-Z0-9+.\-]{1,16}:[^\s]{1,2048} SIP/2\.0|SIP/2\.0 [1-6][0-9]{2} [^\r\n]{0,256})\r\n"
)
_HTTP = rb"(?:[A-Z]{1,16} [^\s]{1,16384} HTTP/1\.[01]|HTTP/1\.[01] [1-5][0-9]{2}[^\r\n]{0,256})\r\n"
is_sip = re.compile(_SIP).match
"""Whether a message of SIP begins here."""
_METHODS = "|".join(sorted(METHODS)).encode()
_begins = re.compile(rb"(?=%b|SIP)%b|%b" % (_METHODS, _SIP, _HTTP)).search
"""A body ends without a line end, so a message may begin within a line; then its method has to be one we know."""
_length = re.compile(rb"\r\n(?:content-length|l)[ \t]*:[ \t]*([0-9]{1,9})[ \t]*(?=\r\n|\Z)", re.IGNORECASE)
_upgrades = re.compile(rb"\r\nupgrade[ \t]*:[ \t]*websocket[ \t]*(?=\r\n|\Z)", re.IGNORECASE).search
begins_encrypted = re.compile(rb"[\x14-\x17]\x03").match
"""Whether these are the first bytes of TLS: of a handshake, or of any record where a capture began later."""
_chunked = re.compile(rb"\r\ntransfer-encoding[ \t]*:[^\r\n]*chunked", re.IGNORECASE)
_chunk = re.compile(rb"([0-9A-Fa-f]{1,6})(?:;[^\r\n]{0,256})?\r\n")


@define
class Cutter:
    """Cuts one direction of one connection. It looks at no byte again and again, however small the pieces are."""

    encrypted: bool = False
    """Whether it began as TLS does: then nothing of it is read."""
    is_websocket: bool = False
    """Whether it became a WebSocket (RFC 6455), in which clients mask what they send."""
    _buffer: bytearray = field(factory=bytearray)
    _begun: bool = False
    _head: bytes | None = None
    """First line and header lines of the message that has begun, once they are whole."""
    _found: bool = False
    """Whether the buffer begins as a message does."""
    _searched: int = 0
    """How much of the buffer was looked at in vain."""
    _size: int | None = None
    _reached: int = 0
    """Where the next chunk of the message begins."""
    _body: bytearray = field(factory=bytearray)
    """What the chunks before it hold."""

    @property
    def held(self) -> int:
        """Bytes that wait for others."""
        return len(self._buffer) + len(self._body)

    def feed(self, octets: bytes, *, gap: bool) -> Iterator[bytes]:
        """Give each message that these bytes complete; after a gap what was begun is forgotten."""
        if not self._begun:
            self._begun = True
            self.encrypted = begins_encrypted(octets) is not None
        if self.encrypted:
            return
        if gap:
            self._drop(len(self._buffer))
        self._buffer += octets
        while (message := self._next()) is not None:
            yield message

    def _next(self) -> bytes | None:
        """Give the next whole message; None if more is needed."""
        if self._head is None and not self._read_head():
            return None
        assert self._head is not None
        if self._size is None:
            message = self._unchunked(self._head)
        else:
            message = bytes(self._buffer[: self._size]) if len(self._buffer) >= self._size else None
        if message is not None:
            self._drop(self._size or 0)
        return message

    def _read_head(self) -> bool:
        """Find the beginning of a message and the end of its head; what is before it, or is no head, is dropped."""
        if not self._found and not self._find_beginning():
            return False
        end = self._buffer.find(b"\r\n\r\n", max(0, self._searched - 3))
        self._searched = len(self._buffer)
        if end < 0:
            if self._searched > LARGEST:
                self._drop(self._searched)
            return False
        self._head = bytes(self._buffer[:end])
        self.is_websocket = self.is_websocket or _upgrades(self._head) is not None
        self._reached = end + 4
        if _chunked.search(self._head) is None:
            length = _length.search(self._head)
            self._size = end + 4 + (int(length[1]) if length is not None else 0)
            if self._size > LARGEST:
                self._drop(end)  # no message is that long: look for another one in what follows
                return self._read_head()
        return True

    def _find_beginning(self) -> bool:
        """Drop what is before the next first line of a message; without one, all but a line that is not over."""
        if self._buffer.find(b"\n", self._searched) >= 0:
            begun = _begins(self._buffer)
            self._found = begun is not None
            del self._buffer[: begun.start() if begun is not None else self._buffer.rfind(b"\n") + 1]
        elif len(self._buffer) > LONGEST_LINE:
            self._buffer.clear()
        self._searched = 0 if self._found else len(self._buffer)
        return self._found

    def _unchunked(self, head: bytes) -> bytes | None:
        """Put the chunks together (RFC 9112 7.1), each when it is there."""
        while (chunk := _chunk.match(self._buffer, self._reached)) is not None:
            size = int(chunk[1], 16)
            if not size:
                end = self._buffer.find(b"\r\n", chunk.end(), chunk.end() + LONGEST_LINE)
                if end < 0:
                    break
                self._size = end + 2
                return head + b"\r\n\r\n" + bytes(self._body)
            if len(self._buffer) < chunk.end() + size:
                break
            self._body += self._buffer[chunk.end() : chunk.end() + size]
            self._reached = chunk.end() + size + 2
        if len(self._buffer) > LARGEST:
            self._drop(len(self._buffer))
        return None

    def _drop(self, size: int) -> None:
        """Begin anew behind so many bytes."""
        del self._buffer[:size]
        self._found, self._head, self._size, self._searched = False, None, None, 0
        self._reached, self._body = 0, bytearray()
