"""The refresh token grant (RFC 6749 6), rotated: each token is used once (RFC 9700 4.14.2).

The account is looked at again each time, so that a user who is gone, or a VAL service taken away, shows in the next
token; and so is, of a guest, the agreement with its domain. The scope may be narrowed for this access token; the new
refresh token keeps all of it.
"""

from seal.idms.errors import Code, OAuthError
from seal.idms.grants.desk import Desk, Members, of, refusal, required
from seal.idms.parameters import Parameters
from seal.idms.records import Client, Refresh, Reused, User
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
    scope = old.scope if old.rotated else _narrowed(parameters.get("scope"), old, client)
    user = await desk.entitled(old.user_id, now)
    await _require_agreement(desk, user, now)
    token, new = desk.issuer.refresh_token(of(old, client, user, old.scope), now)
    used = await desk.store.rotate(token_hash, new, now)
    if isinstance(used, Reused):
        desk.refuse_reuse("refresh token", used)
    if used is None:
        raise refusal("the refresh token has been revoked")
    return desk.answer(of(old, client, user, scope), token, now, "refresh_token")


async def _require_agreement(desk: Desk, user: User, now: float) -> None:
    """Refuse a guest whose domain is no partner any more, or whose agreement no longer allows it; that is its end."""
    if not user.partner:
        return
    partner = await desk.store.partner(user.partner)
    if partner is None or not partner.admits(user) or not partner.guest_refresh:
        await desk.store.revoke_user(user.user_id, now)
        raise refusal("the agreement with the user's domain does not allow it any more")


def _narrowed(wanted: str | None, old: Refresh, client: Client) -> str:
    """Give the scope wanted: what was granted, or part of it; never what the client may no longer ask for."""
    granted = [scope for scope in old.scope.split() if scope in client.scopes]
    words = granted if wanted is None else wanted.split()
    if not words or not set(words) <= set(granted):
        raise OAuthError(Code.INVALID_SCOPE, "scope has something that was not granted")
    return " ".join(dict.fromkeys(words))
