"""The revocation endpoint (RFC 7009): a client gives back what it no longer needs.

A refresh token ends all of its log-in, the access tokens included (2.1); an access token ends by itself. A token that
is not there, or is another client's, is answered like one that was revoked: it is of no use to the client either way.
"""

from attrs import frozen

from seal.idms.errors import Code, OAuthError
from seal.idms.grants.desk import Tell, required
from seal.idms.parameters import Parameters
from seal.idms.proving.clients import ClientAuthentication
from seal.idms.stores.store import Store
from seal.idms.tokens.own_tokens import OwnTokens
from seal.secrets import digest


@frozen
class Revocation:
    """Ends tokens."""

    authentication: ClientAuthentication
    tokens: OwnTokens
    store: Store
    tell: Tell

    async def answer(self, parameters: Parameters, authorization: str | None, now: float) -> None:
        """End a token; OAuthError if the request is not one."""
        if parameters.repeated:
            raise OAuthError(Code.INVALID_REQUEST, "a parameter is given more than once")
        client = await self.authentication.client(parameters, authorization, now)
        token = required(parameters, "token")
        refresh = await self.store.refresh(digest(token), now)
        if refresh is not None and refresh.client_id == client.client_id:
            await self.store.revoke_family(refresh.family, now)
            self.tell("revoked", {"user": refresh.user_id, "client": client.client_id, "family": refresh.family})
        claims = self.tokens.signed(token) if refresh is None else None
        if claims is not None and claims["client_id"] == client.client_id:
            await self.store.revoke_access(claims["jti"], now)
            self.tell("revoked", {"user": claims["sub"], "client": client.client_id, "jti": claims["jti"]})
