"""The ID token, believed only after every step of OpenID Connect Core 3.1.3.7 that concerns a code flow.

Which VAL user signed in and which VAL services are theirs is learnt here, and nowhere else (IDM-06): the access token
is nothing that a client looks into. Time is an argument.
"""

from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest

from attrs import frozen

from ue_sim.identity.errors import Doubtful, UnknownKey
from ue_sim.identity.pkce import unpadded
from valkit.tokens import KeySet, TokenRejected
from valkit.tokens.compact import decode, split
from valkit.tokens.strictjson import read_object

ALGORITHMS = frozenset({"RS256", "ES256"})
LEEWAY = 30.0
"""Seconds by which clocks may differ (TS 33.434 A.2.1)."""


@frozen
class IdTokenPolicy:
    """What an ID token must say for this client and request."""

    issuer: str
    client_id: str
    nonce: str | None
    """None at a refresh, where the token need not repeat it (OIDC Core 12.2)."""
    user_claim: str = "val_user_id"
    services_claim: str = "val_service_ids"


@frozen
class SignedIn:
    """Who signed in."""

    subject: str
    val_user_id: str
    val_service_ids: tuple[str, ...]
    acr: str | None
    auth_time: float | None


def validate(token: str, keys: KeySet, policy: IdTokenPolicy, access_token: str, now: float) -> SignedIn:
    """Believe an ID token, or raise Doubtful with the first step that fails (OIDC Core 3.1.3.7, 3.1.3.8)."""
    algorithm, claims = _verified(token, keys)
    _check_parties(claims, policy)
    _check_times(claims, now)
    if policy.nonce is not None and claims.get("nonce") != policy.nonce:
        raise _doubt("is of another request (nonce)")
    _check_access_token(claims, algorithm, access_token)
    return _signed_in(claims, policy)


def _verified(token: str, keys: KeySet) -> tuple[str, Mapping[str, object]]:
    """Do steps 1 and 6 to 8: the signature, by a key of the issuer and an algorithm that we choose."""
    try:
        header, payload, signed, signature = split(token.encode("ascii"))
        members, claims = read_object(decode(header)), read_object(decode(payload))
    except (TokenRejected, ValueError):
        raise _doubt("is not a signed JWT") from None
    algorithm, kid = members.get("alg"), members.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS or "crit" in members:
        raise _doubt("is signed in a way that is not allowed (alg)")
    key = keys.key(kid, algorithm) if kid is None or isinstance(kid, str) else None
    if key is None:
        raise UnknownKey("the ID token is signed with a key that the issuer does not publish (kid)")
    verify, public = key.prepared(algorithm)
    if not verify(signed, public, signature):
        raise _doubt("is not signed by the issuer")
    return algorithm, claims


def _check_parties(claims: Mapping[str, object], policy: IdTokenPolicy) -> None:
    """Do steps 2 to 5: from the issuer, for us."""
    if claims.get("iss") != policy.issuer:
        raise _doubt("comes from another issuer (iss)")
    audience = claims.get("aud")
    listed = audience if isinstance(audience, list) else [audience]
    if policy.client_id not in listed:
        raise _doubt("is for another client (aud)")
    if (len(listed) > 1 or "azp" in claims) and claims.get("azp") != policy.client_id:
        raise _doubt("was given to another client (azp)")


def _check_times(claims: Mapping[str, object], now: float) -> None:
    """Do steps 9 and 10."""
    if now - LEEWAY >= _time(claims, "exp"):
        raise _doubt("has expired (exp)")
    if now + LEEWAY < _time(claims, "iat"):
        raise _doubt("is of the future (iat)")


def _check_access_token(claims: Mapping[str, object], algorithm: str, access_token: str) -> None:
    """Do 3.1.3.8: where the ID token names the access token, it is this one."""
    assert algorithm in ALGORITHMS  # both hash with SHA-256
    half = unpadded(sha256(access_token.encode()).digest()[:16])
    given = claims.get("at_hash", half)
    if not isinstance(given, str) or not compare_digest(given.encode(), half.encode()):
        raise _doubt("belongs to another access token (at_hash)")


def _signed_in(claims: Mapping[str, object], policy: IdTokenPolicy) -> SignedIn:
    services = claims.get(policy.services_claim)
    if not isinstance(services, list) or not all(isinstance(each, str) and each.isprintable() for each in services):
        raise _doubt(f"names no VAL services ({policy.services_claim})")
    return SignedIn(
        subject=_text(claims, "sub"),
        val_user_id=_text(claims, policy.user_claim),
        val_service_ids=tuple(services),
        acr=_text(claims, "acr") if "acr" in claims else None,
        auth_time=_time(claims, "auth_time") if "auth_time" in claims else None,
    )


def _text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value or not value.isprintable():
        raise _doubt(f"has no {name} that is a text")
    return value


def _time(claims: Mapping[str, object], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 2**53:
        raise _doubt(f"has no {name} that is a time")
    return float(value)


def _doubt(what: str) -> Doubtful:
    return Doubtful(f"the ID token {what}")
