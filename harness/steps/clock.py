"""Time: the clock of every program in this process moves together, an hour in a millisecond."""

from harness.errors import NotApplicable
from harness.grammar.vocabulary import Arguments, Span, step
from harness.stage import Stage


class Advance(Arguments):
    """How far."""

    short = "by"

    by: Span
    """Such as 30s, 5m or 1h."""


@step("clock.advance", acts=True)
async def advance(stage: Stage, told: Advance) -> None:
    """Let time pass. Each timer comes at its own time, and what it causes is done before the next one comes."""
    if stage.own_time:
        raise NotApplicable(stage.own_time)
    await stage.lab.patience.advance(told.by)
