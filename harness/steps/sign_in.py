"""Log-ins: a phone's user signs in at the identity server, tokens are renewed, and what may be done wrong there."""

from base64 import b32decode
from typing import Literal

from attrs import define, evolve
from pydantic import Field

from harness.errors import Finding, Unmet
from harness.grammar.vocabulary import Arguments, step
from harness.seen.cast import apart
from harness.stage import Stage
from harness.steps.obtaining import Asked, keep, obtained
from seal.idms.proving.methods import STEP, one_time_code
from ue_sim.identity.errors import Doubtful
from ue_sim.identity.form import Answers
from ue_sim.identity.headless import log_in
from ue_sim.identity.pkce import Pkce
from ue_sim.identity.request import AuthorizationRequest
from ue_sim.identity.signing_in import Identity
from ue_sim.identity.tokens import TokenSet
from valkit.settings import YesNo

Wrong = Literal["code_twice", "other_client", "wrong_verifier", "changed_redirect", "strange_redirect"]

ELSEWHERE = "https://elsewhere.example/signed-in"
"""An address that is no client's."""


class SignIn(Asked):
    """A log-in."""

    password: str | None = Field(None, repr=False)
    """Another password than the right one."""
    user: str | None = None
    """Another name than the phone's; the browser has forgotten then who was here before."""
    acr: str | None = None
    """How the phone would have its user authenticated (acr_values)."""
    one_time_code: Literal["right", "wrong"] | None = None
    """What is typed where the form asks for a code of a device."""
    scope: str | None = None
    """Another scope than the usual one."""
    renew: YesNo = True
    """Whether the phone renews the access token before it ends."""
    wrong: Wrong | None = None
    """What the phone does wrong: redeems the code twice, as another client, with another verifier or another redirect
    address; or asks for it to be sent to an address that is not its own."""


class Refresh(Asked):
    """A renewal."""

    of: str | None = None
    """With the refresh token that came with this token, used up or not; without it, with the newest."""

    def tokens_asked(self) -> tuple[str, ...]:
        """Name the token that it came with."""
        return (self.of,) if self.of is not None else ()


class Name(Arguments):
    """A phone, and a name."""

    ue: str
    """Which phone."""
    name: str = Field(alias="as")
    """What the scenario calls the token that it holds now."""

    def token_given(self) -> str:
        """Give that name."""
        return self.name


@step("ue.sign_in", acts=True)
async def sign_in(stage: Stage, told: SignIn) -> None:
    """Log a phone's user in at the identity server by the code flow; the access token is the one at hand then."""
    await obtained(stage, told, _SigningIn(stage, told).run())


@step("ue.refresh_token", acts=True)
async def refresh_token(stage: Stage, told: Refresh) -> None:
    """Renew a phone's tokens without a log-in."""
    identity = stage.lab.identity_of(told.ue)
    if told.of is None:
        await obtained(stage, told, _renewed(stage, told, identity))
        return
    used = stage.granted.get(told.of)
    if used is None:
        raise Unmet(Finding(f"tokens {told.of}", "nobody has signed in for them"))
    await obtained(stage, told, identity.client.refresh(used))


async def _renewed(stage: Stage, told: Refresh, identity: Identity) -> TokenSet:
    """Renew; the token from before keeps its name in the wallet, and the new one is at hand."""
    identity.keeper.name = told.name
    tokens = await identity.keeper.renew()
    stage.lab.ues[told.ue].wallet.put(tokens.access_token, told.name)
    return tokens


@step("ue.name_token")
async def name_token(stage: Stage, told: Name) -> None:
    """Give the tokens that a phone holds by now a name, after it has renewed them by itself."""
    tokens = stage.lab.identity_of(told.ue).keeper.tokens
    if tokens is None:
        raise Unmet(Finding("tokens", f"{told.ue} is not signed in"))
    keep(stage, told.name, tokens)


@define
class _SigningIn:
    """One log-in, right or wrong."""

    stage: Stage
    told: SignIn

    @property
    def identity(self) -> Identity:
        return self.stage.lab.identity_of(self.told.ue)

    async def run(self) -> TokenSet:
        """Do it, and let the phone keep what comes of it."""
        identity, told = self.identity, self.told
        if told.user is not None:
            identity.cookies.clear()
        request = self._request()
        provider = await identity.client.provider()
        url = request.url(provider.authorization_endpoint)
        redirect = await log_in(identity.browser, url, identity.client.registration.redirect_uri, self._answers())
        tokens = await self._redeem(request, redirect)
        identity.keeper.name = told.name
        identity.keeper.keep(tokens)
        if not told.renew:
            identity.stop()
        if told.wrong == "code_twice":
            await self._redeem(request, redirect)
        return tokens

    def _request(self) -> AuthorizationRequest:
        request = self.identity.client.request()
        client = request.client
        if self.told.acr is not None:
            client = evolve(client, acr_values=self.told.acr)
        if self.told.scope is not None:
            client = evolve(client, scope=self.told.scope)
        if self.told.wrong == "strange_redirect":
            client = evolve(client, redirect_uri=ELSEWHERE)
        return evolve(request, client=client)

    async def _redeem(self, request: AuthorizationRequest, redirect: str) -> TokenSet:
        """Change the code for tokens, in the wrong way if that is wanted."""
        client = self.identity.client
        match self.told.wrong:
            case "wrong_verifier":
                request = evolve(request, pkce=Pkce.fresh(self.stage.lab.ids))
            case "changed_redirect":
                request = evolve(request, client=evolve(request.client, redirect_uri=ELSEWHERE))
            case "other_client":
                client = self._another().client
        tokens = await client.redeem(request, redirect)
        if tokens is None:
            raise Doubtful("the redirect answers another request")
        return tokens

    def _another(self) -> Identity:
        name = next(name for name in self.stage.lab.ues if name != self.told.ue)
        return self.stage.lab.identity_of(name)

    def _answers(self) -> Answers:
        told, ues = self.told, self.stage.lab.domain_of(self.told.ue).plan.ues
        phone = apart(told.ue)[1]
        ue = ues.get(told.user or phone, ues[phone])
        return Answers(told.user or ue.login or phone, told.password or ue.password, self._code(ue.totp_secret))

    def _code(self, secret: str | None) -> str | None:
        if self.told.one_time_code is None or secret is None:
            return None
        step = int(self.stage.lab.clock.seconds() // STEP)
        return one_time_code(b32decode(secret), step if self.told.one_time_code == "right" else step + 100)
