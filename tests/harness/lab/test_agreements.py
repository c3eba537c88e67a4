from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.lab.agreements import certificates
from harness.lab.identity import BuiltInIdms
from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import IdmsPlan, read_lab
from seal.idms.stores.store import Store
from seal.idms.tokens.trust import read_keys

reactor: Any = the_reactor


@asynccontextmanager
async def two_domains(**changes: Any) -> AsyncIterator[Lab]:
    """Give the lab with two domains, and end it."""
    lab = await Lab.start(read_lab(SHIPPED / "two-domains.yaml")[0].model_copy(update=changes), reactor)
    try:
        yield lab
    finally:
        await lab.stop()


def store(lab: Lab, domain: str) -> Store:
    """Look into an identity server."""
    idms = lab.domains[domain].idms
    assert isinstance(idms, BuiltInIdms)
    return idms.now.store


async def test_each_server_knows_the_other_as_its_plan_says() -> None:
    """Where its users may go, whose users may come, and who those are."""
    async with two_domains() as lab:
        home, away = (lab.domains[name].idms.place.issuer for name in ("", "partner"))
        there = await store(lab, "").partner(away)
        assert there is not None
        assert there.users == ("alice", "bob", "dave")
        here = await store(lab, "partner").partner(home)
        assert here is not None
        assert here.guests == {"alice": "guest-alice", "bob": "guest-bob"}
        assert {each.key.thumbprint() for each in read_keys(here.keys or "")} == {lab.workshop.key.kid}
        guest = await store(lab, "partner").user("guest-alice")
        assert guest is not None
        assert (guest.val_user_id, guest.password_hash, guest.val_service_ids) == ("visitor-7", "", ("rescue",))


async def test_after_a_restart_they_know_each_other_still() -> None:
    """Though a server in memory has forgotten everything."""
    async with two_domains() as lab:
        await lab.programs["partner.idms"].stop()
        await lab.programs["partner.idms"].start()
        assert await store(lab, "partner").partner(lab.idms.place.issuer) is not None


async def test_the_newest_key_is_the_one_that_signs() -> None:
    """The others are still published while their tokens live."""
    async with two_domains() as lab:
        before = lab.workshop.key.kid
        await lab.idms.rotate_keys()
        [newest] = read_keys(certificates(lab.home, newest=True))
        assert newest.key.thumbprint() != before
        assert {each.key.thumbprint() for each in read_keys(certificates(lab.home))} == {
            before,
            newest.key.thumbprint(),
        }


async def test_a_server_in_a_process_of_its_own_is_told_over_its_admin_api() -> None:
    """And tells what it knows there."""
    async with two_domains(idms=IdmsPlan(process=True)) as lab:
        kept = await lab.idms.place.operator()._ask("GET", "/partners")
        assert [each["issuer"] for each in kept["partners"]] == [lab.domains["partner"].idms.place.issuer]
