"""Requests and responses: from bytes, to bytes, and the answer that fits a request (RFC 3261 7, 8.2.6, 18.3).

A message is a value: nothing changes it, every change is a copy. Transactions, dialogs and what a method means are
other people's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2s
from typing import Self

from valkit.sip.errors import Misuse, ParseError
from valkit.sip.fields import Headers, header_line, value_of
from valkit.sip.grammar import TOKEN, URI, is_token
from valkit.sip.limits import LIMITS, Limits
from valkit.sip.names import SECRET, SPELLED
from valkit.sip.reasons import reason_for
from valkit.sip.typed import Message, encoded
from valkit.sip.uri import OtherUri, SipUri, TelUri, parse_uri

__all__ = ["METHODS", "FaultyRequest", "Headers", "Message", "Request", "Response", "blame", "parse"]

_METHODS = "ACK BYE CANCEL INFO INVITE MESSAGE NOTIFY OPTIONS PRACK PUBLISH REFER REGISTER SUBSCRIBE UPDATE"
METHODS = frozenset(_METHODS.split())
"""The methods of RFC 3261 and its extensions."""

LONGEST_PHRASE = 80
"""Characters of a Reason-Phrase that tells of a fault."""

_is_uri = re.compile(URI).fullmatch
_request_line = re.compile(rf"({TOKEN}) ({URI}) (?i:SIP/2\.0)").fullmatch
_status_line = re.compile(r"(?i:SIP/2\.0) ([1-6][0-9]{2})(?: (.*))?", re.DOTALL).fullmatch
_begins_nearly = re.compile(rf"({TOKEN})[ \t]++(.*)", re.DOTALL).fullmatch
_ends_nearly = re.compile(r"(?i:SIP)/([0-9.]++)[ \t]*+\Z").search
_branches = re.compile(r";[ \t]*branch[ \t]*=[ \t]*(z9hG4bK[^ \t;,]++)", re.IGNORECASE).findall
_tags = re.compile(r";[ \t]*tag[ \t]*=[ \t]*([^ \t;,]++)", re.IGNORECASE).findall
_is_length = re.compile("[0-9]{1,9}").fullmatch


class Request(Message):
    """A request (RFC 3261 7.1)."""

    __slots__ = ("method", "uri")

    def __init__(self, method: str, uri: str, headers: Headers, body: bytes = b"", wire: bytes | None = None) -> None:
        super().__init__(headers, body, wire)
        self.method = method
        """As written: methods know case, and an unknown one is kept."""
        self.uri = uri
        """The Request-URI as written."""

    @classmethod
    def create(
        cls,
        method: str,
        uri: str,
        headers: Iterable[tuple[str, str]],
        body: bytes = b"",
        content_type: str | None = None,
    ) -> Request:
        """Build a request; Content-Length is set. Misuse for what could break the message's lines."""
        if is_token(method) is None or _is_uri(uri) is None or "\n" in uri or "\r" in uri:
            raise Misuse(f"{method!a} {uri!a} is no request line")
        return cls(method, uri, Headers(_lines(headers, body, content_type)), body)

    @property
    def address(self) -> SipUri | TelUri | OtherUri:
        """The Request-URI taken apart; ParseError if it breaks the rules of its scheme (RFC 3261 19.1.1)."""
        try:
            return _parse_request_uri(self.uri)
        except ParseError as error:
            raise self.fault("Request-URI", error) from None

    @property
    def start_line(self) -> str:
        """Method, Request-URI and version."""
        return f"{self.method} {self.uri} SIP/2.0"

    def validate(self) -> None:
        """Check Request-URI, mandatory headers, CSeq against the method (RFC 3261 8.1.1, 8.2, 16.3).

        A fault in another header shows when that header is read. A missing Max-Forwards is none (16.3, RFC 2543).
        """
        _ = self.address
        self._validate_mandatory()
        if self.cseq.method != self.method:
            status = 400 if self.method in METHODS else 501
            raise self.fault("CSeq", ParseError("", why=f"does not name {self.method}", answer=status))

    def with_uri(self, uri: str) -> Request:
        """Give a copy for another Request-URI, as a proxy retargets it (RFC 3261 16.6)."""
        if _is_uri(uri) is None or "\n" in uri or "\r" in uri:
            raise Misuse(f"{uri!a} is no Request-URI")
        return Request(self.method, uri, self.headers, self.body)

    def answer(  # noqa: PLR0917 - the order is that of a response: status, reason, headers, body
        self,
        status: int,
        reason: str | None = None,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        content_type: str | None = None,
        to_tag: str | None = None,
    ) -> Response:
        """Build the response to this request (RFC 3261 8.2.6).

        Via, From, To, Call-ID and CSeq go back as they came. To gets `to_tag`; without one, a tag derived from the
        request, so that a retransmission gets the same answer from a server that kept nothing (8.2.7). A 100 has no
        tag of ours.
        """
        raw = self.headers.raw
        lines = [*raw("via"), *raw("from"), *self._tagged_to(status, to_tag), *raw("call-id"), *raw("cseq")]
        if status == 100:
            lines += raw("timestamp")
        lines += _lines(headers, body, content_type)
        return Response(_status(status), _reason(status, reason), Headers(lines), body)

    def refused(self, error: ParseError) -> Response | None:
        """Build the response to a fault in this request; None where it is dropped without a word.

        The phrase of a 400 names the fault, and none of the text (RFC 3261 21.4.1): who sent it wants to know.
        """
        if error.answer is None:
            return None
        phrase = f"{error.what} {error.why}"
        plain = error.answer == 400 and len(phrase) <= LONGEST_PHRASE and phrase.isascii() and phrase.isprintable()
        return self.answer(error.answer, phrase if plain else None)

    def derived_tag(self) -> str:
        """Give a To tag that follows from what identifies the request (RFC 3261 8.2.7).

        Of Via and From that is branch and tag (8.2.2.2, 17.2.3): the rest of them says where the request came from.
        """
        raw = self.headers.raw
        via = [(_branches(line) or [line])[0] for line in raw("via")[:1]]
        caller = [(_tags(line) or [line])[0] for line in raw("from")]
        known = "\n".join([*via, *caller, *raw("call-id"), *raw("cseq")])
        return blake2s(encoded(known), digest_size=8).hexdigest()

    def fault(self, name: str, error: ParseError) -> ParseError:
        """Give the error with this request in it; nothing answers an ACK (RFC 3261 17), or what names no way back."""
        answer = None if self.method == "ACK" else error.answer
        what, text = SPELLED.get(name, name), "" if name in SECRET else error.text
        if answer is None or "via" not in self.headers:
            return ParseError(what, text, why=error.why, answer=answer)
        return FaultyRequest(what, text, why=error.why, answer=answer, request=self)

    def _tagged_to(self, status: int, to_tag: str | None) -> Sequence[str]:
        """Give the To line with a tag, unless it has one, needs none, or cannot be read."""
        lines = self.headers.raw("to")
        try:
            untagged = status > 100 and self.to.tag is None
        except ParseError:
            return lines
        return [f"{lines[0]};tag={to_tag or self.derived_tag()}"] if untagged else lines

    def _copy(self, headers: Headers, body: bytes | None = None) -> Self:
        return type(self)(self.method, self.uri, headers, self.body if body is None else body)


class FaultyRequest(ParseError):
    """A fault in a request that can be answered: the reply is `error.request.answer(error.answer)`."""

    answer: int

    def __init__(self, what: str, text: str, *, why: str, answer: int, request: Request) -> None:
        super().__init__(what, text, why=why, answer=answer)
        self.request = request
        """As far as it could be read; its Vias say where the reply goes."""


class Response(Message):
    """A response (RFC 3261 7.2)."""

    __slots__ = ("reason", "status")

    def __init__(
        self, status: int, reason: str, headers: Headers, body: bytes = b"", wire: bytes | None = None
    ) -> None:
        super().__init__(headers, body, wire)
        self.status = status
        self.reason = reason

    @classmethod
    def create(
        cls,
        status: int,
        reason: str | None = None,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        content_type: str | None = None,
    ) -> Response:
        """Build a response from nothing but these headers; `Request.answer` is the usual way."""
        return cls(_status(status), _reason(status, reason), Headers(_lines(headers, body, content_type)), body)

    @property
    def start_line(self) -> str:
        """Version, status and reason."""
        return f"SIP/2.0 {self.status} {self.reason}"

    def validate(self) -> None:
        """Check the mandatory headers (RFC 3261 8.1.1, 8.1.3); whatever is wrong with a response, nobody answers."""
        self._validate_mandatory()

    def fault(self, name: str, error: ParseError) -> ParseError:
        """Give the error without an answer: a faulty response is dropped."""
        text = "" if name in SECRET else error.text
        return ParseError(SPELLED.get(name, name), text, why=error.why, answer=None)

    def _copy(self, headers: Headers, body: bytes | None = None) -> Self:
        return type(self)(self.status, self.reason, headers, self.body if body is None else body)


def _lines(fields: Iterable[tuple[str, str]], body: bytes, content_type: str | None) -> list[str]:
    """Write the header lines of a message we build, those of its body last."""
    lines = [header_line(name, value) for name, value in fields]
    if content_type is not None:
        lines.append(header_line("Content-Type", content_type))
    lines.append(f"Content-Length: {len(body)}")
    return lines


class Unread(Response):
    """A response that is too large: its start line and its header fields, as far as they could be read, and no body."""

    __slots__ = ()


class FaultyResponse(ParseError):
    """A response that is too large to be read: no better one comes, for over a stream it is not sent again."""

    def __init__(self, error: ParseError, response: Unread) -> None:
        super().__init__(error.what, error.text, why=error.why, answer=None)
        self.response = response


@lru_cache(256)
def _parse_request_uri(text: str) -> SipUri | TelUri | OtherUri:
    uri = parse_uri(text)
    if isinstance(uri, SipUri) and uri.headers:
        raise ParseError("Request-URI", text, why="has headers in it")
    return uri


def _status(status: int) -> int:
    if not 100 <= status <= 699:
        raise Misuse(f"{status} is no status code")
    return status


def _reason(status: int, reason: str | None) -> str:
    if reason is None:
        return reason_for(status)
    if "\r" in reason or "\n" in reason:
        raise Misuse("a reason phrase must not have line breaks")
    return reason


def parse(data: bytes, limits: Limits = LIMITS) -> Request | Response:
    """Read one datagram, or one message that a framer cut out of a stream; ParseError says what is wrong with it.

    Bytes behind the body that Content-Length announces are cut off; without Content-Length the body is the rest
    (RFC 3261 18.3). Headers are only found here: `validate()` reads those that no element can do without.
    """
    head, gap, rest = data.partition(b"\r\n\r\n")
    start, _, text = head.decode("utf-8", "surrogateescape").partition("\r\n")
    try:
        _check_outside(len(data), gap, limits)
        headers = Headers.parse(text, limits)
        body = _body(headers, rest)
        excess = len(rest) - len(body)
        return _begin(start, headers, body, data[:-excess] if excess else data)
    except ParseError as error:
        raise blame(head, error) from None


def blame(head: bytes, error: ParseError) -> ParseError:
    """Give the error with as much of the request as its answer needs; what is no request is dropped."""
    start, _, text = head.decode("utf-8", "surrogateescape").partition("\r\n")
    found = _nearly_request(start)
    if found is None:
        status = _status_line(start)
        if status is not None and error.answer == 513:
            return FaultyResponse(error, Unread(int(status[1]), status[2] or "", Headers.salvage(text)))
        return ParseError(error.what, error.text, why=error.why, answer=None)
    method, uri, _ = found
    return Request(method, uri, Headers.salvage(text)).fault(error.what, error)


def _nearly_request(start: str) -> tuple[str, str, str] | None:
    """Take a line that means to be a request line apart: method, Request-URI, version, with whatever space between.

    Two patterns, for one with a gap before and after the URI takes time by the cube of a long gap.
    """
    begin = _begins_nearly(start)
    end = None if begin is None else _ends_nearly(begin[2])
    if begin is None or end is None:
        return None
    return begin[1], begin[2][: end.start()].rstrip(" \t"), end[1]


def _check_outside(size: int, gap: bytes, limits: Limits) -> None:
    """Refuse what is too large, and headers that nothing ends (RFC 3261 7)."""
    if size > limits.size:
        raise ParseError("message", why=f"is larger than {limits.size} bytes", answer=513)
    if not gap:
        raise ParseError("message", why="has no empty line behind its headers")


def _body(headers: Headers, rest: bytes) -> bytes:
    """Cut the body to Content-Length (RFC 3261 18.3, 20.14); without one, it is all there is."""
    lines = headers.raw("content-length")
    if not lines:
        return rest
    text = value_of(lines[0])
    if len(lines) > 1 or _is_length(text) is None:
        raise ParseError("Content-Length", text, why="is not one number")
    length = int(text)
    if length > len(rest):
        raise ParseError("Content-Length", why=f"is {length}, but {len(rest)} bytes of body came")
    return rest[:length]


def _begin(start: str, headers: Headers, body: bytes, wire: bytes) -> Request | Response:
    """Read the start line (RFC 3261 7.1, 7.2), one space between its elements."""
    request = _request_line(start)
    if request is not None:
        return Request(request[1], request[2], headers, body, wire)
    status = _status_line(start)
    if status is None:
        raise _start_fault(start)
    return Response(int(status[1]), status[2] or "", headers, body, wire)


def _start_fault(start: str) -> ParseError:
    """Say what is wrong with a start line: 505 if it is only the version (RFC 3261 21.5.6)."""
    request = _nearly_request(start)
    if request is not None and request[2] != "2.0":
        return ParseError("SIP version", request[2], why="is not 2.0", answer=505)
    return ParseError("start line", start)
