"""The identity client: discovery, the code redeemed, the ID token judged, tokens renewed (clause 5.X.2.3, TS 33.434 A).

It also has the two requests by which one goes to a partner domain (clause 5.X.4.2, TS 33.180 B.7).

How a person logs in in between is `headless`'s or `loopback`'s. Nothing is kept of an answer that was not believed.
"""

from collections.abc import Callable, Mapping

from attrs import define, field

from ue_sim.identity import redirect
from ue_sim.identity.errors import Doubtful, UnknownKey, Unreachable, Unusable
from ue_sim.identity.id_token import IdTokenPolicy, SignedIn, validate
from ue_sim.identity.provider import Provider, discovery_url
from ue_sim.identity.request import AuthorizationRequest, Registration
from ue_sim.identity.tokens import FAILING, JWT, Granted, SecurityToken, TokenSet
from valkit.ids import Ids
from valkit.net.https import HttpsAnswer, HttpsClient, HttpsError
from valkit.tokens import KeySet, KeyUnusable


@define
class IdentityClient:
    """One app on one phone, towards one identity server."""

    issuer: str
    registration: Registration
    _https: HttpsClient
    _now: Callable[[], float]
    _ids: Ids
    user_claim: str = "val_user_id"
    services_claim: str = "val_service_ids"
    _provider: Provider | None = field(init=False, default=None)
    _keys: KeySet | None = field(init=False, default=None)

    async def provider(self) -> Provider:
        """Learn where the server's endpoints are, once."""
        if self._provider is None:
            answer = await self._get(discovery_url(self.issuer), "discovery document")
            self._provider = Provider.read(answer.body, self.issuer)
        return self._provider

    def request(self) -> AuthorizationRequest:
        """Begin a log-in."""
        return AuthorizationRequest.fresh(self.registration, self._ids)

    async def redeem(self, request: AuthorizationRequest, url: str) -> TokenSet | None:
        """Take the code out of this redirect and change it for tokens; None if the redirect is not for this request.

        Raises an IdentityError if the server refuses or is not to be believed.
        """
        provider = await self.provider()
        code = redirect.read(url, request, provider)
        if code is None:
            return None
        granted = await self._ask_tokens(
            provider,
            {
                "grant_type": "authorization_code",
                "code": code.text,
                "redirect_uri": request.client.redirect_uri,
                "code_verifier": request.pkce.verifier,
            },
        )
        who = await self._who(granted, request.nonce)
        if who is None:
            raise Doubtful("the token response has no ID token, though openid was asked for")
        return TokenSet.of(granted, who, request.client.scope, self._now())

    async def refresh(self, tokens: TokenSet) -> TokenSet:
        """Renew tokens without the user (TS 33.434 A.5). The old ones are of no use afterwards."""
        if tokens.refresh_token is None:
            raise Unusable("there is no refresh token")
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token, "scope": tokens.scope}
        granted = await self._ask_tokens(await self.provider(), form)
        who = await self._who(granted, None)
        if who is not None and tokens.who is not None and who.subject != tokens.who.subject:
            raise Doubtful("the renewed ID token is somebody else's (sub, OIDC Core 12.2)")
        return tokens.renewed(granted, who, self._now())

    async def exchange(self, access_token: str, partner: str) -> SecurityToken:
        """Change an access token of this server for a security token for one partner's S-IdMS (RFC 8693)."""
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "resource": partner,
            "subject_token": access_token,
            "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "requested_token_type": JWT,
        }
        answer = await self._post((await self.provider()).token_endpoint, form)
        return SecurityToken.read(answer.status, answer.body, partner, self._now())

    async def present(self, security_token: SecurityToken) -> TokenSet:
        """Change a security token for tokens of this server, which is the partner's (RFC 7523 2.1).

        Without a scope of its own the app gets what the partner gives to guests.
        """
        scope = self.registration.scope
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": security_token.text}
        asked = {**form, "scope": scope} if scope else form
        granted = await self._ask_tokens(await self.provider(), asked)
        return TokenSet.of(granted, await self._who(granted, None), scope, self._now())

    async def revoke(self, tokens: TokenSet) -> None:
        """Give tokens back (RFC 7009), where the server takes them."""
        endpoint = (await self.provider()).revocation_endpoint
        if endpoint is not None:
            await self._post(endpoint, {"token": tokens.refresh_token or tokens.access_token})

    async def _who(self, granted: Granted, nonce: str | None) -> SignedIn | None:
        """Judge the ID token; a key that is not known is looked for once more at the issuer."""
        if granted.id_token is None:
            return None
        client_id = self.registration.client_id
        policy = IdTokenPolicy(self.issuer, client_id, nonce, self.user_claim, self.services_claim)
        keys = await self.keys()
        try:
            return validate(granted.id_token, keys, policy, granted.access_token, self._now())
        except UnknownKey:
            keys = await self._fetched_keys()
        return validate(granted.id_token, keys, policy, granted.access_token, self._now())

    async def keys(self) -> KeySet:
        """Give the issuer's keys as they were last seen."""
        return self._keys or await self._fetched_keys()

    async def _fetched_keys(self) -> KeySet:
        answer = await self._get((await self.provider()).jwks_uri, "key set")
        try:
            self._keys = KeySet.from_jwks(answer.body.decode())
        except UnicodeDecodeError:
            raise Unusable("the key set of the identity server is no UTF-8 text") from None
        except KeyUnusable as error:
            raise Unusable(f"the key set of the identity server is of no use: {str(error).rstrip('.')}") from None
        return self._keys

    async def _ask_tokens(self, provider: Provider, form: Mapping[str, str]) -> Granted:
        answer = await self._post(provider.token_endpoint, form)
        return Granted.read(answer.status, answer.body)

    async def _get(self, url: str, what: str) -> HttpsAnswer:
        try:
            answer = await self._https.get(url, {"Accept": "application/json"})
        except HttpsError as error:
            raise Unreachable(str(error)) from None
        if answer.status != 200:
            kind = Unusable if answer.status < FAILING else Unreachable
            raise kind(f"the identity server answers {answer.status} when asked for its {what}")
        return answer

    async def _post(self, url: str, form: Mapping[str, str]) -> HttpsAnswer:
        """Send a form in this client's name, proven as it is registered (TS 33.434 A.4.2.4)."""
        client = self.registration
        proven = client.proof.of(client.client_id, self.issuer, self._now(), self._ids)
        try:
            return await self._https.post(url, {**form, **proven.form}, proven.headers)
        except HttpsError as error:
            raise Unreachable(str(error)) from None
