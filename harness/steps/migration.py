"""Migration: a phone asks the VAL server of the domain it is in to be served there, and at home to be served again."""

from harness.errors import Finding, Unmet
from harness.grammar.vocabulary import step
from harness.seen.cast import apart
from harness.stage import Stage
from harness.steps.ue import Token, WithToken, answered, choice, conduct_of
from valkit.migration import MigrationRequest, ReturnRequest


class Migrate(WithToken):
    """Which phone, in the domain that it has come to."""

    token: Token = True
    """The partner's token that goes with it."""
    home_user: str | None = None
    """Another VAL user than its owner, as the home domain calls it."""
    home_domain: str | None = None
    """Another domain than the other one of the lab."""
    attempt: str | None = None
    """The id of an earlier attempt, to be repeated; otherwise each is a new one."""
    to: str | None = None
    """Another Request-URI than the domain's `sip:migration@...`."""


class Return(WithToken):
    """Which phone, back at home."""

    token: Token = True
    """The home domain's token that goes with it."""


@step("ue.migrate", acts=True)
async def migrate(stage: Stage, told: Migrate) -> None:
    """Have a phone send the migration service authorization request (figure 5.X.5-2, step 1), in a SIP MESSAGE."""
    lab, (at, owner) = stage.lab, apart(told.ue)
    other = next((domain for name, domain in lab.domains.items() if name != at), None)
    if other is None:
        raise Unmet(Finding("a domain to come from", "the lab has only one"))
    user = told.home_user or other.plan.ues[owner].val_user_id or owner
    wanted = MigrationRequest(_id(stage, told.attempt), told.home_domain or other.plan.domain, user)
    await _sent(stage, told, wanted, told.to)


@step("ue.return_home", acts=True)
async def return_home(stage: Stage, told: Return) -> None:
    """Have a phone tell the VAL server of its own domain that its user is back."""
    await _sent(stage, told, ReturnRequest(_id(stage, None)), None)


async def _sent(stage: Stage, told: WithToken, wanted: MigrationRequest | ReturnRequest, to: str | None) -> None:
    resource = to or f"sip:migration@{stage.lab.domain_of(told.ue).plan.domain}"
    phone = stage.lab.ues[told.ue]
    call = phone.migrate(wanted=wanted, to=resource, token=choice(stage, told), conduct=conduct_of(stage, told))
    await answered(stage, told, call)


def _id(stage: Stage, name: str | None) -> str:
    return f"{name or stage.lab.ids.tag()}-migration"
