"""What every grant works with: the store, the issuer, and what is the same for all of them."""

from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

from attrs import frozen

from seal.idms.errors import Code, OAuthError
from seal.idms.parameters import Parameters
from seal.idms.proving.methods import Method
from seal.idms.records import Client, Refresh, Reused, User
from seal.idms.stores.store import Store
from seal.idms.tokens.issuing import Granted, Issuer
from seal.idms.tokens.own_tokens import OwnTokens

Members = Mapping[str, object]
"""Members of a JSON answer."""
Tell = Callable[[str, Mapping[str, str]], None]
"""Where is told what happened: in few and always the same words, and to whom."""


@frozen
class Desk:
    """Where grants are handled."""

    store: Store
    issuer: Issuer
    methods: Iterable[Method]
    tell: Tell
    tokens: OwnTokens
    """Reads our own tokens back."""
    audiences: tuple[str, ...]
    """The names by which an assertion may address us: issuer and token endpoint (RFC 7523 3)."""

    async def entitled(self, user_id: str) -> User:
        """Give the user if the account still is in order; otherwise what it was granted ends (TS 33.434 A.5)."""
        user = await self.store.user(user_id)
        if user is None or not user.enabled:
            await self.store.revoke_user(user_id)
            raise refusal("the account is not active")
        if not user.val_service_ids:
            raise refusal("no VAL service is assigned to the user")
        return user

    def refuse_reuse(self, what: str, reused: Reused) -> NoReturn:
        """Refuse what was used before; all that came of it has been revoked by now (RFC 9700 4.14.2)."""
        self.tell(f"{what} reused", {"user": reused.user_id, "client": reused.client_id, "family": reused.family})
        raise refusal(f"the {what} was used before; all that came of it is revoked")

    def answer(self, granted: Granted, refresh_token: str | None, now: float, grant: str) -> Members:
        """Make the tokens and the answer (RFC 6749 5.1, OpenID Connect Core 3.1.3.3)."""
        access_token, jti = self.issuer.access_token(granted, now)
        members: dict[str, object] = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": int(granted.client.access_lifetime),
            "scope": granted.scope,
        }
        if refresh_token is not None:
            members["refresh_token"] = refresh_token
        if "openid" in granted.scope.split():
            members["id_token"] = self.issuer.id_token(granted, self._amr(granted.acr), access_token, now)
        fields = {"user": granted.user.user_id, "client": granted.client.client_id, "jti": jti, "grant": grant}
        self.tell("tokens issued", {**fields, "services": " ".join(granted.user.val_service_ids)})
        return members

    def _amr(self, acr: str) -> tuple[str, ...]:
        return next((method.amr for method in self.methods if method.acr == acr), ())


def required(parameters: Parameters, name: str) -> str:
    """Give a parameter that must be there."""
    value = parameters.get(name)
    if value is None:
        raise OAuthError(Code.INVALID_REQUEST, f"{name} is missing")
    return value


def refusal(description: str) -> OAuthError:
    """Give the refusal of a grant that does not hold."""
    return OAuthError(Code.INVALID_GRANT, description)


def of(kept: Refresh, client: Client, user: User, scope: str) -> Granted:
    """Carry a log-in on from its refresh token."""
    return Granted(kept.family, client, user, scope, kept.acr, kept.auth_time, eras=kept.eras, partner=kept.partner)
