from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.errors import Unmet
from harness.lab.identity_process import IdmsProcess
from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import IdmsPlan, LabPlan, read_lab
from tests.ue_sim.identity.saying import who
from ue_sim.identity.errors import Unreachable
from ue_sim.identity.form import Answers
from valkit.tokens.compact import decode, split

reactor: Any = the_reactor


def plan(store: str) -> LabPlan:
    """Give our own lab, with the identity server in a process of its own."""
    home = read_lab(SHIPPED / "home.yaml")[0]
    return home.model_copy(update={"idms": IdmsPlan.model_validate({"process": True, "store": store})})


@asynccontextmanager
async def lab(store: str = "sqlite") -> AsyncIterator[Lab]:
    """Give it, and end it."""
    made = await Lab.start(plan(store), reactor)
    try:
        yield made
    finally:
        await made.stop()


async def test_it_is_killed_and_keeps_what_it_granted() -> None:
    """At the same addresses, with the same keys and users."""
    async with lab() as made:
        alice, answers = made.identity_of("alice"), Answers("alice", made.plan.ues["alice"].password)
        first = await alice.sign_in(answers)
        issuer = made.idms.place.issuer
        await made.idms.kill()
        with pytest.raises(Unreachable):
            await alice.client.refresh(first)
        await made.idms.start()
        assert made.idms.place.issuer == issuer
        assert who(await alice.client.refresh(first)).subject == "alice"


async def test_in_memory_it_knows_its_users_again_and_no_grant() -> None:
    """What is only in memory is gone with the process."""
    async with lab("memory") as made:
        assert isinstance(made.idms, IdmsProcess)
        await made.idms.stop()
        with pytest.raises(Unmet, match="nobody answers"):
            await made.idms.place.operator().user("bob")
        await made.idms.start()
        bob = await made.idms.place.operator().user("bob")
        assert (bob["val_service_ids"], bob["totp"]) == (["dispatch"], True)


async def test_its_keys_are_rotated_from_outside() -> None:
    """The next token is signed with the new one."""
    async with lab() as made:
        answers = Answers("alice", made.plan.ues["alice"].password)
        first = await made.identity_of("alice").sign_in(answers)
        await made.idms.rotate_keys()
        second = await made.identity_of("alice").client.refresh(first)
        heads = [decode(split(each.access_token.encode()).header) for each in (first, second)]
        assert heads[0] != heads[1]
