from typing import Any

import pytest

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


async def test_a_program_can_be_started_again() -> None:
    """At the address that it had; that is the program's own business."""
    scene = stage()
    await start(scene, Program.model_validate("core"))
    program: Any = scene.lab.programs["core"]
    assert program.done == ["start"]
