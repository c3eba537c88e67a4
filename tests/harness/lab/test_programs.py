from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  programs need the real one

from harness.errors import Unmet
from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import LabPlan, read_lab

reactor: Any = the_reactor


@pytest.fixture
def plan() -> LabPlan:
    """Give the plan of our own lab."""
    return read_lab(SHIPPED / "home.yaml")[0]


async def test_a_program_starts_again_where_it_was(plan: LabPlan) -> None:
    """Those who know its address need not be told a new one."""
    lab = await Lab.start(plan, reactor)
    server, core = lab.address("valserver"), dict(lab.core.addresses)
    for program in lab.programs.values():
        await program.stop()
        await program.stop()
        await program.start()
    assert lab.address("valserver") == server
    assert lab.core.addresses == core
    await lab.stop()


async def test_a_built_in_program_cannot_be_killed(plan: LabPlan) -> None:
    """It would take the scenario along; what to write in the lab is told."""
    lab = await Lab.start(plan, reactor)
    with pytest.raises(Unmet, match="say `process: yes` in the lab"):
        await lab.valserver.kill()
    await lab.stop()


async def test_a_core_that_does_not_run_has_no_flag(plan: LabPlan) -> None:
    """An expectation of it fails, and does not wait."""
    lab = await Lab.start(plan, reactor)
    await lab.core.stop()
    with pytest.raises(Unmet, match="the core does not run"):
        lab.core.flag("alice@home.example")
    await lab.stop()
