"""Token responses: of a log-in (TS 33.434 A.4.2.5, RFC 6749 5) and of a token exchange (RFC 8693 2.2); pure.

What is in them, how long it lasts, when to renew it.
"""

from collections.abc import Mapping

from attrs import field, frozen

from ue_sim.identity.errors import Refused, Unreachable, Unusable
from ue_sim.identity.id_token import SignedIn
from ue_sim.identity.reading import json_object, number, optional_text, text

RESPONSE = "token response"
FAILING = 500
"""The first status that says nothing of the request, only of the server."""
JWT = "urn:ietf:params:oauth:token-type:jwt"
EARLY = 60.0
"""Seconds before its end at which a token is renewed; a short-lived one at the half of its life."""


@frozen
class Granted:
    """A token response as it came."""

    access_token: str = field(repr=False)
    expires_in: float
    refresh_token: str | None = field(repr=False)
    id_token: str | None = field(repr=False)
    scope: str | None

    @classmethod
    def read(cls, status: int, body: bytes) -> "Granted":
        """Read the answer of the token endpoint. Refused with its error, Unreachable (5xx) or Unusable without one."""
        members = _answered(status, body)
        if text(members, "token_type", RESPONSE).lower() != "bearer":
            raise Unusable("the token is not a bearer token (token_type)")
        return cls(
            access_token=text(members, "access_token", RESPONSE),
            expires_in=number(members, "expires_in", RESPONSE),
            refresh_token=optional_text(members, "refresh_token", RESPONSE),
            id_token=optional_text(members, "id_token", RESPONSE),
            scope=optional_text(members, "scope", RESPONSE),
        )


@frozen
class TokenSet:
    """What a log-in has given, renewed or not."""

    access_token: str = field(repr=False)
    expires: float
    """When the access token ends, by `expires_in` (TS 33.434 A.8)."""
    refresh_token: str | None = field(repr=False)
    id_token: str | None = field(repr=False)
    scope: str
    who: SignedIn | None
    """Who that is, as an ID token said; None where none came, as may be in a partner domain."""
    received: float

    @classmethod
    def of(cls, granted: Granted, who: SignedIn | None, scope: str, now: float) -> "TokenSet":
        """Put together what was granted and whom it is for; `scope` is what was asked for (RFC 6749 5.1)."""
        return cls(
            access_token=granted.access_token,
            expires=now + granted.expires_in,
            refresh_token=granted.refresh_token,
            id_token=granted.id_token,
            scope=granted.scope or scope,
            who=who,
            received=now,
        )

    @property
    def renew_at(self) -> float:
        """When to renew it."""
        life = self.expires - self.received
        return self.expires - min(EARLY, life / 2)

    def renewed(self, granted: Granted, who: SignedIn | None, now: float) -> "TokenSet":
        """Give what stands after a refresh: a refresh token that was not replaced is still good (RFC 6749 6)."""
        return TokenSet(
            access_token=granted.access_token,
            expires=now + granted.expires_in,
            refresh_token=granted.refresh_token or self.refresh_token,
            id_token=granted.id_token or self.id_token,
            scope=granted.scope or self.scope,
            who=who or self.who,
            received=now,
        )


@frozen
class SecurityToken:
    """What tells a partner domain who we are (TS 33.180 B.8). It is nothing that a client looks into."""

    text: str = field(repr=False)
    partner: str
    """The S-IdMS that it is for, and no other."""
    expires: float | None
    """When it ends, if that was told."""

    @classmethod
    def read(cls, status: int, body: bytes, partner: str, now: float) -> "SecurityToken":
        """Read the answer to a token exchange. Refused with its error, Unreachable (5xx) or Unusable without one."""
        members = _answered(status, body)
        if text(members, "issued_token_type", RESPONSE) != JWT:
            raise Unusable("what came is no JWT (issued_token_type)")
        ends = now + number(members, "expires_in", RESPONSE) if "expires_in" in members else None
        return cls(text(members, "access_token", RESPONSE), partner, ends)


def _answered(status: int, body: bytes) -> Mapping[str, object]:
    """Give the members of a response that grants something; raise what any other says."""
    try:
        members = json_object(body, RESPONSE)
    except Unusable:
        if status < FAILING:
            raise
        members = {}  # a page of whatever stands before the server
    if status == 200:
        return members
    code, description = members.get("error"), members.get("error_description", "")
    if not isinstance(code, str) or not code.isprintable():
        kind = Unusable if status < FAILING else Unreachable
        raise kind(f"the token endpoint answers {status} and no error")
    told = description if isinstance(description, str) and description.isprintable() else ""
    raise Refused(code[:80], told[:200])
