"""One call for a phone's user: sign in, put the access token into the wallet, keep it fresh from then on (SIP-03)."""

from http.cookiejar import CookieJar
from typing import Any

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from ue_sim.identity.client import IdentityClient
from ue_sim.identity.errors import Doubtful
from ue_sim.identity.form import Answers
from ue_sim.identity.headless import log_in
from ue_sim.identity.keeper import TokenKeeper
from ue_sim.identity.request import Registration
from ue_sim.identity.tokens import TokenSet
from ue_sim.wallet import Wallet
from valkit.ids import Ids
from valkit.net.https import HttpsClient
from valkit.net.tls import Tls
from valkit.trace import Observer, unobserved


@frozen
class Identity:
    """A phone's way to one identity server."""

    client: IdentityClient
    keeper: TokenKeeper
    browser: HttpsClient
    """Keeps cookies, hence sessions, as the browser of a phone does."""
    cookies: CookieJar
    """Those that it keeps; without them it is nobody's."""

    @classmethod
    def build(
        cls,
        reactor: Any,
        clock: IReactorTime,
        ids: Ids,
        *,
        tls: Tls,
        issuer: str,
        registration: Registration,
        wallet: Wallet,
        observe: Observer = unobserved,
        **https: Any,
    ) -> "Identity":
        """Put it together; `https` goes to both clients (`timeout`, `seen`)."""
        client = IdentityClient(issuer, registration, HttpsClient(reactor, tls, **https), clock.seconds, ids)
        cookies = CookieJar()
        browser = HttpsClient(reactor, tls, cookies=cookies, **https)
        return cls(client, TokenKeeper(client, wallet, clock, observe), browser, cookies)

    async def sign_in(self, answers: Answers) -> TokenSet:
        """Log in without a browser; the token is in the wallet then. Raises an IdentityError."""
        request = self.client.request()
        provider = await self.client.provider()
        url = request.url(provider.authorization_endpoint)
        redirect = await log_in(self.browser, url, request.client.redirect_uri, answers)
        tokens = await self.client.redeem(request, redirect)
        if tokens is None:
            raise Doubtful("the redirect answers another request (state)")
        self.keeper.keep(tokens)
        return tokens

    def stop(self) -> None:
        """Renew nothing any more."""
        self.keeper.stop()
