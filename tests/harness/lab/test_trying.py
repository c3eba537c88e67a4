"""What a lab that is up offers to whoever tries it; `test_lab.py` of the commands runs each command in a shell."""

import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from harness.lab.handout import file_of
from harness.lab.lab import Lab
from harness.lab.trying import addresses, to_try, users
from harness.seen.cast import PARTNER
from tests.harness.lab.test_agreements import two_domains
from tests.harness.lab.test_handout import put_up
from tests.harness.lab.test_identity import home


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
        assert not any("migrate" in command for command, _ in told), "there are no gateways"
        assert [" ".join(shlex.split(command.rpartition("| ")[2])[:3]) for command, _ in told][:4] == [
            "val ue sign-in",
            "val token show",
            "val ue register",
            "val bindings --admin",
        ]
        assert shlex.split(told[0][0])[1] == lab.home.plan.ues["alice"].password
        assert str(file_of(lab.domains[PARTNER], "alice")) in "".join(command for command, _ in told)
        assert told[-1][0].endswith("partner list")


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


async def test_where_there_are_gateways_one_migrates_and_comes_back() -> None:
    """Before service there is asked for, and after it was seen."""
    async with put_up("migration") as lab:
        told = [command for command, _ in to_try(lab)]
        there, back = (at for at, command in enumerate(told) if "ue migrate" in command)
        assert "--user alice@home.example" in told[there]
        assert told[there].split("--to ")[1].startswith("sip:migration@partner.example ")
        assert told[back].endswith("--to sip:migration@home.example --back")
        assert f"register --config {file_of(lab.domains[PARTNER], 'alice')}" in told[there + 1]
        gateways = dict(addresses(lab.home))["Gateway"]
        assert gateways.startswith("inner https://127.0.0.81:")
        assert "outer https://127.0.0.82:" in gateways


async def test_other_seal_servers_are_provisioned_and_asked() -> None:
    """In the order in which something is there."""
    async with put_up("seal") as lab:
        told = [" ".join(shlex.split(command)[:4]) for command, _ in to_try(lab)]
        asked = ["val provision", "val ue profile", "val ue groups list", "val ue groups keys", "val ue keys fetch"]
        found = [next(at for at, command in enumerate(told) if command.startswith(each)) for each in asked]
        assert found == sorted(found)
