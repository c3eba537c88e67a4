"""What every message has: headers that become values when first read, a body, and copies that differ in one thing.

Each reading property raises a ParseError that names its header and carries the answer it deserves. What a request or
a response is beyond that stands in `valkit.sip.message`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Self, TypeVar

from valkit.sip.auth import AuthenticationInfo, Challenge, Credentials, digest_in
from valkit.sip.errors import Misuse, ParseError
from valkit.sip.fields import Headers, value_of
from valkit.sip.grammar import split_list
from valkit.sip.headers import (
    STAR,
    Contacts,
    CSeq,
    Event,
    MediaType,
    NameAddr,
    Via,
    parse_date,
    parse_delta_seconds,
    parse_max_forwards,
)
from valkit.sip.names import key_of

T = TypeVar("T")
Text = TypeVar("Text", str, tuple[str, ...])

_parse_cseq = lru_cache(512)(CSeq.parse)
"""The first numbers of a Call-ID, which every peer sends: read once."""
_is_call_id = re.compile("[!-~]+").fullmatch


class Message(ABC):
    """What requests and responses have in common."""

    __slots__ = ("_bytes", "_read", "_via", "body", "headers")

    def __init__(self, headers: Headers, body: bytes = b"", wire: bytes | None = None) -> None:
        self.headers = headers
        self.body = body
        self._bytes = wire
        self._read: dict[str, Any] = {}
        self._via: Via | None = None

    # What stands in the headers. Each property raises a ParseError that names its header.

    @property
    def to(self) -> NameAddr:
        """To (RFC 3261 20.39)."""
        return self._one("to", NameAddr.parse)

    @property
    def from_(self) -> NameAddr:
        """From (RFC 3261 20.20)."""
        return self._one("from", NameAddr.parse)

    @property
    def via(self) -> Via:
        """The topmost Via (RFC 3261 20.42), the only one that an endpoint has to understand."""
        if self._via is None:
            try:
                self._via = Via.parse(_first_of(self.headers.raw("via")))
            except ParseError as error:
                raise self.fault("via", error) from None
        return self._via

    @property
    def vias(self) -> tuple[Via, ...]:
        """All Via values, the latest hop first."""
        return self._many("via", Via.parse)

    @property
    def cseq(self) -> CSeq:
        """CSeq (RFC 3261 20.16)."""
        return self._one("cseq", _parse_cseq)

    @property
    def call_id(self) -> str:
        """Call-ID (RFC 3261 20.8)."""
        return self._one("call-id", _parse_call_id)

    @property
    def max_forwards(self) -> int | None:
        """Max-Forwards (RFC 3261 20.22); None if there is none."""
        return self._optional("max-forwards", parse_max_forwards)

    @property
    def expires(self) -> int | None:
        """Expires in seconds (RFC 3261 20.19); None if there is none."""
        return self._optional("expires", parse_delta_seconds)

    @property
    def content_type(self) -> MediaType | None:
        """Content-Type (RFC 3261 20.15); None if there is none."""
        return self._optional("content-type", MediaType.parse)

    @property
    def event(self) -> Event | None:
        """Event (RFC 6665 8.2.1); None if there is none."""
        return self._optional("event", Event.parse)

    @property
    def date(self) -> float | None:
        """Date as epoch seconds (RFC 3261 20.17); None if there is none."""
        return self._optional("date", parse_date)

    @property
    def contacts(self) -> Contacts:
        """All Contact values, or STAR (RFC 3261 20.10)."""
        if self.headers.all("contact") == ("*",):
            return STAR
        return self._many("contact", NameAddr.parse)

    @property
    def routes(self) -> tuple[NameAddr, ...]:
        """All Route values (RFC 3261 20.34)."""
        return self._many("route", NameAddr.parse)

    @property
    def record_routes(self) -> tuple[NameAddr, ...]:
        """All Record-Route values (RFC 3261 20.30)."""
        return self._many("record-route", NameAddr.parse)

    @property
    def paths(self) -> tuple[NameAddr, ...]:
        """All Path values (RFC 3327)."""
        return self._many("path", NameAddr.parse)

    @property
    def service_routes(self) -> tuple[NameAddr, ...]:
        """All Service-Route values (RFC 3608)."""
        return self._many("service-route", NameAddr.parse)

    @property
    def p_associated_uris(self) -> tuple[NameAddr, ...]:
        """All P-Associated-URI values (RFC 7315 4.1)."""
        return self._many("p-associated-uri", NameAddr.parse)

    @property
    def p_asserted_identities(self) -> tuple[NameAddr, ...]:
        """All P-Asserted-Identity values (RFC 3325 9.1)."""
        return self._many("p-asserted-identity", NameAddr.parse)

    @property
    def authorization(self) -> Credentials | None:
        """The Digest among the Authorizations, or else the first of them (RFC 3261 20.7); None if there is none.

        A token may stand above it as well as below (RFC 8898 2.1.3).
        """
        value: Credentials | None = self._read.get("authorization")
        lines = self.headers.all("authorization")
        if value is None and lines:
            value = self._now("authorization", Credentials.parse, lines[digest_in(lines) or 0])
        return value

    @property
    def challenge(self) -> Challenge | None:
        """The first WWW-Authenticate (RFC 3261 20.44), the one its sender likes best; None if there is none."""
        return self._first("www-authenticate", Challenge.parse)

    @property
    def authentication_info(self) -> AuthenticationInfo | None:
        """Authentication-Info (RFC 3261 20.6); None if there is none."""
        return self._first("authentication-info", AuthenticationInfo.parse)

    # Copies that differ in one thing.

    def with_header(self, name: str, *values: str) -> Self:
        """Give a copy with these values, one line each, in place of all that had this name."""
        return self._copy(self.headers.with_values(name, values))

    def adding(self, name: str, value: str, *, first: bool = False) -> Self:
        """Give a copy with one more header line: at the end, or above all others of its name."""
        return self._copy(self.headers.adding(name, value, first=first))

    def without(self, name: str) -> Self:
        """Give a copy that lacks this header."""
        return self._copy(self.headers.without(name))

    def with_first(self, name: str, value: str) -> Self:
        """Give a copy whose first value of this header is this one; what was read of the others stays read."""
        copy = self._copy(self.headers.with_first(name, value))
        copy._read.update(self._read)  # noqa: SLF001 - its own class
        copy._read.pop(key_of(name), None)  # noqa: SLF001  a copy of ourselves
        return copy

    def with_via(self, via: Via) -> Self:
        """Give a copy whose top Via is this one."""
        copy = self.with_first("Via", str(via))
        copy._via = via  # noqa: SLF001 - its own class
        return copy

    def without_first(self, name: str) -> Self:
        """Give a copy that lacks the first value of this header."""
        return self._copy(self.headers.without_first(name))

    def with_body(self, body: bytes, content_type: str | None = None) -> Self:
        """Give a copy with this body, its Content-Type and Content-Length set to fit."""
        kinds = () if content_type is None else (content_type,)
        headers = self.headers.with_values("Content-Type", kinds)
        return self._copy(headers.with_values("Content-Length", [str(len(body))]), body)

    @abstractmethod
    def validate(self) -> None:
        """Check what an element must check before it acts on the message; ParseError names the first fault."""

    @property
    @abstractmethod
    def start_line(self) -> str:
        """The first line, without its CRLF."""

    @abstractmethod
    def _copy(self, headers: Headers, body: bytes | None = None) -> Self:
        """Give a copy with other headers or body."""

    @abstractmethod
    def fault(self, name: str, error: ParseError) -> ParseError:
        """Give the error that says this about a header of this message, with the answer it deserves."""

    def _validate_mandatory(self) -> None:
        """Read what no message can be without (RFC 3261 8.1.1), each once; of the Vias only the top one."""
        branch = self.via.branch
        if branch is not None and branch.lower() == "z9hg4bk":
            raise self.fault("Via", ParseError("", why="has the magic cookie and no branch behind it"))
        _ = self.to, self.from_, self.call_id, self.cseq
        if len(self.headers.raw("max-forwards")) > 1:
            raise self.fault("Max-Forwards", ParseError("", why="comes more than once"))

    def _one(self, name: str, parse: Callable[[str], T]) -> T:
        """Read a header that must be there once (RFC 3261 7.3.1)."""
        value: T | None = self._read.get(name)
        if value is None:
            lines = self.headers.raw(name)
            if len(lines) != 1:
                raise self.fault(name, ParseError(name, why="comes more than once" if lines else "is missing"))
            try:
                value = self._read[name] = parse(value_of(lines[0]))
            except ParseError as error:
                raise self.fault(name, error) from None
        return value

    def _optional(self, name: str, parse: Callable[[str], T]) -> T | None:
        """Read a header that may be there once."""
        return self._one(name, parse) if self.headers.raw(name) else None

    def _first(self, name: str, parse: Callable[[str], T]) -> T | None:
        """Read the first value of a header that may come several times."""
        value: T | None = self._read.get(name)
        if value is None and name in self.headers:
            value = self._now(name, parse, self.headers.get(name) or "")
        return value

    def _many(self, name: str, parse: Callable[[str], T]) -> tuple[T, ...]:
        """Read all values of a header."""
        value: tuple[T, ...] | None = self._read.get(name)
        if value is None:
            value = self._now(name, lambda texts: tuple(map(parse, texts)), self.headers.all(name))
        return value

    def _now(self, name: str, parse: Callable[[Text], T], text: Text) -> T:
        """Read a header now and keep the value; a fault is put down to the header."""
        try:
            value = self._read[name] = parse(text)
        except ParseError as error:
            raise self.fault(name, error) from None
        return value

    def __bytes__(self) -> bytes:
        if self._bytes is None:
            self._bytes = encoded("\r\n".join([self.start_line, *self.headers.lines, "", ""])) + self.body
        return self._bytes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and bytes(self) == bytes(other)

    def __hash__(self) -> int:
        return hash(bytes(self))

    def __repr__(self) -> str:
        return f"<{self.start_line}>"


def encoded(text: str) -> bytes:
    """Give the octets of a text, those that were no UTF-8 as they came."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise Misuse(f"a message cannot hold this text: {error}") from None


def _first_of(lines: tuple[str, ...]) -> str:
    """Give the first value of a list header's lines; ParseError if there is none."""
    if not lines:
        raise ParseError("list", why="is missing")
    text = value_of(lines[0])
    return split_list(text)[0] if "," in text else text


def _parse_call_id(text: str) -> str:
    if _is_call_id(text) is None:
        raise ParseError("Call-ID", text)
    return text
