"""What came before what, and what came in whatever order."""

from collections.abc import Callable, Sequence

from pydantic import ConfigDict, Field, model_validator

from harness.errors import Finding
from harness.expect import event, http, message
from harness.expect.event import Happened
from harness.expect.http import Spoke
from harness.expect.message import MessageIs
from harness.grammar.vocabulary import Arguments, step
from harness.seen.story import Moment, Passage, Spoken
from harness.stage import Stage
from valkit.settings import YesNo


class Item(Arguments):
    """A message or an event, or several in any order."""

    model_config = ConfigDict(title="happening")

    message: MessageIs | None = None
    """A message by its pattern and what is in it; what counts is when it set out."""
    event: Happened | None = None
    """An event by its words."""
    http: Spoke | None = None
    """An HTTP message by its pattern."""
    any_order: tuple["Item", ...] | None = Field(None, min_length=2)
    """Several of these, each by a happening of its own, in any order among themselves."""

    @model_validator(mode="after")
    def _one(self) -> "Item":
        if len([one for one in (self.message, self.event, self.http, self.any_order) if one is not None]) != 1:
            raise ValueError("is not one of message, event, http and any_order (expected one of them)")
        if any(each.any_order is not None for each in self.any_order or ()):
            raise ValueError("has any_order within any_order (expected messages and events)")
        return self

    @property
    def each(self) -> tuple["Item", ...]:
        """All that has to come before what is next."""
        return self.any_order or (self,)

    def __str__(self) -> str:
        return " and ".join(str(one.message or one.event or one.http) for one in self.each)


class Order(Arguments):
    """What happened, one after the other."""

    listed = "items"

    items: tuple[Item, ...] = Field(min_length=1)
    """Messages and events, each after the one before."""
    since_start: YesNo = True
    """Looks at everything since the scenario began; otherwise since the last act."""

    @model_validator(mode="after")
    def _several(self) -> "Order":
        if sum(len(item.each) for item in self.items) < 2:
            raise ValueError("names one happening (expected two or more)")
        return self


@step("expect.order")
async def expect_order(stage: Stage, told: Order) -> None:
    """Check that all of these happened, each after the one before, or in any order where that is said."""

    async def check() -> Finding | None:
        return _fault(stage, told)

    await stage.until(check)


def _fault(stage: Stage, told: Order) -> Finding | None:
    whole: Sequence[Moment] = stage.moments(from_start=told.since_start)
    moments = whole
    before = "the beginning" if told.since_start else "the last act"
    for item in told.items:
        end, missing = _assigned(item.each, moments, lambda one, moment: _is(stage, one, moment))
        if missing:
            if any(_is(stage, missing[0], moment) for moment in whole[: len(whole) - len(moments)]):
                early = "it came before that; a message is one, however often it is passed on"
                return Finding(f"{missing[0]} after {before}", early)
            near = _nearest(stage, missing[0], moments)
            return Finding(f"{missing[0]} after {before}", f"it did not come then, {near.got}", near.message)
        moments, before = moments[end:], str(item)  # goes on behind the last one found
    return None


def _assigned(
    items: Sequence[Item], moments: Sequence[Moment], fits: Callable[[Item, Moment], bool]
) -> tuple[int, list[Item]]:
    """Give each item a moment of its own, as early as can be: where the last one ends, and the items that have none.

    A moment that fits several items is given to another of them where that makes room (a matching by augmenting paths).
    """
    taken: dict[int, int] = {}
    fitting: list[list[int]] = []

    def placed(at: int, tried: set[int]) -> bool:
        for one in fitting[at]:
            if one not in tried:
                tried.add(one)
                if one not in taken or placed(taken[one], tried):
                    taken[one] = at
                    return True
        return False

    for at, moment in enumerate(moments):
        fitting.append([one for one, item in enumerate(items) if fits(item, moment)])
        if placed(at, set()) and len(taken) == len(items):
            return at + 1, []
    return len(moments), [item for one, item in enumerate(items) if one not in taken]


def _is(stage: Stage, item: Item, moment: Moment) -> bool:
    if isinstance(moment, Passage):
        return item.message is not None and message.fits(item.message, moment, stage)
    if isinstance(moment, Spoken):
        return item.http is not None and item.http.fits(moment.http, stage.lab.cast)
    return item.event is not None and item.event.is_noted(moment.note, stage.lab.cast)


def _nearest(stage: Stage, item: Item, moments: Sequence[Moment]) -> Finding:
    """Show what came instead, and is most like it."""
    if item.message is not None:
        return message.nearest(stage, item.message, moments)
    if item.http is not None:
        return http.nearest(stage, item.http, moments)
    assert item.event is not None, "a happening is one of three"
    return event.nearest(stage, item.event, moments)
