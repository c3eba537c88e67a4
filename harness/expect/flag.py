"""The registration flag in the HSS (figure 5.X.3.2.2-1, steps 2 and 7)."""

from typing import Literal

from harness.errors import Finding
from harness.grammar.vocabulary import Arguments, step
from harness.stage import Stage


class FlagIs(Arguments):
    """Whose flag, and how it stands."""

    ue: str
    """The phone whose subscription it is."""
    flag: Literal["not registered", "pending", "registered"]
    """How it stands."""


@step("expect.flag")
async def expect_flag(stage: Stage, told: FlagIs) -> None:
    """Check that the HSS holds the subscriber to be registered, pending or not registered."""
    impi = stage.lab.plan.phones[told.ue].impi

    async def check() -> Finding | None:
        flag = stage.lab.domain_of(told.ue).core.flag(impi)
        return None if flag == told.flag else Finding(f"flag {told.flag!r} for {impi}", repr(flag))

    await stage.until(check)
