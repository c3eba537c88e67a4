"""Bodies of several parts, read and built bit by bit as they are (RFC 2046 5.1; SIP's use of it: RFC 5621).

No part is decoded: what is inside, and its Content-Transfer-Encoding, is its reader's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2s

from attrs import frozen

from valkit.sip.errors import Misuse, ParseError
from valkit.sip.fields import Headers
from valkit.sip.headers import MediaType
from valkit.sip.limits import LIMITS, Limits
from valkit.sip.typed import encoded

_is_boundary = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]").fullmatch
_line_end = re.compile(rb"[ \t]*\r\n")

TEXT = MediaType("text", "plain")
"""What a part is that does not say (RFC 2046 5.1)."""


@frozen
class Part:
    """One part of a multipart body."""

    headers: Headers
    body: bytes

    @classmethod
    def create(cls, content_type: str, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> Part:
        """Build a part; Misuse for a header that would be no line."""
        return cls(Headers.of([("Content-Type", content_type), *headers]), body)

    @property
    def content_type(self) -> MediaType:
        """What the part is; ParseError if it says so in no readable way."""
        values = self.headers.all("content-type")
        return MediaType.parse(values[0]) if values else TEXT

    def __bytes__(self) -> bytes:
        return encoded("".join(f"{line}\r\n" for line in self.headers.lines)) + b"\r\n" + self.body


def parts(body: bytes, content_type: MediaType, limits: Limits = LIMITS) -> tuple[Part, ...]:
    """Take a multipart body apart, one level of it; ParseError if it has no proper boundaries or too many parts.

    A body of another type is one part, so that whoever looks for something need not care which it is.
    """
    if content_type.type.lower() != "multipart":
        return (Part(Headers.of([("Content-Type", str(content_type))]), body),)
    delimiter = b"\r\n--" + encoded(_boundary(content_type))
    _, *pieces = (b"\r\n" + body).split(delimiter, limits.parts + 1)
    texts: list[bytes] = []
    for piece in pieces:
        if piece.startswith(b"--"):
            return tuple(_part(text, limits) for text in texts)
        texts.append(_after_line(piece))
    if len(texts) > limits.parts:
        raise ParseError("multipart", why=f"has more than {limits.parts} parts")
    raise ParseError("multipart", why="has no closing boundary")


def leaves(body: bytes, content_type: MediaType, limits: Limits = LIMITS, depth: int = 0) -> Iterator[Part]:
    """Give every part that is no multipart itself, in order; ParseError also for what is nested too deep."""
    if depth > limits.depth:
        raise ParseError("multipart", why=f"is nested more than {limits.depth} deep")
    for part in parts(body, content_type, limits):
        inner = part.content_type
        if inner.type.lower() == "multipart":
            yield from leaves(part.body, inner, limits, depth + 1)
        else:
            yield part


def build_multipart(contents: Iterable[Part], boundary: str | None = None, subtype: str = "mixed") -> tuple[str, bytes]:
    """Give Content-Type and body; without a boundary, one is derived that occurs in no part."""
    texts = [bytes(part) for part in contents]
    chosen = boundary or _derived(texts)
    if _is_boundary(chosen) is None or not texts or any(encoded(chosen) in text for text in texts):
        raise Misuse(f"{chosen!a} cannot bound these parts")
    line = f"--{chosen}".encode()
    body = b"".join(line + b"\r\n" + text + b"\r\n" for text in texts) + line + b"--\r\n"
    return f'multipart/{subtype};boundary="{chosen}"', body


def _boundary(content_type: MediaType) -> str:
    boundary = content_type.params.get("boundary")
    if boundary is None or _is_boundary(boundary) is None:
        raise ParseError("Content-Type", str(content_type), why="has no proper boundary")
    return boundary


def _after_line(piece: bytes) -> bytes:
    """Give what follows the rest of a boundary line, which may only be padding (RFC 2046 5.1.1)."""
    rest = _line_end.match(piece)
    if rest is None:
        raise ParseError("multipart", why="has a line that only begins like a boundary")
    return piece[rest.end() :]


def _part(text: bytes, limits: Limits) -> Part:
    """Read one part; the first empty line ends its headers, of which there may be none."""
    if text.startswith(b"\r\n"):
        return Part(Headers(), text[2:])
    head, _, body = text.partition(b"\r\n\r\n")
    lines = head.removesuffix(b"\r\n").decode("utf-8", "surrogateescape")
    return Part(Headers.parse(lines, limits), body)


def _derived(texts: list[bytes]) -> str:
    """Derive a boundary from the parts: a text can no more hold its own digest than be found from it."""
    digest = blake2s(digest_size=12)
    for text in texts:
        digest.update(text)
    return digest.hexdigest()
