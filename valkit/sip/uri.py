"""URIs: sip and sips with the comparison of RFC 3261 19.1.4, tel (RFC 3966), and any other as an opaque text.

What was written is kept: `str()` of a parsed URI is the text it came from. Only a comparison or `aor()` looks
through the escapes, and never twice, so that `%2541` stays `%41` (RFC 3986 2.4).
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import Protocol

from attrs import field, frozen

from valkit.sip.errors import ParseError
from valkit.sip.grammar import NO_PARAMS, URI, Params, refuse_repeats
from valkit.sip.hop import PORTS, Hop

_USER = r"[A-Za-z0-9\-_.!~*'()&=+$,;?/%]++"
_AFTER_COLON = r"[A-Za-z0-9\-_.!~*'()&=+$,%]*+"
# RFC 3261 has no underscore in host names; the names of containers and lab machines do.
_LABEL = r"[A-Za-z0-9_\-]{1,63}+"
HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*+\.?+|\[[0-9A-Fa-f:.]++\])"
"""host of RFC 3261 25.1, its labels no longer than DNS has them (RFC 1035 2.3.4), as no resolver takes others; what is
in the brackets is for `parse_reference` to check."""
_PCHAR = r"[A-Za-z0-9\-_.!~*'()\[\]/:&+$%]++"
_HCHAR = r"[A-Za-z0-9\-_.!~*'()\[\]/?:+$%]"
_PARAMS = rf"(?:;{_PCHAR}(?:={_PCHAR})?+)*+"
_HEADER = rf"{_HCHAR}++={_HCHAR}*+"

_sip_uri = re.compile(
    rf"((?i:sips?)):(?:({_USER})(?::({_AFTER_COLON}))?@)?({HOST})(?::([0-9]{{1,5}}))?({_PARAMS})"
    rf"(?:\?({_HEADER}(?:&{_HEADER})*+))?",
)
_is_host = re.compile(HOST).fullmatch
_param = re.compile(rf";({_PCHAR})(?:=({_PCHAR}))?+")
_header = re.compile(rf"({_HCHAR}++)=({_HCHAR}*+)")
_tel_uri = re.compile(rf"(?i:tel):(\+?[0-9A-Fa-f*#\-.()]++)({_PARAMS})")
_any_uri = re.compile(URI)
_bad_escape = re.compile(r"%(?![0-9A-Fa-f]{2})")
_escaped = re.compile(r"%([0-9A-Fa-f]{2})")
_visual_separators = str.maketrans("", "", "-.()")

# A comparison may not ignore these when only one URI has them (RFC 3261 19.1.4).
_SIGNIFICANT = ("user", "ttl", "method", "maddr", "transport")


class Uri(Protocol):
    """What every URI can do, whatever its scheme."""

    @property
    def scheme(self) -> str:
        """The scheme in lower case."""

    def matches(self, other: Uri) -> bool:
        """Say whether both mean the same by the rules of their scheme."""

    def aor(self) -> str:
        """Give the canonical text, equal for all spellings of one address of record (RFC 3261 10.3, step 5)."""


def unescape(text: str) -> str:
    """Give the characters that `%XX` stand for, once; octets that are no UTF-8 become surrogates, as in messages."""
    if "%" not in text:
        return text
    octets = re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), text.encode())
    return octets.decode("utf-8", "surrogateescape")


def _canonical(text: str) -> str:
    """Write each character the one way: escaped only where it may not stand for itself, or would mean another thing."""
    return _escaped.sub(_canonical_escape, text) if "%" in text else text


def _canonical_escape(found: re.Match[str]) -> str:
    octet = chr(int(found[1], 16))
    unreserved = octet.isascii() and (octet.isalnum() or octet in "-_.!~*'()")
    return octet if unreserved else found[0].upper()


def parse_reference(host: str) -> IPv6Address:
    """Read an IPv6 reference, with the third colon that RFC 3261's grammar lets slip in (RFC 5118 4.10)."""
    try:
        return IPv6Address(host[1:-1].replace(":::", "::"))
    except ValueError:
        raise ParseError("host", host, why="is not an IPv6 address") from None


def _canonical_host(host: str) -> str:
    return f"[{parse_reference(host)}]" if host.startswith("[") else host.lower()


@frozen
class UriParams(Params):
    """Parameters of a URI: unlike those of a header they have escapes and no quotes (RFC 3261 19.1.1)."""

    @classmethod
    def read(cls, text: str) -> UriParams:
        """Take `;name=value;flag` apart, escapes kept."""
        pairs = tuple(_param.findall(text))
        refuse_repeats([_canonical(name).lower() for name, _ in pairs])
        return cls(pairs)

    def raw(self, name: str) -> str | None:
        """Give a value as it was written, its name found in any spelling."""
        wanted = name.lower()
        for each, value in self.pairs:
            if unescape(each).lower() == wanted:
                return value
        return None

    def get(self, name: str) -> str | None:
        """Give the characters of a value."""
        raw = self.raw(name)
        return raw if raw is None else unescape(raw)


NO_URI_PARAMS = UriParams()


def _leading_somewhere(params: UriParams) -> UriParams:
    """Refuse a maddr that is no host (RFC 3261 25.1), since requests go there; else give them back."""
    maddr = params.get("maddr")
    if maddr is not None and _is_host(maddr) is None:
        raise ParseError("maddr", maddr, why="is no host")
    return params


@frozen
class SipUri:
    """A sip or sips URI (RFC 3261 19.1.1); its parts are as written, escapes and all."""

    scheme: str
    user: str | None
    host: str
    """A name or address, an IPv6 address in its brackets."""
    port: int | None = None
    params: Params = NO_URI_PARAMS
    headers: tuple[tuple[str, str], ...] = ()
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> SipUri:
        """Read a sip or sips URI; ParseError for anything else."""
        found = _sip_uri.fullmatch(text)
        if found is None or ("%" in text and _bad_escape.search(text)):
            raise ParseError("URI", text)
        scheme, user, password, host, port, params, headers = found.groups()
        if host[0] == "[":
            parse_reference(host)
        return cls(
            scheme.lower(),
            user,
            host,
            parse_port(port) if port else None,
            _leading_somewhere(UriParams.read(params)) if params else NO_URI_PARAMS,
            tuple(_header.findall(headers)) if headers else (),
            password,
        )

    def matches(self, other: Uri) -> bool:
        """Say whether both are equivalent by RFC 3261 19.1.4, which is not transitive."""
        return isinstance(other, SipUri) and _fixed(self) == _fixed(other) and _agree(self.params, other.params)

    def aor(self) -> str:
        """Give scheme, user, host and port in canonical spelling, without parameters and headers."""
        return f"{self.scheme}:{self._userinfo()}{_canonical_host(self.host)}{self._colon_port()}"

    def hop(self, transport: str = "udp") -> Hop:
        """Give where a request for this URI goes if no DNS is asked (RFC 3263 4); maddr wins over host."""
        chosen = "tls" if self.scheme == "sips" else (self.params.get("transport") or transport).lower()
        host = self.params.get("maddr") or self.host
        return Hop(chosen, host.strip("[]"), self.port or PORTS.get(chosen, 5060))

    def __str__(self) -> str:
        secret = "" if self.password is None else f":{self.password}"
        user = "" if self.user is None else f"{self.user}{secret}@"
        headers = "?" + "&".join(f"{name}={value}" for name, value in self.headers) if self.headers else ""
        return f"{self.scheme}:{user}{self.host}{self._colon_port()}{self.params}{headers}"

    def _colon_port(self) -> str:
        return "" if self.port is None else f":{self.port}"

    def _userinfo(self) -> str:
        return "" if self.user is None else f"{_canonical(self.user)}@"


def _fixed(uri: SipUri) -> tuple[object, ...]:
    """Give what has to be the same in two equivalent URIs."""
    user = None if uri.user is None else _canonical(uri.user)
    password = None if uri.password is None else _canonical(uri.password)
    headers = sorted((unescape(name).lower(), unescape(value)) for name, value in uri.headers)
    return uri.scheme, user, password, _canonical_host(uri.host), uri.port, headers


def _agree(one: Params, other: Params) -> bool:
    """Say whether two URIs with these parameters can be equivalent."""
    mine, theirs = _compared(one), _compared(other)
    same = all(mine[name] == theirs[name] for name in mine.keys() & theirs.keys())
    return same and not any(name in _SIGNIFICANT for name in mine.keys() ^ theirs.keys())


def _compared(params: Params) -> dict[str, str]:
    return {_canonical(name).lower(): _canonical(value).lower() for name, value in params.pairs}


def parse_port(text: str) -> int:
    """Read the digits of a port; ParseError above 65535."""
    port = int(text)
    if port > 65535:
        raise ParseError("port", text, why="is above 65535")
    return port


@frozen
class TelUri:
    """A tel URI (RFC 3966)."""

    number: str
    """The digits as written, with visual separators and a leading + if the number is global."""
    params: Params = NO_URI_PARAMS

    scheme = "tel"

    @classmethod
    def parse(cls, text: str) -> TelUri:
        """Read a tel URI; ParseError for anything else."""
        found = _tel_uri.fullmatch(text)
        if found is None:
            raise ParseError("URI", text)
        return cls(found[1], UriParams.read(found[2]) if found[2] else NO_PARAMS)

    def matches(self, other: Uri) -> bool:
        """Say whether both are the same number with the same parameters (RFC 3966 4)."""
        if not isinstance(other, TelUri):
            return False
        return self.aor() == other.aor() and _compared(self.params) == _compared(other.params)

    def aor(self) -> str:
        """Give the number without visual separators and parameters."""
        return "tel:" + self.number.translate(_visual_separators).lower()

    def __str__(self) -> str:
        return f"tel:{self.number}{self.params}"


@frozen
class OtherUri:
    """A URI of any other scheme, kept as a text that nobody here looks into."""

    text: str

    @classmethod
    def parse(cls, text: str) -> OtherUri:
        """Read any absolute URI; ParseError for a text without scheme, or with spaces or brackets."""
        if _any_uri.fullmatch(text) is None:
            raise ParseError("URI", text)
        return cls(text)

    @property
    def scheme(self) -> str:
        """The scheme in lower case."""
        return self.text.partition(":")[0].lower()

    def matches(self, other: Uri) -> bool:
        """Say whether both are the same text, but for the case of the scheme."""
        return isinstance(other, OtherUri) and self.aor() == other.aor()

    def aor(self) -> str:
        """Give the text; the scheme in lower case and, for a URN, the namespace too (RFC 8141 3.1)."""
        scheme, _, rest = self.text.partition(":")
        namespace, colon, name = rest.partition(":")
        return f"urn:{namespace.lower()}{colon}{name}" if scheme.lower() == "urn" else f"{scheme.lower()}:{rest}"

    def __str__(self) -> str:
        return self.text


def parse_uri(text: str) -> SipUri | TelUri | OtherUri:
    """Read a URI as its scheme wants it; ParseError if it breaks the rules of that scheme."""
    scheme = text.partition(":")[0].lower()
    if scheme in ("sip", "sips"):
        return SipUri.parse(text)
    return TelUri.parse(text) if scheme == "tel" else OtherUri.parse(text)
