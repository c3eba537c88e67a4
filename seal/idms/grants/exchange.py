"""Token exchange (RFC 8693; TS 33.180 B.7.2): at the primary, an access token becomes a security token for one partner.

The access token stays what it is. It must be ours, alive, and the client's that brings it: so whoever's family of
tokens was revoked, or whose account has ended, goes nowhere either. Nor does a guest, for whom only its own domain can
vouch: an account that is another domain's, or anybody who came with a security token. Who may go where says the
partner's entry.
"""

from seal.idms.errors import Code, OAuthError
from seal.idms.grants.desk import Desk, Members, required
from seal.idms.parameters import Parameters
from seal.idms.records import Client, Partner, User, came_as_guest
from seal.idms.tokens.signed import Claims

NAME = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105  a kind of token
JWT = "urn:ietf:params:oauth:token-type:jwt"
TARGETS = frozenset({"resource", "audience"})
"""Either names the partner's S-IdMS: they may be given several times, which no token of ours serves (2.2.2)."""


async def exchange(desk: Desk, client: Client, parameters: Parameters, now: float) -> Members:
    """Give a security token for an access token. OAuthError if there is none to be had."""
    _check_form(parameters)
    claims, user = await _subject(desk, client, parameters, now)
    partner = await _partner(desk, client, user, _target(parameters))
    if not set(partner.needs) <= set(claims["scope"].split()):
        raise OAuthError(Code.INVALID_REQUEST, "the access token lacks a scope that this partner takes")
    until = min(now + partner.token_lifetime, float(claims["exp"]))
    token, jti = desk.issuer.security_token(user, client, partner, now, until)
    fields = {"user": user.user_id, "client": client.client_id, "partner": partner.issuer, "jti": jti}
    desk.tell("security token issued", fields)
    return {"access_token": token, "issued_token_type": JWT, "token_type": "N_A", "expires_in": int(until - now)}


def _check_form(parameters: Parameters) -> None:
    """Refuse what this server does not do (2.1): other kinds of tokens, delegation, scopes of a security token."""
    if required(parameters, "subject_token_type") not in {ACCESS_TOKEN, JWT}:
        raise OAuthError(Code.INVALID_REQUEST, f"subject_token_type must be {ACCESS_TOKEN}")
    if parameters.get("requested_token_type") not in {None, JWT}:
        raise OAuthError(Code.INVALID_REQUEST, f"requested_token_type must be {JWT}")
    if parameters.get("actor_token") is not None or parameters.get("actor_token_type") is not None:
        raise OAuthError(Code.INVALID_REQUEST, "nobody acts for another here: there is no actor_token")
    if parameters.get("scope") is not None:
        raise OAuthError(Code.INVALID_SCOPE, "a security token has no scope: ask the partner for it")


def _target(parameters: Parameters) -> str:
    named = {value for name in TARGETS if (value := parameters.get(name)) is not None}
    if not named:
        raise OAuthError(Code.INVALID_REQUEST, "resource is missing: the partner S-IdMS that the token is for")
    if parameters.repeated & TARGETS or len(named) > 1:
        raise OAuthError(Code.INVALID_TARGET, "a security token is for one partner: ask for one after the other")
    return named.pop()


async def _subject(desk: Desk, client: Client, parameters: Parameters, now: float) -> tuple[Claims, User]:
    """Give what the access token says, and the user as the account is now; whatever is wrong is `invalid_request`."""
    claims = await desk.tokens.alive(required(parameters, "subject_token"), now)
    if claims is None:
        raise OAuthError(Code.INVALID_REQUEST, "the access token is not one of ours, was revoked, or its time is over")
    if claims["client_id"] != client.client_id:
        raise OAuthError(Code.INVALID_REQUEST, "the access token was given to another client")
    try:
        user = await desk.entitled(claims["sub"])
    except OAuthError as error:
        raise OAuthError(Code.INVALID_REQUEST, error.description) from None
    if user.partner or came_as_guest(claims["jti"]):
        raise OAuthError(Code.INVALID_REQUEST, "the user is a guest here: only its own domain can vouch for it")
    return claims, user


async def _partner(desk: Desk, client: Client, user: User, issuer: str) -> Partner:
    partner = await desk.store.partner(issuer)
    if partner is None or not partner.token_lifetime:
        raise OAuthError(Code.INVALID_TARGET, "no such partner is known here")
    if partner.clients and client.client_id not in partner.clients:
        raise OAuthError(Code.INVALID_TARGET, "the client may not go to this partner")
    if partner.users and user.user_id not in partner.users:
        raise OAuthError(Code.INVALID_TARGET, "the user may not go to this partner")
    return partner
