"""Tokens: minted with the key of the lab's issuer, honest or broken in one way."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from harness.errors import NotApplicable
from harness.forgery import FORGERIES, forge
from harness.grammar.vocabulary import Arguments, step
from harness.seen.cast import apart
from harness.stage import Minted, Stage
from valkit.settings import Duration
from valkit.tokens import Grant, mint


def _kind(value: str) -> str:
    if value not in FORGERIES:
        raise ValueError(f"is not a kind of broken token (expected one of: {', '.join(FORGERIES)})")
    return value


class Mint(Arguments):
    """What the token says."""

    short = "ue"

    ue: str
    """The phone that is given the token; its user is whom the token speaks for, if nothing else is said."""
    name: str = Field("default", alias="as")
    """What the scenario calls it."""
    val_user_id: str | None = None
    """Another VAL user."""
    val_service_ids: tuple[str, ...] | None = None
    """Other VAL services."""
    lifetime: Duration | None = None
    """How long it lasts."""
    claims: dict[str, Any] = Field(default_factory=dict)
    """Further claims, or other values; an empty one leaves a claim out."""
    broken: Annotated[str, AfterValidator(_kind)] | None = None
    """In which way it is broken."""

    def token_given(self) -> str:
        """Name it."""
        return self.name


@step("token.mint")
async def mint_token(stage: Stage, told: Mint) -> None:
    """Make an access token and put it into a phone; it is the one at hand from now on."""
    grant, workshop = grant_of(stage, told), stage.lab.domain_of(told.ue).workshop
    token = forge(told.broken, workshop, grant) if told.broken else mint(workshop.key, grant)
    if told.broken:
        stage.broken[token] = told.broken
    stage.lab.ues[told.ue].wallet.put(token, told.name)
    stage.tokens[told.name] = Minted(told.name, grant.jti, grant.claims())


def grant_of(stage: Stage, told: Mint) -> Grant:
    """Give what an honest token says that is minted as told."""
    user, domain = stage.lab.plan.phones[told.ue], stage.lab.domain_of(told.ue)
    issuer, outside = domain.plan.issuer, domain.plan.idms.external
    if outside is not None and outside.signing_key is None:
        raise NotApplicable(
            "the identity server is external, and the lab has no `signing_key` of it to mint tokens with"
        )
    return Grant(
        issuer=domain.idms.place.issuer,
        audience=issuer.audience,
        scope=issuer.scope,
        val_user_id=told.val_user_id or user.val_user_id or apart(told.ue)[1],
        val_service_ids=told.val_service_ids or user.val_service_ids,
        jti=f"{told.name}-{stage.lab.ids.tag()}",
        issued_at=stage.lab.clock.seconds(),
        lifetime=told.lifetime or issuer.lifetime,
        extra=told.claims,
    )
