"""The headers of a message that is passed on: what ends at this hop, what is added here (RFC 9110 7.6, RFC 7239)."""

from collections.abc import Iterable

from attrs import frozen

Pairs = tuple[tuple[bytes, bytes], ...]
"""Headers in order, names in lower case."""

MOST = 100
"""Headers that a message may have."""

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"proxy-connection",
        b"keep-alive",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-authentication-info",
        b"http2-settings",
    }
)
"""What is meant for one connection (RFC 9110 7.6.1); trailers are not passed on either (6.5.1 leaves that open)."""

_OWN = frozenset({b"host", b"content-length", b"expect"})
"""What this proxy writes itself, or has done with."""

_CLAIMED = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"})
"""What a client could claim about where it comes from: said by this proxy alone."""


ASSERTED = b"x-3gpp-asserted-identity"
"""Header in which a network function's identity stands (TS 24.109)."""


def values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    """Give every value of a header, the name spelled with `-` or `_`: there are servers that take one for the other."""
    return [value for found, value in headers if found.replace(b"_", b"-") == name]


def doubtful(headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """Give the name of a header that some server could take for one which frames a message or ends at this hop."""
    names = (name for name, _ in headers if b"_" in name)
    return next((name for name in names if name.replace(b"_", b"-") in HOP_BY_HOP | _OWN), None)


def end_to_end(headers: Pairs) -> Pairs:
    """Give the headers that go further: none of this hop's, nor any that Connection names."""
    named = {each.strip().lower() for value in values(headers, b"connection") for each in value.split(b",")}
    return tuple((name, value) for name, value in headers if name not in HOP_BY_HOP and name not in named)


@frozen
class Hop:
    """What this proxy says of the way that a request has come."""

    client: str
    """The client's address."""
    own: str
    """The proxy's own name."""
    version: str = "1.1"
    """The version of HTTP that the client spoke."""


def onward(headers: Pairs, host: str, hop: Hop, asserted: str = "") -> Pairs:
    """Give the headers of the request as the server gets it, with the identity that this proxy vouches for, if any."""
    kept = tuple(
        (name, value)
        for name, value in end_to_end(headers)
        if name not in _OWN and name.replace(b"_", b"-") not in {*_CLAIMED, ASSERTED}
    )
    vouched = ((ASSERTED, f'"{asserted}"'.encode()),) if asserted else ()
    client = f"[{hop.client}]" if ":" in hop.client else hop.client  # RFC 7239 6
    forwarded = f'for="{client}";host="{host}";proto=https;by="{hop.own}"'
    return ((b"host", host.encode()), *_via(kept, hop.version, hop.own), (b"forwarded", forwarded.encode()), *vouched)


def back(headers: Pairs, own: str) -> Pairs:
    """Give the headers of the answer as the client gets it."""
    return _via(tuple((name, value) for name, value in end_to_end(headers) if name != b"content-length"), "1.1", own)


def been_here(headers: Pairs, own: str) -> bool:
    """Whether the request has passed this proxy before (RFC 9110 7.6.3)."""
    hops = (hop.split() for value in values(headers, b"via") for hop in value.decode("latin-1").split(","))
    return any(len(hop) > 1 and hop[1].lower() == own.lower() for hop in hops)


def _via(headers: Pairs, version: str, own: str) -> Pairs:
    return (*headers, (b"via", f"{version} {own}".encode()))
