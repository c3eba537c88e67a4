from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.errors import Unmet
from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab
from harness.stage import Stage
from harness.steps.migration import Migrate, Return, migrate, return_home
from tests.harness.staging import Phone, stage
from valkit.sip import Response
from valkit.trace import Message as Sent

reactor: Any = the_reactor


async def test_in_one_domain_nobody_migrates() -> None:
    """There is nowhere to come from."""
    scene = stage(phone=Phone(Response.create(200)))
    with pytest.raises(Unmet, match="the lab has only one"):
        await migrate(scene, Migrate.model_validate("alice"))


async def test_an_attempt_may_be_repeated_and_a_return_is_to_the_own_domain() -> None:
    """Each goes to the domain that the phone is in, with the id that was wanted or a new one."""
    lab = await Lab.start(read_lab(SHIPPED / "migration.yaml")[0], reactor)
    try:
        scene = Stage(lab)
        await migrate(scene, Migrate.model_validate({"ue": "partner.alice", "token": "no", "attempt": "first"}))
        assert scene.answered is not None
        assert not scene.answered.answer.ok
        await return_home(scene, Return.model_validate({"ue": "alice", "token": "no"}))
        sent = [bytes(each.message).decode() for each in lab.wire.trace.events if isinstance(each, Sent)]
    finally:
        await lab.stop()
    assert any("MESSAGE sip:migration@partner.example" in each and 'id="first-migration"' in each for each in sent)
    assert any("MESSAGE sip:migration@home.example" in each and "<return/>" in each for each in sent)
