"""The usual message read in one pass: what real cores and UEs send, at a tenth of the cost of reading it carefully.

Gives what `valkit.carriers.parts` would find, or says that the message is not of the usual shape, and then that
module has to read it. A test holds both to the same result, whatever the message.
"""

import re
from collections.abc import Container, Iterator

from valkit.carriers.bearer import KIND
from valkit.carriers.parts import ENCLOSED, Document, is_plain
from valkit.sip.errors import ParseError
from valkit.sip.fields import Headers, value_of
from valkit.sip.limits import LIMITS
from valkit.sip.message import Message
from valkit.sip.multipart import Part


class _Unusual(Exception):
    """The message has something in it that only the careful reader understands."""


_BOUNDARY = rb"""[0-9A-Za-z'()+_,\-./:=?]{1,70}"""
_multipart = re.compile(rb'multipart/[a-z]+; ?boundary=(?:"(%b)"|([0-9A-Za-z\-_.]{1,70}))' % _BOUNDARY).fullmatch
_register = re.compile(rb'REGISTER sips?:[^ \t<>"\r\n]++ SIP/2\.0(?:\r\n[A-Za-z0-9\-]++:[^\r]*+)++').fullmatch
_is_bearer = re.compile(r"[^:]*:\s*(?i:bearer)").match
_bearer = re.compile(rb"\r\n(?i:Authorization:[ \t]*bearer)").search
"""A token in a header is left to the careful reader: the usual Authorization is IMS AKA's."""
_to = re.compile(rb"\r\n[Tt][Oo]?:[ \t]*([^\r\n]*)").search
_content_type = re.compile(rb"\r\n(?i:Content-Type|c):[ \t]*([^\r\n]*)").findall
_content_length = re.compile(rb"\r\n(?i:Content-Length|l):[ \t]*([^\r\n]*)").findall

_KINDS: dict[bytes, str] = {}
"""Heads of parts read before: there are few, since most are a Content-Type and nothing else."""
_MANY = 256  # heads; then the memory starts anew, so that nobody can fill it


def usual_documents(message: Message, wanted: Container[str]) -> list[Document] | None:
    """Give the parts of these kinds, those in an enclosed REGISTER too; None if the message is not a usual one."""
    if KIND in wanted and any(map(_is_bearer, message.headers.raw("authorization"))):
        return None
    lines = message.headers.raw("content-type")
    try:
        if len(lines) == 1 and message.body:
            content_type = value_of(lines[0]).encode("utf-8", "surrogateescape")
            return list(_in_body(content_type, message.body, wanted, None))
    except _Unusual:
        return None
    return None if lines else []


def _in_body(content_type: bytes, body: bytes, wanted: Container[str], speaker: str | None) -> Iterator[Document]:
    match = _multipart(content_type)
    if match is None:
        yield from _in_part(b"Content-Type: " + content_type, body, wanted, speaker)
        return
    for piece in _pieces(body, match[1] or match[2]):
        head, gap, content = piece.partition(b"\r\n\r\n")
        if not gap or head[:2] != b"\r\n" or head == b"\r\n":
            raise _Unusual
        yield from _in_part(head[2:], content, wanted, speaker)


def _pieces(body: bytes, boundary: bytes) -> list[bytes]:
    """Cut a multipart body (RFC 2046 5.1.1) that has no preamble, no epilogue and no padding."""
    first, *pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if first or len(pieces) > LIMITS.parts or not pieces or pieces.pop() not in {b"--", b"--\r\n"}:
        raise _Unusual
    return pieces


def _in_part(head: bytes, content: bytes, wanted: Container[str], speaker: str | None) -> Iterator[Document]:
    """Look at a part; `speaker` is To of the REGISTER around it, if one is enclosed."""
    kind = _KINDS.get(head) or _kind(head)
    if kind == ENCLOSED:
        if speaker is not None:
            raise _Unusual
        yield from _in_register(content, wanted)
    elif kind in wanted:
        yield Document(kind, content, speaker or "")


def _kind(head: bytes) -> str:
    """Read the head of a part, and remember what it says."""
    try:
        part = Part(Headers.parse(head.decode("utf-8", "surrogateescape")), b"")
        kind = part.content_type.name
    except ParseError:
        raise _Unusual from None
    if kind.startswith("multipart/") or not is_plain(part):
        raise _Unusual
    if len(_KINDS) >= _MANY:
        _KINDS.clear()
    _KINDS[head] = kind
    return kind


def _in_register(content: bytes, wanted: Container[str]) -> Iterator[Document]:
    """Look into an enclosed REGISTER whose header lines are all as they should be, none of them folded."""
    head, gap, rest = content.partition(b"\r\n\r\n")
    lines = head.count(b"\r\n")
    if not gap or len(head) > LIMITS.line or lines > LIMITS.headers or head.count(b"\n") > lines:
        raise _Unusual
    if _register(head) is None or (KIND in wanted and _bearer(head)):
        raise _Unusual
    types = _content_type(head)
    if len(types) > 1:
        raise _Unusual
    body = rest[: _length(_content_length(head), rest)]
    if types and body:
        yield from _in_body(types[0].rstrip(b" \t"), body, wanted, _speaker(head))


def _speaker(head: bytes) -> str:
    line = _to(head)
    return "" if line is None else line[1].rstrip(b" \t").decode("utf-8", "surrogateescape")


def _length(lengths: list[bytes], rest: bytes) -> int:
    if not lengths:
        return len(rest)
    text = lengths[0].rstrip(b" \t")
    if len(lengths) > 1 or not text.isdigit() or len(text) > 9 or int(text) > len(rest):
        raise _Unusual
    return int(text)
