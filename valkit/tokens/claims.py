"""What an access token says (design: RFC 9068 with two VAL claims), and what a server asks of it.

Knows names, types and times of claims; not how they were signed. Time is an argument.
"""

from collections.abc import Iterable, Mapping
from math import inf
from sys import intern
from typing import NamedTuple, TypeGuard

from attrs import field, frozen

from valkit.durations import in_words
from valkit.tokens.errors import Cause, TokenRejected, shown

REQUIRED = frozenset({"iss", "sub", "aud", "exp", "iat", "jti", "client_id"})
"""Claims of RFC 9068 2.2; scope and the VAL claims have causes of their own."""

LATEST = 2.0**53
"""Times beyond this are no times: they may be infinite, and then a token would never expire."""


def _frozen(names: Iterable[str]) -> frozenset[str]:
    return frozenset(names)


@frozen
class TokenPolicy:
    """What a server asks of a token before it believes it. Everything is asked, always."""

    issuer: str
    """`iss` must be exactly this."""
    audience: str
    """`aud` must be this or a list that has it."""
    scope: str = "3gpp:seal:val_service"
    """`scope` must have this among its words; empty: whoever asks looks at the scope."""
    algorithms: frozenset[str] = field(default=frozenset({"ES256", "RS256"}), converter=_frozen)
    """Signature algorithms that may be used; the token does not choose (RFC 8725 3.1)."""
    typ: str | None = "at+jwt"
    """The header's `typ`, with or without `application/` (RFC 9068 4); None for issuers that set none."""
    leeway: float = 10.0
    """Seconds by which clocks may differ; TS 33.434 A.2.1 allows up to 30."""
    user_claim: str = "val_user_id"
    """Claim with the VAL user; `mcptt_id` for MCPTT."""
    services_claim: str = "val_service_ids"
    """Claim with the list of VAL services."""
    val_service: str = ""
    """The VAL service that a token grants which has no such list, as those of MCX; empty: it must have one."""
    required: frozenset[str] = field(default=REQUIRED, converter=_frozen)
    """Claims that must be there even where nothing is asked of them; `exp` must be in any case."""


class AccessToken(NamedTuple):
    """What a verified access token says. A tuple, since a server keeps very many of them."""

    val_user_id: str
    val_service_ids: tuple[str, ...]
    issuer: str
    subject: str
    client_id: str
    jti: str
    exp: float
    iat: float
    nbf: float
    scope: str

    def check_time(self, now: float, leeway: float) -> None:
        """Raise TokenRejected(EXPIRED or NOT_YET_VALID) if `now` lies outside the token's time (RFC 7519 4.1.4-6)."""
        if now - leeway >= self.exp:
            raise TokenRejected(Cause.EXPIRED, f"It ended {in_words(now - self.exp)} ago.")
        if now + leeway < self.nbf:
            raise TokenRejected(Cause.NOT_YET_VALID, f"It begins in {in_words(self.nbf - now)} (nbf).")
        if now + leeway < self.iat:
            raise TokenRejected(Cause.NOT_YET_VALID, f"It is issued in {in_words(self.iat - now)} (iat).")


def access_token(claims: Mapping[str, object], policy: TokenPolicy) -> AccessToken:
    """Check every claim but the times against the policy; TokenRejected with the first fault."""
    if not policy.required <= claims.keys():
        raise _missing(*sorted(policy.required - claims.keys()))
    if claims.get("iss", policy.issuer) != policy.issuer:
        raise TokenRejected(Cause.WRONG_ISSUER, f"Its issuer is {shown(claims['iss'])}, expected {policy.issuer!r}.")
    _check_audience(claims.get("aud", policy.audience), policy.audience)
    return AccessToken(
        scope=_scope(claims.get("scope"), policy.scope),
        val_user_id=_user(claims, policy.user_claim),
        val_service_ids=_services(claims, policy),
        issuer=policy.issuer,
        subject=_name(claims, "sub"),
        client_id=_name(claims, "client_id"),
        jti=_name(claims, "jti"),
        exp=_time(claims, "exp"),
        iat=_time(claims, "iat", 0.0),
        nbf=_time(claims, "nbf", 0.0),
    )


def _check_audience(audience: object, wanted: str) -> None:
    if audience == wanted:
        return
    listed = audience if isinstance(audience, list) else [audience]
    if not all(isinstance(member, str) for member in listed):
        raise _malformed("aud", "a text or a list of texts")
    if wanted not in listed:
        raise TokenRejected(Cause.WRONG_AUDIENCE, f"Its audience is {shown(audience)}, expected {wanted!r}.")


def _scope(scope: object, wanted: str) -> str:
    if scope is None and wanted:
        raise TokenRejected(Cause.MISSING_SCOPE, "There is no scope at all.")
    scope = "" if scope is None else scope
    if not isinstance(scope, str) or not scope.isprintable():
        raise _malformed("scope", "a text of words with a space between them")
    if wanted and wanted not in scope.split(" "):
        raise TokenRejected(Cause.MISSING_SCOPE, f"It grants {shown(scope)}.")
    return intern(scope)


def _user(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name, "")
    if isinstance(value, str) and not value.strip():
        raise TokenRejected(Cause.NO_VAL_USER, f"The claim is {name}.")
    return _name(claims, name)


def _services(claims: Mapping[str, object], policy: TokenPolicy) -> tuple[str, ...]:
    name = policy.services_claim
    if policy.val_service and name not in claims:
        return (policy.val_service,)
    services = claims.get(name)
    if services is None or services == []:
        raise TokenRejected(Cause.NO_VAL_SERVICE, f"The claim is {name}.")
    if not isinstance(services, list):
        raise _malformed(name, "a list")
    for service in services:
        if not _names(service):
            raise _malformed(name, "a list of texts that are not empty")
    return tuple(dict.fromkeys(map(intern, services)))


def _name(claims: Mapping[str, object], name: str) -> str:
    """Take a claim that names somebody or something; empty if the policy let it be left out."""
    value = claims.get(name)
    if name not in claims:
        return ""
    if not _names(value):
        raise _malformed(name, "a text that is not empty and has no control characters")
    return value


def _names(value: object) -> TypeGuard[str]:
    """Whether it can be logged and stored as it is, and tells apart: no control character, no half a pair, no blank."""
    return isinstance(value, str) and value.isprintable() and not value.isspace() and value != ""


def _time(claims: Mapping[str, object], name: str, default: float = inf) -> float:
    value = claims.get(name, default)
    if (type(value) is int or type(value) is float) and -LATEST <= value <= LATEST:  # True would be an int as well
        return value
    if name not in claims:
        raise _missing(name)
    raise _malformed(name, "a number of seconds")


def _missing(*names: str) -> TokenRejected:
    return TokenRejected(Cause.MISSING_CLAIM, f"There is no {' and no '.join(names)}.")


def _malformed(name: str, expected: str) -> TokenRejected:
    return TokenRejected(Cause.MALFORMED_CLAIM, f"{name} must be {expected}.")
