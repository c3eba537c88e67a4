from typing import Any

from harness.steps.clock import Advance, advance
from tests.harness.staging import stage


async def test_time_passes_as_far_as_told() -> None:
    """An hour and a half, written short."""
    scene = stage()
    await advance(scene, Advance.model_validate("1h30m"))
    patience: Any = scene.lab.patience
    assert patience.advanced == 5400.0
