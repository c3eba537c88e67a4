"""Provisioning of all servers of a domain at once, from one description (IDM-15)."""

from typing import Any

from pydantic import Field

from harness.errors import Finding, Unmet
from harness.grammar.vocabulary import Arguments, step
from harness.provision.applying import Stopped, applied
from harness.provision.plan import GroupEntry, Provisioning, ServiceEntry, UserEntry
from harness.seen.cast import CMS, GMS
from harness.stage import Stage
from valkit.trace import Note


class Provision(Arguments):
    """Users, services and groups, as a file for `val provision` has them, without the servers: these are the lab's."""

    judges = True

    services: dict[str, ServiceEntry] = Field(default_factory=dict)
    """The VAL services."""
    users: dict[str, UserEntry] = Field(default_factory=dict)
    """The users; those of the lab keep their passwords."""
    groups: dict[str, GroupEntry] = Field(default_factory=dict)
    """The groups."""
    stopped: str | None = None
    """The server at which it has to stop, since that one does not run: idms, cms, gms or kms."""
    done: dict[str, int] | None = None
    """How many things have to be `created`, `changed` and `unchanged` by it."""


@step("seal.provision", acts=True)
async def provision(stage: Stage, told: Provision) -> None:
    """Provision users, services, profiles, groups and keys at every server of the home domain (IDM-15)."""
    counted = {"created": 0, "changed": 0, "unchanged": 0}

    async def work() -> str | None:
        try:
            async for outcome in applied(_plan(stage, told), stage.lab.home.around.reactor):
                counted[outcome.done] += 1
                said = {"entry": outcome.what, "done": outcome.done}
                stage.lab.wire.note(Note(stage.lab.clock.seconds(), outcome.server, "provisioned", said))
        except Stopped as error:
            if told.stopped is None:
                raise Unmet(Finding("all of it provisioned", str(error))) from None
            return error.server
        return None

    stopped = await stage.lab.patience.during(work())
    if stopped != told.stopped:
        raise Unmet(
            Finding(f"a stop at {told.stopped}", f"a stop at {stopped}" if stopped else "all of it provisioned")
        )
    if told.done is not None and told.done != {name: count for name, count in counted.items() if count}:
        raise Unmet(Finding(f"things done: {told.done}", f"{counted}"))


def _plan(stage: Stage, told: Provision) -> Provisioning:
    home = stage.lab.home
    ground, idms = home.around.ground, home.idms.place
    servers: dict[str, Any] = {"idms": {"admin": idms.admin, "token_file": ground.operator_token}}
    for kind, server in ((CMS, home.cms), (GMS, home.gms)):
        token_file = ground.folder / f"{kind}-operator.token"
        servers[kind] = {"admin": server.asking.admin_url, "token_file": token_file}
    if home.plan.kms is not None:
        servers["kms"] = {
            "url": home.kms.clients.url,
            "token_file": ground.token_of_gms,
            "authority": ground.authorities,
            "kms_uri": f"kms.{home.plan.domain}",
        }
    named = {"services": told.services, "users": told.users, "groups": told.groups}
    return Provisioning.model_validate({**servers, **named})
