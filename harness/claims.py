"""What a token that travels in a message says of itself, for people to read; nobody has verified it.

The token itself goes no further than this module.
"""

from typing import Any

from attrs import frozen

from valkit.carriers import CarrierError, find_tokens
from valkit.sip.errors import ParseError
from valkit.sip.message import Request
from valkit.tokens import TokenRejected
from valkit.tokens.compact import decode, split
from valkit.tokens.strictjson import read_object


@frozen
class Claimed:
    """The claims that matter here, unverified."""

    val_user_id: str
    val_service_ids: tuple[str, ...]
    jti: str
    carrier: str

    def __str__(self) -> str:
        return f"token: {self.val_user_id} in {', '.join(self.val_service_ids) or 'no service'}"


UNREADABLE = Claimed("?", ("?",), "", "")
"""A token that is there and cannot be read."""


def token_in(request: Request) -> Claimed | None:
    """Tell what the token in this request claims; None where there is none."""
    try:
        carried = find_tokens(request)
    except (CarrierError, ParseError):
        return UNREADABLE
    return None if carried is None else _claimed(carried.token, carried.carrier)


def claimed(token: str) -> Claimed | None:
    """Tell what a token claims that came in another way than in SIP; None if it is none that can be read."""
    found = _claimed(token, "")
    return None if found is UNREADABLE else found


def _claimed(token: str, carrier: str) -> Claimed:
    try:
        claims = read_object(decode(split(token.encode()).payload))
    except (TokenRejected, ValueError):
        return UNREADABLE
    services = claims.get("val_service_ids", [])
    return Claimed(_text(claims, "val_user_id"), _texts(services), _text(claims, "jti"), carrier)


def _text(claims: dict[str, Any], name: str) -> str:
    return str(claims.get(name, "nobody"))


def _texts(values: object) -> tuple[str, ...]:
    return tuple(map(str, values)) if isinstance(values, list) else ()
