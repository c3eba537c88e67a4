"""The refresh token grant (RFC 6749 6), rotated: each token is used once (RFC 9700 4.14.2).

The account is looked at again each time, so that a user who is gone, or a VAL service taken away, shows in the next
token; and so is, of a guest, the agreement with its domain, and what of the scope it allows. The scope may be narrowed
for this access token; the new refresh token keeps all of it.
"""

from seal.idms.errors import Code, OAuthError
from seal.idms.grants.desk import Desk, Members, of, refusal, required
from seal.idms.parameters import Parameters
from seal.idms.records import Client, Partner, Refresh, Reused, User
from seal.secrets import digest

NAME = "refresh_token"


async def exchange(desk: Desk, client: Client, parameters: Parameters, now: float) -> Members:
    """Give tokens for a refresh token. OAuthError if it does not hold."""
    token_hash = digest(required(parameters, "refresh_token"))
    old = await desk.store.refresh(token_hash, now)
    if old is None:
        raise refusal("the refresh token is not one of ours, has been revoked, or its time is over")
    if old.client_id != client.client_id:
        raise refusal("the refresh token was given to another client")
    user = await desk.entitled(old.user_id)
    partner = await _agreed(desk, old, user, now)
    scope = old.scope if old.rotated else _narrowed(parameters.get("scope"), old, client, partner)
    token, new = desk.issuer.refresh_token(of(old, client, user, old.scope), now)
    used = await desk.store.rotate(token_hash, new, now)
    if isinstance(used, Reused):
        desk.refuse_reuse("refresh token", used)
    if used is None:
        raise refusal("the refresh token has been revoked")
    return desk.answer(of(old, client, user, scope), token, now, "refresh_token")


async def _agreed(desk: Desk, old: Refresh, user: User, now: float) -> Partner | None:
    """Give the partner of whom the guest is, None for a user of ours; where it no longer allows it, that is the end."""
    if not old.partner:
        return None
    partner = await desk.store.partner(old.partner)
    if partner is None or not partner.admits(user) or not partner.guest_refresh:
        await desk.store.revoke_family(old.family, now)
        raise refusal("the agreement with the user's domain does not allow it any more")
    return partner


def _narrowed(wanted: str | None, old: Refresh, client: Client, partner: Partner | None) -> str:
    """Give the scope wanted: what was granted, or part of it; never what client or guest may have no longer."""
    there = client.scopes if partner is None else [scope for scope in client.scopes if scope in partner.guest_scopes]
    granted = [scope for scope in old.scope.split() if scope in there]
    words = granted if wanted is None else wanted.split()
    if not words or not set(words) <= set(granted):
        raise OAuthError(Code.INVALID_SCOPE, "scope has something that was not granted")
    return " ".join(dict.fromkeys(words))
