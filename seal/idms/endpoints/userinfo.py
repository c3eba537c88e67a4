"""The userinfo endpoint (OpenID Connect Core 5.3): who the bearer of an access token is, as the account is now."""

from attrs import frozen

from seal.idms.errors import Code, NoCredentials, OAuthError
from seal.idms.grants.desk import Members
from seal.idms.settings import TokenSettings
from seal.idms.stores.store import Store
from seal.idms.tokens.own_tokens import OwnTokens


@frozen
class UserInfo:
    """Tells clients about users."""

    tokens: OwnTokens
    store: Store
    settings: TokenSettings

    async def answer(self, authorization: str | None, now: float) -> Members:
        """Tell about the user of the token in the Authorization header.

        OAuthError if it does not hold (RFC 6750 3), NoCredentials if there is none.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise NoCredentials
        claims = await self.tokens.alive(token.strip(), now)
        user = None if claims is None else await self.store.user(claims["sub"])
        if claims is None or user is None or not user.enabled:
            raise OAuthError(Code.INVALID_TOKEN, "the access token does not hold")
        if "openid" not in claims["scope"].split():
            raise OAuthError(Code.INSUFFICIENT_SCOPE, "the access token does not grant openid")
        return {
            "sub": user.user_id,
            self.settings.user_claim: user.val_user_id,
            self.settings.services_claim: list(user.val_service_ids),
        }
