"""What a lab that is up offers to whoever tries it; `test_lab.py` of the commands runs each command in a shell."""

import re
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from harness.cast import PARTNER
from harness.lab import Lab
from harness.lab_files import SHIPPED
from harness.labs import read_lab
from harness.trying import addresses, file_of, files, phone, to_try, users
from sipcore_stub.settings import CoreSettings
from tests.harness.test_agreements import reactor, two_domains
from tests.harness.test_identity import home
from ue_sim.settings import UeSettings


async def test_every_program_and_phone_has_a_file_that_it_can_be_started_with() -> None:
    """In the folder of its domain, with keys and addresses as they are in the lab."""
    async with two_domains() as lab:
        found = {path.relative_to(lab.home.around.ground.folder.parent): told for path, told in files(lab).items()}
        assert {path.name for path in found} >= {"core.yaml", "valserver.yaml", "idms.yaml", "ue-alice.yaml"}
        assert len({path.parent for path in found}) == 2, "one folder for each domain"
        for path, told in found.items():
            if path.name == "core.yaml":
                assert CoreSettings.model_validate(told).domain in {"home.example", "partner.example"}
            elif path.name.startswith("ue-"):
                assert UeSettings.model_validate(told).core is not None


async def test_a_phone_says_where_its_user_logs_in_if_that_is_here() -> None:
    """A guest does not: it is at home in the other domain."""
    async with two_domains() as lab:
        at_home, abroad = phone(lab.home, "alice"), phone(lab.domains[PARTNER], "alice")
        assert at_home["identity"]["issuer"] == lab.idms.place.issuer
        assert at_home["identity"]["user"] == "alice"
        assert "identity" not in abroad


async def test_every_program_is_told_with_its_address() -> None:
    """The core with each of its elements, the identity server with each of its sites."""
    async with home() as lab:
        told = dict(addresses(lab.home))
        assert told["P-CSCF"].startswith("udp:127.0.0.21:")
        (idms,) = [where for where in told.values() if "authorization https://" in where]
        assert "token https://" in idms
        assert "admin http://" in idms
        assert any(where.startswith("udp:") and "admin http://" in where for where in told.values())


async def test_users_are_told_with_what_they_type() -> None:
    """Guests with nothing."""
    async with two_domains() as lab:
        rows = list(users(lab.domains[PARTNER]))
        assert rows[0] == ("user", "password", "VAL user", "VAL services", "IMPU")
        alice = next(row for row in rows if row[0] == "alice")
        assert alice[1] == "(a guest)"


async def test_commands_go_from_the_log_in_to_the_binding_and_abroad() -> None:
    """Each as a shell takes it, whatever is in a password."""
    async with two_domains() as lab:
        told = list(to_try(lab))
        assert [" ".join(shlex.split(command.rpartition("| ")[2])[:3]) for command, _ in told][:4] == [
            "val ue sign-in",
            "val token show",
            "val ue register",
            "val bindings --admin",
        ]
        assert shlex.split(told[0][0])[1] == lab.home.plan.ues["alice"].password
        assert str(file_of(lab.domains[PARTNER], "alice")) in "".join(command for command, _ in told)
        assert told[-1][0].endswith("partner list")


async def test_where_users_may_migrate_gateways_have_addresses_and_a_migration_comes_before_service_there() -> None:
    """Before it the partner refuses its guest's token."""
    lab = await Lab.start(read_lab(SHIPPED / "migration.yaml")[0], reactor)
    try:
        for domain in lab.domains.values():
            assert re.fullmatch(
                r"inner https://[\d.]+:\d+, outer https://[\d.]+:\d+", dict(addresses(domain))["Gateway"]
            )
        asked = [command for command, _ in to_try(lab)]
        at = next(number for number, command in enumerate(asked) if command.startswith("val ue migrate"))
        assert asked[at].endswith("--to sip:migration@partner.example --user alice@home.example")
        assert asked[at - 1].startswith("val ue visit")
        assert asked[at + 1].startswith(f"val ue register --config {file_of(lab.domains[PARTNER], 'alice')}")
    finally:
        await lab.stop()


@asynccontextmanager
async def changed(**ues: Any) -> AsyncIterator[Lab]:
    """Give a lab whose phones are otherwise."""
    async with home() as lab:
        plan = lab.home.plan
        for name, phone in list(plan.ues.items()):
            plan.ues[name] = phone.model_copy(update=ues)
        yield lab


@pytest.mark.parametrize("ues", [{"app": "client_secret_basic"}, {"subscribed": False}])
async def test_where_nobody_can_log_in_by_hand_there_is_nothing_to_try(ues: dict[str, Any]) -> None:
    """An app with a secret, or users whom the core does not know."""
    async with changed(**ues) as lab:
        assert list(to_try(lab)) == []
