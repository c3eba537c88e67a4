"""What came before what."""

from pydantic import ConfigDict, Field, model_validator

from harness.errors import Finding, Unmet
from harness.expect.event import Happened
from harness.expect.http import Spoke
from harness.expect.message import MessageIs, fits
from harness.stage import Stage
from harness.story import Moment, Passage, Spoken
from harness.vocabulary import Arguments, step


class Item(Arguments):
    """A message or an event."""

    model_config = ConfigDict(title="happening")

    message: MessageIs | None = None
    """A message by its pattern and what is in it; what counts is when it set out."""
    event: Happened | None = None
    """An event by its words."""
    http: Spoke | None = None
    """An HTTP message by its pattern."""

    @model_validator(mode="after")
    def _one(self) -> "Item":
        if len([one for one in (self.message, self.event, self.http) if one is not None]) != 1:
            raise ValueError("is not one of message, event and http (expected one of them)")
        return self

    def __str__(self) -> str:
        return str(self.message or self.event or self.http)


class Order(Arguments):
    """What happened, one after the other."""

    listed = "items"

    items: tuple[Item, ...] = Field(min_length=2)
    """Messages and events since the scenario began."""


@step("expect.order")
async def expect_order(stage: Stage, told: Order) -> None:
    """Check that all of these happened since the scenario began, each after the one before."""

    async def check() -> Finding | None:
        return _fault(stage, told)

    await stage.until(check)


def _fault(stage: Stage, told: Order) -> Finding | None:
    moments = iter(stage.moments(from_start=True))
    before = "the beginning"
    for item in told.items:
        if not any(_is(stage, item, moment) for moment in moments):  # goes on where the last one was found
            return Finding(f"{item} after {before}", "it did not come then")
        before = str(item)
    return None


def _is(stage: Stage, item: Item, moment: Moment) -> bool:
    if isinstance(moment, Passage):
        return item.message is not None and fits(item.message, moment, stage)
    if isinstance(moment, Spoken):
        return item.http is not None and item.http.fits(moment.http, stage.lab.cast)
    return item.event is not None and item.event.is_noted(moment.note, stage.lab.cast)


__all__ = ["Order", "Unmet", "expect_order"]
