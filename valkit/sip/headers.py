"""Headers as values: each is read from the text of one header value, and `str()` writes it.

Where a value is kept apart from the text it came from, `str()` gives the usual spelling: one space where RFC 3261
allows any, display names in quotes. A message that is only passed on keeps its own bytes and never comes here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import formatdate
from enum import Enum
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from attrs import frozen

from valkit.sip.errors import ParseError
from valkit.sip.grammar import NO_PARAMS, PARAMS, QUOTED, TOKEN, URI, Params, quote, unquote
from valkit.sip.uri import HOST, OtherUri, SipUri, TelUri, parse_port, parse_reference, parse_uri

_name_addr = re.compile(rf"[ \t]*(?:({QUOTED})|({TOKEN}(?:[ \t]++{TOKEN})*+))?+[ \t]*<({URI})>({PARAMS})", re.DOTALL)
# Without brackets no comma, question mark or semicolon belongs to the URI (RFC 3261 20.10).
_addr_spec = re.compile(rf"[ \t]*([A-Za-z][A-Za-z0-9+.\-]*+:[!#-+\-.-:=@-~]++)({PARAMS})", re.DOTALL)
_sender = re.compile(
    rf"[Ss][Ii][Pp][ \t]*/[ \t]*({TOKEN})[ \t]*/[ \t]*({TOKEN})[ \t]+({HOST})(?:[ \t]*:[ \t]*([0-9]{{1,5}}))?+[ \t]*"
)
_cseq = re.compile(rf"([0-9]{{1,64}}+)[ \t]+({TOKEN})")
_media_type = re.compile(rf"({TOKEN})[ \t]*/[ \t]*({TOKEN})({PARAMS})", re.DOTALL)
_event = re.compile(rf"({TOKEN})({PARAMS})", re.DOTALL)
_delta = re.compile("[0-9]{1,10}")

DEFAULT_EXPIRES = 3600
"""What a Contact's malformed `expires` counts as, in seconds (RFC 3261 20.10)."""


class Star(Enum):
    """The one value of Contact that is no address."""

    STAR = "*"

    def __str__(self) -> str:
        return "*"


STAR: Final = Star.STAR
"""`Contact: *`, which stands for all bindings of an address of record (RFC 3261 10.2.2)."""

Contacts = tuple["NameAddr", ...] | Literal[Star.STAR]


class NameAddr(NamedTuple):
    """An address with display name and parameters: To, From, Contact, Route, Path... (RFC 3261 20.10)."""

    display: str
    """The name's own characters, without quotes and escapes; empty if there is none."""
    uri: str
    params: Params = NO_PARAMS
    """Parameters of the header, not of the URI."""

    @classmethod
    def parse(cls, text: str) -> NameAddr:
        """Read either form, with or without angle brackets; ParseError for anything else."""
        found = _name_addr.fullmatch(text)
        if found is not None:
            quoted, tokens, uri, params = found.groups()
            return cls(unquote(quoted) if quoted else tokens or "", uri, Params.matched(params))
        bare = _addr_spec.fullmatch(text)
        if bare is None:
            raise ParseError("name-addr", text)
        return cls("", bare[1], Params.matched(bare[2]))

    @property
    def address(self) -> SipUri | TelUri | OtherUri:
        """The URI taken apart; ParseError if it breaks the rules of its scheme."""
        return parse_uri(self.uri)

    @property
    def tag(self) -> str | None:
        """The tag of a From or To (RFC 3261 19.3)."""
        return self.params.get("tag")

    @property
    def expires(self) -> int | None:
        """The seconds a Contact asks for; 3600 if the value is malformed (RFC 3261 20.10)."""
        text = self.params.get("expires")
        if text is None:
            return None
        return int(text) if _delta.fullmatch(text) and int(text) < 2**32 else DEFAULT_EXPIRES

    def with_param(self, name: str, value: str | None = None) -> NameAddr:
        """Give a copy with this header parameter set."""
        return NameAddr(self.display, self.uri, self.params.having(name, value))

    def __str__(self) -> str:
        display = f"{quote(self.display)} " if self.display else ""
        return f"{display}<{self.uri}>{self.params}"


class Via(NamedTuple):
    """One step of the way a request took (RFC 3261 20.42); the branch is never unescaped, since `%` is a token."""

    transport: str
    """Upper case, as RFC 3261 writes it."""
    host: str
    """sent-by without its port; an IPv6 address in brackets."""
    port: int | None = None
    params: Params = NO_PARAMS
    version: str = "2.0"

    @classmethod
    def parse(cls, text: str) -> Via:
        """Read one Via value; ParseError for anything else."""
        sender, semicolon, params = text.partition(";")
        transport, host, port, version = _parse_sender(sender)
        return cls(transport, host, port, Params.parse(semicolon + params) if semicolon else NO_PARAMS, version)

    @property
    def branch(self) -> str | None:
        """The transaction's identifier (RFC 3261 8.1.1.7), byte for byte."""
        return self.params.raw("branch")

    @property
    def received(self) -> str | None:
        """The address the request came from, without the brackets some peers put there (RFC 5118 4.5)."""
        text = self.params.get("received")
        return text if text is None else text.strip("[]")

    @property
    def rport(self) -> str | None:
        """The port the request came from; empty where the client asks for it (RFC 3581)."""
        return self.params.get("rport")

    @property
    def sent_by(self) -> str:
        """Host and port as transaction matching compares them (RFC 3261 17.2.3)."""
        return self.host.lower() if self.port is None else f"{self.host.lower()}:{self.port}"

    def with_param(self, name: str, value: str | None = None) -> Via:
        """Give a copy with this parameter set."""
        return Via(self.transport, self.host, self.port, self.params.having(name, value), self.version)

    def __str__(self) -> str:
        port = "" if self.port is None else f":{self.port}"
        return f"SIP/{self.version}/{self.transport} {self.host}{port}{self.params}"


@lru_cache(256)
def _parse_sender(text: str) -> tuple[str, str, int | None, str]:
    """Read transport, host, port and version, which are the same in every Via of a peer."""
    found = _sender.fullmatch(text)
    if found is None:
        raise ParseError("Via", text)
    version, transport, host, port = found.groups()
    if host[0] == "[":
        parse_reference(host)
    return transport.upper(), host, parse_port(port) if port else None, version


class CSeq(NamedTuple):
    """Number and method of a request (RFC 3261 20.16)."""

    number: int
    method: str

    @classmethod
    def parse(cls, text: str) -> CSeq:
        """Read a CSeq; ParseError for anything else, a number beyond 32 bits included."""
        found = _cseq.fullmatch(text)
        if found is None or (number := int(found[1])) >= 2**32:
            raise ParseError("CSeq", text)
        return cls(number, found[2])

    def __str__(self) -> str:
        return f"{self.number} {self.method}"


@frozen
class MediaType:
    """A Content-Type (RFC 3261 20.15)."""

    type: str
    subtype: str
    params: Params = NO_PARAMS

    @classmethod
    def parse(cls, text: str) -> MediaType:
        """Read a media type; ParseError for anything else."""
        found = _media_type.fullmatch(text)
        if found is None:
            raise ParseError("Content-Type", text)
        return cls(found[1], found[2], Params.matched(found[3]))

    @property
    def name(self) -> str:
        """`type/subtype` in lower case, for comparing."""
        return f"{self.type}/{self.subtype}".lower()

    def __str__(self) -> str:
        return f"{self.type}/{self.subtype}{self.params}"


@frozen
class Event:
    """The event package of a SUBSCRIBE, NOTIFY or PUBLISH (RFC 6665 8.2.1, RFC 3903 4)."""

    package: str
    params: Params = NO_PARAMS

    @classmethod
    def parse(cls, text: str) -> Event:
        """Read an Event value; ParseError for anything else."""
        found = _event.fullmatch(text)
        if found is None:
            raise ParseError("Event", text)
        return cls(found[1], Params.matched(found[2]))

    def __str__(self) -> str:
        return f"{self.package}{self.params}"


def parse_delta_seconds(text: str) -> int:
    """Read a number of seconds below 2**32 (RFC 3261 20.19); ParseError for anything else."""
    if _delta.fullmatch(text) is None or (seconds := int(text)) >= 2**32:
        raise ParseError("delta-seconds", text)
    return seconds


def parse_max_forwards(text: str) -> int:
    """Read how many hops a request may still take, 0 to 255 (RFC 3261 20.22); ParseError for anything else."""
    digits = text.lstrip("0") or "0"
    if _delta.fullmatch(text) is None or len(digits) > 3 or int(digits) > 255:
        raise ParseError("Max-Forwards", text)
    return int(digits)


def parse_date(text: str) -> float:
    """Read a SIP date as epoch seconds; it is in GMT and says so (RFC 3261 20.17), else ParseError."""
    try:
        return datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise ParseError("Date", text) from None


def date_text(now: float) -> str:
    """Write epoch seconds as a SIP date (RFC 3261 20.17)."""
    return formatdate(now, usegmt=True)
