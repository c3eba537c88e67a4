import pytest

from harness.errors import Unmet
from harness.expect.flag import FlagIs, expect_flag
from tests.harness.staging import stage

REGISTERED = FlagIs.model_validate({"ue": "alice", "flag": "registered"})


async def test_the_flag_is_that_of_the_subscriber() -> None:
    """The phone's IMPI is asked for."""
    await expect_flag(stage(flag="registered"), REGISTERED)


async def test_another_flag_fails() -> None:
    """How it stands is told."""
    with pytest.raises(Unmet, match=r"wanted flag 'registered' for alice@home.example, got 'pending'"):
        await expect_flag(stage(flag="pending"), REGISTERED)
