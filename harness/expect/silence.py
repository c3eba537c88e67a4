"""That something does not come: until all is quiet, and if asked for some time beyond that."""

from collections.abc import Callable

from pydantic import Field

from harness.errors import Finding, NotObservable, Unmet
from harness.grammar.vocabulary import Arguments, Span
from harness.stage import Stage
from valkit.durations import in_words


class Silence(Arguments):
    """How long nothing may come."""

    lasts: Span = Field(0.0, alias="for")
    """So long there has to be none still, once all is quiet: time passes on the lab's clock, each timer comes at its
    own time. Where a part keeps its own time, that is not observed."""


PHONES = "the phones' SIP stack keeps its own time"


async def silence(stage: Stage, told: Silence, what: str, found: Callable[[], Finding | None]) -> None:
    """Wait until all is quiet, and then for as long as is told; Unmet as soon as there is something."""
    await stage.settled()
    _refuse(what, found())
    if told.lasts:
        lasting = in_words(told.lasts)
        own_time = stage.own_time or (PHONES if stage.lab.plan.foreign_phones else "")
        if own_time:
            raise NotObservable(f"that for {lasting} there is no {what} ({own_time})")
        await stage.lab.patience.advance(told.lasts)
        await stage.settled()
        _refuse(f"{what} for {lasting}", found())


def _refuse(what: str, came: Finding | None) -> None:
    if came is not None:
        raise Unmet(Finding(f"no {what}", came.got, came.message))
