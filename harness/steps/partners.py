"""Partner domains: security tokens from home, tokens of the partner for them, and what is agreed between two operators.

A phone `partner.alice` is the phone of alice with a subscription in the partner domain.
"""

import json
from typing import Any, Literal

from attrs import evolve
from pydantic import Field

from harness.errors import Finding, Unmet
from harness.explaining import claims_of
from harness.grammar.vocabulary import Arguments, step
from harness.lab.agreements import certificates
from harness.lab.identity import client_id
from harness.seen.cast import HOME, apart, within
from harness.stage import Minted, Stage
from harness.steps.idms import AtIdms
from harness.steps.obtaining import Asked, judged, obtained
from seal.idms.tokens.issuing import SECURITY_TOKEN
from ue_sim.identity.client import IdentityClient
from ue_sim.identity.errors import IdentityError
from ue_sim.identity.partners import tokens_at_each
from ue_sim.identity.tokens import SecurityToken, TokenSet
from valkit.settings import Duration
from valkit.tokens.minting import sealed
from valkit.trace import Note


class Exchange(Asked):
    """Which phone exchanges its token, and for which partner."""

    token: str | None = None
    """The access token that is exchanged, by its name; without it, the one at hand."""
    partner: str | None = None
    """Another S-IdMS than that of the other domain."""
    client: str | None = None
    """Whose app it says it is: another phone's."""

    def tokens_asked(self) -> tuple[str, ...]:
        """Name the access token."""
        return () if self.token is None else (self.token,)


class Present(Asked):
    """Which phone, with its subscription in the partner domain, brings a security token there."""

    token: str
    """The security token."""
    scope: str | None = None
    """Another scope than the usual one."""
    client: str | None = None
    """Whose app it says it is: another phone's."""

    def tokens_asked(self) -> tuple[str, ...]:
        """Name the security token."""
        return (self.token,)


class MintSecurityToken(Arguments):
    """A security token that the home domain did not make, or not so."""

    ue: str
    """The phone whose user it vouches for, and whose app it is for."""
    name: str = Field(alias="as")
    """What the scenario calls it."""
    key: Literal["home", "stranger"] = "home"
    """Who signs it: the home domain, or nobody who is known."""
    claims: dict[str, Any] = Field(default_factory=dict)
    """Other claims than the honest ones; an empty one is left out."""
    lifetime: Duration = 60.0
    """How long it lasts."""
    ago: Duration = 0.0
    """How long ago it was made."""

    def token_given(self) -> str:
        """Name it."""
        return self.name


class Carry(Arguments):
    """A token, and the phone that is to have it as well."""

    ue: str
    """Which phone: the same person's in the other domain, or anybody's."""
    token: str
    """The token."""

    def tokens_asked(self) -> tuple[str, ...]:
        """Name it."""
        return (self.token,)


class SetPartner(AtIdms):
    """What is agreed with the other domain, and is to be otherwise; what is not named stays."""

    entry: dict[str, Any] = Field(min_length=1)
    """Members of the partner's entry, as the file of the server has them."""


@step("ue.exchange_token", acts=True)
async def exchange_token(stage: Stage, told: Exchange) -> None:
    """Exchange a phone's access token for a security token for the partner domain (figure 5.X.4.2-2, steps 2 and 3)."""
    lab = stage.lab
    access_token = lab.ues[told.ue].wallet.choose(told.token or True)
    if access_token is None:
        raise Unmet(Finding("an access token to exchange", f"{told.ue} has none"))
    client = _as_app_of(lab.identity_of(told.ue).client, told.client)
    found = await judged(stage, told, client.exchange(access_token, told.partner or _other_issuer(stage, told.ue)))
    if isinstance(found, SecurityToken):
        _keep(stage, told.name, found)


@step("ue.present_token", acts=True)
async def present_token(stage: Stage, told: Present) -> None:
    """Bring a security token to the identity server of the phone's domain, for tokens (figure, steps 4 and 5)."""
    identity = stage.lab.identity_of(told.ue)
    client = _as_app_of(identity.client, told.client)
    if told.scope is not None:
        client = evolve(client, registration=evolve(client.registration, scope=told.scope))

    async def present() -> TokenSet:
        tokens = await client.present(_vouched(stage, told.token))
        identity.keeper.name = told.name
        identity.keeper.keep(tokens)
        return tokens

    await obtained(stage, told, present())


@step("ue.visit", acts=True)
async def visit(stage: Stage, told: Asked) -> None:
    """Get tokens for a phone in the partner domain with the access token that its owner has at hand at home."""
    await _visit(stage, told, told.ue)


@step("ue.visit_partners", acts=True)
async def visit_partners(stage: Stage, told: Asked) -> None:
    """Get tokens in each partner domain that has a group of the user's, by the profile that the phone holds (DOM-05).

    The phone's subscription there has them at hand then. Where no partner domain has such a group nothing is done.
    """
    profile = stage.profiles.get(told.ue)
    if profile is None:
        raise Unmet(Finding("a profile that tells of groups", f"{told.ue} has none (ue.get_profile)"))
    known = {domain.plan.domain: name for name, domain in stage.lab.domains.items()}
    for domain in profile.partner_domains([stage.lab.plan.domain]):
        if domain not in known:
            raise Unmet(Finding(f"a way to {domain}", "the lab has no such domain"))
        await _visit(stage, told, within(known[domain], told.ue))


async def _visit(stage: Stage, told: Asked, ue: str) -> None:
    """Go there with the access token of the owner."""
    lab, owner = stage.lab, apart(ue)[1]
    identity, home = lab.identity_of(ue), lab.identity_of(owner)
    access_token = lab.ues[owner].wallet.choose(choice=True)
    if access_token is None:
        raise Unmet(Finding("an access token to go with", f"{owner} has none"))

    async def go() -> TokenSet:
        found = (await tokens_at_each(home.client, access_token, [identity.client]))[identity.client.issuer]
        if isinstance(found, IdentityError):
            raise found
        identity.keeper.name = told.name
        identity.keeper.keep(found)
        return found

    await obtained(stage, told, go())


@step("token.mint_security")
async def mint_security(stage: Stage, told: MintSecurityToken) -> None:
    """Make a security token as the home domain would, or as it would not."""
    home = stage.lab.domains[HOME]
    key = home.workshop.key if told.key == "home" else home.workshop.stranger
    partner, now = _other_issuer(stage, told.ue), stage.lab.clock.seconds() - told.ago
    honest: dict[str, Any] = {
        "iss": home.idms.place.issuer,
        "sub": told.ue,
        "aud": [client_id(told.ue), partner],
        "iat": int(now),
        "exp": int(now + told.lifetime),
        "jti": stage.lab.ids.tag(),
    }
    claims = {name: value for name, value in (honest | told.claims).items() if value is not None}
    header = {"alg": key.algorithm, "kid": key.kid, "typ": SECURITY_TOKEN}
    _keep(stage, told.name, SecurityToken(sealed(key, _encoded(header), _encoded(claims)), partner, None))


@step("ue.carry_token")
async def carry_token(stage: Stage, told: Carry) -> None:
    """Put a token that somebody has obtained into another phone; there it is the one at hand."""
    held = stage.granted.get(told.token)
    text = held.access_token if held is not None else _vouched(stage, told.token).text
    stage.lab.ues[told.ue].wallet.put(text, told.token)


@step("idms.set_partner", acts=True)
async def set_partner(stage: Stage, told: SetPartner) -> None:
    """Change what is agreed with the other domain: who may go there, who its users are, what they may have."""
    place = stage.lab.domain_of(told.at).idms.place
    issuer = _other_issuer(stage, told.at)
    await place.operator().change("partners", {"issuer": issuer, **told.entry})
    _note(stage, told, "changed", entry=f"partner {issuer}; {', '.join(told.entry)}")


@step("idms.take_keys", acts=True)
async def take_keys(stage: Stage, told: AtIdms) -> None:
    """Provision the key that the other domain signs with now, in place of those before: out of band (DOM-04)."""
    lab = stage.lab
    other = next(domain for name, domain in lab.domains.items() if name != apart(told.at)[0])
    entry = {"issuer": other.idms.place.issuer, "keys": certificates(other, newest=True)}
    await lab.domain_of(told.at).idms.place.operator().change("partners", entry)
    _note(stage, told, "keys of the partner taken")


def _other_issuer(stage: Stage, name: str) -> str:
    """Give the S-IdMS of the domain that this one is not of."""
    own = apart(name)[0]
    other = next((domain for at, domain in stage.lab.domains.items() if at != own), None)
    if other is None:
        raise Unmet(Finding("a partner domain", "the lab has only one domain"))
    return other.idms.place.issuer


def _as_app_of(client: IdentityClient, name: str | None) -> IdentityClient:
    if name is None:
        return client
    return evolve(client, registration=evolve(client.registration, client_id=client_id(name)))


def _vouched(stage: Stage, name: str) -> SecurityToken:
    token = stage.vouched.get(name)
    if token is not None:
        return token
    held = stage.granted.get(name)
    if held is None:
        raise Unmet(Finding(f"a security token {name}", "there is none"))
    return SecurityToken(held.access_token, "", None)  # somebody brings another kind of token


def _keep(stage: Stage, name: str, token: SecurityToken) -> None:
    claims = claims_of(token.text)
    stage.vouched[name] = token
    stage.tokens[name] = Minted(name, str(claims.get("jti")), claims)


def _note(stage: Stage, told: AtIdms, what: str, **fields: str) -> None:
    stage.lab.wire.note(Note(stage.lab.clock.seconds(), told.at, what, fields))


def _encoded(members: dict[str, Any]) -> bytes:
    return json.dumps(members).encode()
