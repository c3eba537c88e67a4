"""The timeline of bindings as a picture: a lane for each IMPU and VAL service, a bar for as long as a binding stood.

Scenarios move the clock by days, so the axis is in order, not in proportion: each moment at which a binding began or
ended is one step to the right, with its time beneath.
"""

from attrs import frozen

from harness.report.drawing import written
from harness.report.model import Account, Binding

LEFT, WIDTH, HEIGHT, AXIS = 12, 1000, 46, 26
"""Left of the bars, and of all; of a lane, and of the axis beneath them."""


@frozen
class Bar:
    """A binding."""

    binding: Binding
    x: float
    width: float
    y: float
    open: bool
    """Whether it still stood at the end."""


@frozen
class Lane:
    """One IMPU in one VAL service."""

    title: str
    y: float
    bars: tuple[Bar, ...]


@frozen
class Lanes:
    """The whole timeline."""

    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[float, str], ...]
    """Places on the axis, and the time there."""
    height: float


def lanes(account: Account) -> Lanes:
    """Draw the bindings of a scenario."""
    turns = sorted({at for one in account.bindings for at in (one.begins, one.ends) if at is not None})
    step = (WIDTH - 2 * LEFT) / (len(turns) + 1)
    places = {at: LEFT + step * (place + 0.5) for place, at in enumerate(turns)}
    titles = dict.fromkeys(map(_title, account.bindings))
    found = tuple(
        Lane(title, row * HEIGHT, tuple(_bar(one, row, places) for one in account.bindings if _title(one) == title))
        for row, title in enumerate(titles)
    )
    ticks = tuple((x, written(account.events[at].at)) for at, x in places.items())
    return Lanes(found, ticks, len(found) * HEIGHT + AXIS)


def _title(binding: Binding) -> str:
    return f"{binding.impu} in {binding.service}" if binding.service else binding.impu


def _bar(binding: Binding, row: int, places: dict[int, float]) -> Bar:
    begin = places[binding.begins]
    end = WIDTH - LEFT if binding.ends is None else places[binding.ends]
    return Bar(binding, begin, end - begin, row * HEIGHT, binding.ends is None)
