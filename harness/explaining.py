"""A token explained to people: what stands in it, its times in words, and whether it would be believed. Pure.

The signature is never part of an explanation: header and claims alone are no token.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from json import dumps
from math import isfinite

from attrs import frozen

from valkit.durations import in_words
from valkit.tokens import AccessToken, Cause, KeySet, TokenPolicy, TokenRejected, Verifier
from valkit.tokens.compact import Segments, decode, split
from valkit.tokens.strictjson import read_object

MEANINGS = {
    "alg": "signature algorithm",
    "kid": "name of the key",
    "typ": "kind of token",
    "jku": "never followed",
    "jwk": "never believed",
    "x5u": "never followed",
    "x5c": "never believed",
    "crit": "extensions that must be understood; none is",
    "iss": "issuer",
    "sub": "subject",
    "aud": "audience: for whom",
    "jti": "name of the token",
    "client_id": "client it was given to",
    "scope": "what it grants",
    "val_user_id": "VAL user",
    "val_service_ids": "VAL services",
    "acr": "how the user was authenticated",
}
"""What header parameters and claims mean, in two or three words."""

TIMES = {"exp": ("expires", "expired"), "nbf": ("valid", "valid"), "iat": ("issued", "issued")}
"""Claims that are times, with the words for when they lie ahead and when behind."""


@frozen
class Row:
    """A header parameter or claim, its value, and what to say about it."""

    name: str
    value: str
    remark: str


@frozen
class Explained:
    """What stands in a token."""

    header: tuple[Row, ...]
    claims: tuple[Row, ...]
    signature: str


def explained(token: str, now: float) -> Explained:
    """Take a token apart, without believing it; TokenRejected(MALFORMED ...) if it cannot be read at all."""
    segments = _segments(token)
    return Explained(
        header=rows(_read(segments.header, "header"), now),
        claims=rows(_read(segments.payload, "payload"), now),
        signature=f"{len(segments.signature)} bytes, not shown",
    )


def verdict(token: str, keys: KeySet, asked: TokenPolicy, now: float) -> AccessToken | TokenRejected:
    """Say whether a server with these keys that asks this would believe the token, and if not, why."""
    try:
        return Verifier(asked, keys).verify(token, now)
    except TokenRejected as error:
        return error


def claimed(token: str, name: str) -> str:
    """Give a claim of a token as text, without believing it; empty if it has no such one."""
    value = claims_of(token).get(name, "")
    return _first(value) if isinstance(value, list) else str(value)


def claims_of(token: str) -> dict[str, object]:
    """Give every claim of a token, without believing it."""
    return _read(_segments(token).payload, "payload")


def header_of(token: str) -> dict[str, object]:
    """Give every header parameter of a token, without believing it."""
    return _read(_segments(token).header, "header")


def _segments(token: str) -> Segments:
    return split(token.encode("utf-8", "surrogateescape"))


def _first(values: list[object]) -> str:
    return str(values[0]) if values else ""


def _read(segment: bytes, name: str) -> dict[str, object]:
    try:
        return read_object(decode(segment))
    except ValueError as error:
        raise TokenRejected(Cause.MALFORMED, f"The {name} cannot be read: {error}.") from None


def rows(of: Mapping[str, object], now: float) -> tuple[Row, ...]:
    """Explain header parameters or claims that have been read already."""
    return tuple(Row(_shown(name), _shown(value), _remark(name, value, now)) for name, value in of.items())


def _shown(value: object) -> str:
    """Show a value without letting it write on the terminal."""
    if isinstance(value, list) and all(isinstance(member, str) and member.isprintable() for member in value):
        return ", ".join(value) if value else "[]"
    return value if isinstance(value, str) and value.isprintable() and value else dumps(value)


def _remark(name: str, value: object, now: float) -> str:
    if name not in TIMES or isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return MEANINGS.get(name, "")
    ahead, behind = TIMES[name]
    words = f"{ahead} in {in_words(value - now)}" if value > now else f"{behind} {in_words(now - value)} ago"
    return f"{date(value)}, {words}"


def date(value: float) -> str:
    """Say when a time in epoch seconds is."""
    try:
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return "beyond the calendar"
