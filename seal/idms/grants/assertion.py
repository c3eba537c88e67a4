"""The JWT bearer grant (RFC 7523 2.1, 3; TS 33.180 B.7.4): at the partner, a security token becomes tokens of ours.

Who made the security token must be a partner domain, with keys that were provisioned (DOM-04); it must be for us and
for the client that brings it, for a short time, and it is taken once. Who its subject is here says `guests`. The tokens
are like all others of ours: of a user of ours, ended with its account, and believed in no other domain, for they tell
that they came so (`records.GUEST`).
"""

from hashlib import sha256

from seal.idms.errors import Code, OAuthError
from seal.idms.grants.desk import Desk, Members, refusal, required
from seal.idms.grants.guests import guest_of
from seal.idms.parameters import Parameters
from seal.idms.proving.clients import ALGORITHMS
from seal.idms.records import Client, Eras, Partner
from seal.idms.tokens.issuing import SECURITY_TOKEN, Granted
from seal.idms.tokens.signed import Claims, Signed, unverified, unverified_header, verified
from seal.idms.tokens.trust import read_keys

NAME = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LEEWAY = 30.0
"""Seconds by which clocks of two domains may differ (TS 33.180 B.8)."""
LONGEST = 3_600.0
"""Seconds that a security token may live: for as long it is remembered that it was used."""
KINDS = {None, "JWT", SECURITY_TOKEN}
"""`typ` of what may be a security token; in the standards it has none of its own."""


async def exchange(desk: Desk, client: Client, parameters: Parameters, now: float) -> Members:
    """Give tokens for a security token. OAuthError if it does not hold; why is told."""
    assertion = required(parameters, "assertion")
    issuer = str(unverified(assertion).get("iss", ""))  # so that the key can be found; nothing of it is believed yet
    partner = await desk.store.partner(issuer)
    try:
        if partner is None:
            raise refusal("the security token is of no domain that is known here")
        return await _admitted(desk, client, partner, parameters, now)
    except OAuthError as error:
        who = {} if partner is None else {"partner": partner.issuer}
        fields = {"client": client.client_id, **who, "cause": error.description}
        desk.tell("security token refused", fields)
        raise


async def _admitted(desk: Desk, client: Client, partner: Partner, parameters: Parameters, now: float) -> Members:
    assertion = required(parameters, "assertion")
    claims = _believed(assertion, partner, now)
    _check_addressed(claims, desk.audiences, client)
    _check_time(claims, now)
    scope = _scope(parameters.get("scope"), client, partner)
    user = await guest_of(desk, partner, claims["sub"])
    # Whatever is changed from now on ends what the user is granted in its era as it was found.
    if await desk.store.partner(partner.issuer) != partner:
        raise refusal("the agreement with its domain was changed at this moment")
    until = float(claims["exp"]) + LEEWAY
    if not await desk.store.once(f"assertion {partner.issuer} {_serial(claims, assertion)}", until, now):
        raise refusal("the security token was used before")
    family, eras = desk.issuer.family(guest=True), Eras(user.era, client.era)
    granted = Granted(family, client, user, scope, "", now, eras=eras, partner=partner.issuer)
    refresh = None
    if partner.guest_refresh and client.refresh_lifetime > 0:
        refresh, kept = desk.issuer.refresh_token(granted, now)
        if not await desk.store.put_refresh(kept, now):
            raise refusal("what the user was granted has ended at this moment")
    desk.tell("security token accepted", {"partner": partner.issuer, "subject": claims["sub"], "user": user.user_id})
    return desk.answer(granted, refresh, now, "jwt-bearer")


def _believed(assertion: str, partner: Partner, now: float) -> Claims:
    """Give the claims if a key of the partner's has signed them that may be believed now."""
    kid = unverified_header(assertion).get("kid")
    keys = [each.key for each in read_keys(partner.keys) if each.may_verify(kid, now)] if partner.keys else []
    found = (verified(assertion, key, ALGORITHMS) for key in keys)
    signed = next((each for each in found if each is not None), None)
    if signed is None:
        raise refusal("the security token is signed with no key that its domain has here")
    if not _is_security_token(signed):
        raise refusal("this is another kind of token, or a claim is missing or not what it must be")
    return signed.claims


def _is_security_token(signed: Signed) -> bool:
    """Whether its type and the claims of TS 33.180 B.8 are there, each as it must be."""
    claims = signed.claims
    texts = all(isinstance(claims.get(name), str) and claims[name] for name in ("iss", "sub"))
    times = all(isinstance(claims.get(name), int | float) for name in ("exp", "iat"))
    return isinstance(signed.kind, str | None) and signed.kind in KINDS and texts and times


def _check_addressed(claims: Claims, audiences: tuple[str, ...], client: Client) -> None:
    """Refuse what is for another domain or another client: `aud` names both (TS 33.180 B.8)."""
    named = claims.get("aud")
    aud = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    if not any(name in aud for name in audiences):
        raise refusal("the security token is for another S-IdMS")
    if client.client_id not in aud:
        raise refusal("the security token was given to another client")


def _check_time(claims: Claims, now: float) -> None:
    begins = max(claims["iat"], claims.get("nbf", 0) if isinstance(claims.get("nbf"), int | float) else 0)
    if claims["exp"] <= now - LEEWAY:
        raise refusal("the time of the security token is over")
    if begins > now + LEEWAY:
        raise refusal("the time of the security token has not come")
    if claims["exp"] > now + LONGEST:
        raise refusal("the security token lives longer than is taken here")


def _scope(wanted: str | None, client: Client, partner: Partner) -> str:
    """Give the scope wanted, or all that there is: what the client may ask for and guests of this domain may have."""
    there = [scope for scope in client.scopes if scope in partner.guest_scopes]
    words = there if wanted is None else wanted.split()
    if not there:
        raise OAuthError(Code.INVALID_SCOPE, "the client may ask for nothing that guests of this domain may have")
    if not words or not set(words) <= set(there):
        raise OAuthError(Code.INVALID_SCOPE, f"guests of this domain may have with this client: {' '.join(there)}")
    return " ".join(dict.fromkeys(words))


def _serial(claims: Claims, assertion: str) -> str:
    """Name the token, to know it again: by its `jti`, or by what was signed (a signature has several spellings)."""
    jti = claims.get("jti")
    if isinstance(jti, str) and jti:
        return f"jti {jti}"
    return sha256(assertion.rpartition(".")[0].encode()).hexdigest()
