from typing import Any

import pytest

from harness.errors import EnvironmentFault, Unmet
from harness.steps.program import Program, kill, start, stop
from tests.harness.staging import stage


@pytest.mark.parametrize(("verb", "did", "noted"), [(stop, "stop", "stopped"), (kill, "kill", "killed")])
async def test_a_program_that_ends_is_in_the_ladder(verb: Any, did: str, noted: str) -> None:
    """It is done to the program, it is noted, and time may be skipped since nobody answers any more."""
    scene = stage()
    await verb(scene, Program.model_validate("valserver"))
    program: Any = scene.lab.programs["valserver"]
    [note] = scene.lab.wire.trace.events
    assert program.done == [did]
    assert (getattr(note, "who", ""), getattr(note, "what", "")) == ("valserver", noted)
    assert scene.lab.patience.skipping


async def test_a_program_that_was_stopped_can_be_started_again() -> None:
    """At the address that it had; that is the program's own business."""
    scene = stage()
    await stop(scene, Program.model_validate("core"))
    await start(scene, Program.model_validate("core"))
    program: Any = scene.lab.programs["core"]
    assert program.done == ["stop", "start"]


async def test_one_that_runs_is_not_started() -> None:
    """That is a mistake of the script, and no fault of the machine."""
    scene = stage()
    with pytest.raises(Unmet, match="wanted core stopped or killed before, got it runs"):
        await start(scene, Program.model_validate("core"))
    program: Any = scene.lab.programs["core"]
    assert program.done == []


async def test_one_that_does_not_come_back_fails_its_scenario_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other scenarios have labs of their own."""
    scene = stage()
    await kill(scene, Program.model_validate("core"))

    async def taken() -> None:
        raise EnvironmentFault("its port is taken")

    monkeypatch.setattr(scene.lab.programs["core"], "start", taken, raising=False)
    with pytest.raises(Unmet, match="got its port is taken"):
        await start(scene, Program.model_validate("core"))
