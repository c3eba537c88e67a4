from typing import Any

import pytest
from pydantic import ValidationError

from harness.errors import NotApplicable
from harness.steps.clock import Advance, advance
from tests.harness.staging import stage


async def test_time_passes_as_far_as_told() -> None:
    """An hour and a half, written short."""
    scene = stage()
    await advance(scene, Advance.model_validate("1h30m"))
    patience: Any = scene.lab.patience
    assert patience.advanced == 5400.0


async def test_time_does_not_pass_in_another_process() -> None:
    """Half of a lab in the past would prove nothing; what to change is told."""
    scene: Any = stage()
    scene.lab.patience.one_clock = False
    with pytest.raises(NotApplicable, match="keeps its own time"):
        await advance(scene, Advance.model_validate("1h"))


def test_a_clock_goes_on_ten_years_at_most() -> None:
    """Each timer would come, and calendars have an end."""
    with pytest.raises(ValidationError, match="is longer than ten years"):
        Advance.model_validate("99999d")
