"""The introspection endpoint (RFC 7662): a server asks whether a token holds, revocation included.

Only clients that prove who they are may ask, or anyone could try tokens out (4). Of a refresh token only the client
that has it is told.
"""

from attrs import frozen

from seal.idms.errors import Code, OAuthError
from seal.idms.grants.desk import Members, required
from seal.idms.parameters import Parameters
from seal.idms.proving.clients import ClientAuthentication
from seal.idms.records import Client
from seal.idms.stores.store import Store
from seal.idms.tokens.own_tokens import OwnTokens
from seal.secrets import digest

INACTIVE: Members = {"active": False}


@frozen
class Introspection:
    """Tells servers about tokens."""

    authentication: ClientAuthentication
    tokens: OwnTokens
    store: Store

    async def answer(self, parameters: Parameters, authorization: str | None, now: float) -> Members:
        """Tell about a token; OAuthError if the one who asks may not."""
        if parameters.repeated:
            raise OAuthError(Code.INVALID_REQUEST, "a parameter is given more than once")
        client = await self.authentication.confidential(parameters, authorization, now)
        token = required(parameters, "token")
        claims = await self.tokens.alive(token, now)
        if claims is None:
            return await self._refresh(token, client, now)
        user = await self.store.user(claims["sub"])
        if user is None or not user.enabled:
            return INACTIVE
        return {"active": True, "token_type": "Bearer", "username": user.user_id, **claims}

    async def _refresh(self, token: str, client: Client, now: float) -> Members:
        kept = await self.store.refresh(digest(token), now)
        if kept is None or kept.rotated or kept.client_id != client.client_id:
            return INACTIVE
        return {
            "active": True,
            "client_id": kept.client_id,
            "sub": kept.user_id,
            "scope": kept.scope,
            "exp": int(kept.expires),
        }
