"""What a token that travels in a message says of itself, for people to read; nobody has verified it.

The token itself goes no further than this module.
"""

from collections.abc import Mapping
from functools import reduce
from json import dumps, loads
from math import isfinite
from typing import Any

from attrs import frozen

from valkit.carriers import CarrierError, tokens_in
from valkit.redaction import redact
from valkit.sip.errors import ParseError
from valkit.sip.message import Message, Request
from valkit.tokens import TokenRejected
from valkit.tokens.compact import decode, split
from valkit.tokens.strictjson import read_object
from valkit.trace import Http


@frozen
class Claimed:
    """The claims that matter here, unverified."""

    val_user_id: str
    val_service_ids: tuple[str, ...]
    jti: str
    carrier: str
    subject: str = ""
    audiences: tuple[str, ...] = ()
    """Of a token that names no VAL user, for whom its subject is vouched: a client and a partner domain."""

    def __str__(self) -> str:
        return f"token: {self.val_user_id} in {', '.join(self.val_service_ids) or 'no service'}"


USERS = ("val_user_id", "mcptt_id", "mcvideo_id", "mcdata_id")
"""Claims that name the user; those of the mission critical services name the service with it (TS 33.180 B.2.2)."""

UNREADABLE = Claimed("?", ("?",), "", "")
"""A token that is there and cannot be read."""


def token_in(request: Request) -> Claimed | None:
    """Tell what the token in this request claims, or the tokens for several VAL services; None where there is none."""
    try:
        found = dict.fromkeys((carried.token, carried.carrier) for carried in tokens_in(request))
    except (CarrierError, ParseError):
        return UNREADABLE
    told = [_claimed(token, carrier) for token, carrier in found]
    return reduce(_both, told) if told else None


DEEPEST = 32
"""Levels of a claim that are shown: those who read a report as JSON follow some two hundred."""

Claims = Mapping[str, tuple[str, ...]]
"""What a token claims, every claim as the texts in it; secrets in them are hidden."""


def claims_in(message: Message) -> tuple[Claims, ...]:
    """Give what each token in this message claims."""
    try:
        found = dict.fromkeys(carried.token for carried in tokens_in(message))
    except (CarrierError, ParseError):
        return ()
    parts = filter(None, map(without_signature, found))
    return tuple(_as_texts(part["claims"]) for part in parts)


def claims_over(http: Http) -> tuple[Claims, ...]:
    """Give what each token in an HTTP message claims."""
    return tuple(_as_texts(loads(token)["claims"]) for token in http.tokens.values())


def _as_texts(claims: Mapping[str, Any]) -> Claims:
    """Write claims as the texts in them."""
    return {name: _each(value) for name, value in claims.items()}


def _each(value: Any) -> tuple[str, ...]:
    """Write a claim as texts: of a list each member, of anything else that is no text its JSON."""
    members = value if isinstance(value, list) else [value]
    return tuple(each if isinstance(each, str) else dumps(each) for each in members)


def _both(one: Claimed, other: Claimed) -> Claimed:
    """Tell of two tokens in one request."""
    users = " and ".join(dict.fromkeys((*one.val_user_id.split(" and "), other.val_user_id)))
    services = (*one.val_service_ids, *other.val_service_ids)
    return Claimed(users, services, f"{one.jti} {other.jti}", f"{one.carrier} {other.carrier}")


def claimed(token: str) -> Claimed | None:
    """Tell what a token claims that came in another way than in SIP; None if it is none that can be read."""
    found = _claimed(token, "")
    return None if found is UNREADABLE else found


def without_signature(token: str) -> dict[str, dict[str, Any]] | None:
    """Give `header` and `claims` of a token, which alone are none, secrets in them hidden; None if it is none."""
    try:
        segments = split(token.encode())
        parts = {"header": read_object(decode(segments.header)), "claims": read_object(decode(segments.payload))}
    except (TokenRejected, ValueError):
        return None
    return {name: _shown(members) for name, members in parts.items()}


def _shown(value: Any, level: int = 0) -> Any:
    """Hide what a claim must not say, such as a token within the token, and what lies too deep in it."""
    if isinstance(value, dict | list) and level > DEEPEST:
        return "..."
    if isinstance(value, dict):
        return {redact(name): _shown(member, level + 1) for name, member in value.items()}
    if isinstance(value, list):
        return [_shown(member, level + 1) for member in value]
    if isinstance(value, float) and not isfinite(value):  # 1e999 can be read, and JSON has nothing for it
        return str(value)
    return redact(value) if isinstance(value, str) else value


def _claimed(token: str, carrier: str) -> Claimed:
    try:
        claims = read_object(decode(split(token.encode()).payload))
    except (TokenRejected, ValueError):
        return UNREADABLE
    services = claims.get("val_service_ids", [])
    user = next((name for name in USERS if name in claims), USERS[0])
    known = _texts(services) or tuple(name.removesuffix("_id") for name in USERS[1:] if name in claims)
    vouched = () if user in claims else _texts(claims.get("aud"))
    return Claimed(_text(claims, user), known, _text(claims, "jti"), carrier, _text(claims, "sub"), vouched)


def _text(claims: dict[str, Any], name: str) -> str:
    return str(claims.get(name, "nobody"))


def _texts(values: object) -> tuple[str, ...]:
    return tuple(map(str, values)) if isinstance(values, list) else ()
