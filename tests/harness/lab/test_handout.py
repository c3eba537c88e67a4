"""What a lab that is up hands out; `test_lab.py` of the commands uses it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.lab.handout import PROVISIONS, files, phone, provisions
from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab
from harness.provision.consistency import read_provisioning
from harness.seen.cast import PARTNER
from sipcore_stub.settings import CoreSettings
from tests.harness.lab.test_agreements import two_domains
from ue_sim.settings import UeSettings

reactor: Any = the_reactor


@asynccontextmanager
async def put_up(name: str) -> AsyncIterator[Lab]:
    """Put one of our labs up, as people try it."""
    with TemporaryDirectory() as folder:
        lab = await Lab.put_up(read_lab(SHIPPED / f"{name}.yaml")[0], reactor, Path(folder), lambda _: None)
        try:
            yield lab
        finally:
            await lab.stop()


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


async def test_a_phone_finds_every_seal_server_of_its_domain() -> None:
    """Where its keys are kept stands there as well."""
    async with put_up("seal") as lab:
        told = UeSettings.model_validate(phone(lab.home, "alice"))
        assert told.keys is not None
        assert told.keys.url.startswith("https://127.0.0.")
        assert told.keys.kms_uri == "kms.home.example"
        assert told.keys.kept.name == "alice-keys.json"
        assert told.configuration is not None
        assert told.configuration.url.startswith("https://127.0.0.")
        assert told.groups is not None
        assert told.groups.url not in {told.keys.url, told.configuration.url}


async def test_behind_the_proxy_they_are_asked_by_way_of_it() -> None:
    """Its address is in each of them."""
    async with put_up("key-management-proxy") as lab:
        told = UeSettings.model_validate(phone(lab.home, "alice"))
        assert told.keys is not None
        assert str(told.keys.proxy).startswith("https://127.0.0.71:")


async def test_provisions_make_sense_and_name_no_secret() -> None:
    """Passwords and the group's key stand in files of their own; who is not subscribed is not in the group."""
    async with put_up("seal") as lab:
        told, found = provisions(lab.home), files(lab)
        for path, contents in found.items():
            path.write_text(contents if isinstance(contents, str) else dumps(contents))
        plan = read_provisioning(dumps(told), PROVISIONS)
        assert list(plan.groups) == ["sip:team@home.example"]
        assert plan.groups["sip:team@home.example"].key is not None
        assert "alice" in plan.groups["sip:team@home.example"].members
        assert "stranger" not in plan.users
        assert lab.home.plan.ues["alice"].password not in dumps(told)
