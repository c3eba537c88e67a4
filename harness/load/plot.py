"""A load over time as lines in a picture: the rate of journeys, and of each step its percentiles. Pure geometry.

The picture is stretched to the width of the screen, and words are not: so what stands along is told as a share of the
width, and what stands across in pixels. What it looks like is the page's business.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor, log10

from attrs import frozen

from harness.load.result import PERCENTILES, Result
from harness.load.shown import written
from harness.load.tally import Second, sum_of

WIDTH, HEIGHT = 1_000, 180
TOP, BOTTOM = 8, 4
"""Pixels above the highest value and below 0."""
MOST = 240
"""Points of a line at most; of a longer load several seconds are one."""
LINES = 4
"""Lines across, about."""


@frozen
class Tick:
    """A place on an axis, and what stands there."""

    at: float
    """Pixels from the top, or percent of the width."""
    says: str


@frozen
class Line:
    """One line."""

    name: str
    points: str
    """As SVG has them."""
    highest: str
    """What it is at its highest, in words."""


@frozen
class Plot:
    """One picture."""

    title: str
    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    """Of the height."""
    along: tuple[Tick, ...]
    """Of the time."""


def plots(result: Result) -> tuple[Plot, ...]:
    """Draw a load: journeys per second, then the percentiles of each step."""
    points = _points(result)
    if not points:
        return ()
    wide = points[1][0] - points[0][0] if len(points) > 1 else 1
    end = min(result.took, result.asked.profile.seconds)  # journeys are due until then

    def rate(count: int, at: int) -> float:
        return count / (min(wide, end - at) if at < end else wide)

    rates = {
        "due": [(at, rate(second.due, at)) for at, second in points],
        "succeeded": [(at, rate(second.succeeded, at)) for at, second in points],
        "failed or held back": [(at, rate(second.failed + second.held_back, at)) for at, second in points],
    }
    found = [_plot("Journeys per second", rates, result.took, _plain)]
    for name, step in result.steps:
        if len(step.took):
            found.append(_plot(f"How long {name} took", _percentiles(name, points), result.took, written))
    return tuple(found)


def _points(result: Result) -> list[tuple[int, Second]]:
    """Give the seconds, or several of them together where there are many, with when each begins."""
    seconds = result.tally.seconds
    if not seconds:
        return []
    last = max(seconds)
    wide = ceil((last + 1) / MOST)
    return [
        (at, sum_of(seconds[each] for each in range(at, at + wide) if each in seconds))
        for at in range(0, last + 1, wide)
    ]


def _percentiles(name: str, points: Sequence[tuple[int, Second]]) -> Mapping[str, list[tuple[int, float]]]:
    found = [
        (at, second.steps[name].took) for at, second in points if name in second.steps and len(second.steps[name].took)
    ]
    return {title: [(at, took.percentile(share)) for at, took in found] for title, share in PERCENTILES.items()}


def _plot(title: str, rows: Mapping[str, list[tuple[int, float]]], took: float, words: object) -> Plot:
    assert callable(words)
    highest = max((value for row in rows.values() for _, value in row), default=0.0)
    step = _round(highest / LINES)
    top = step * max(1, ceil(highest / step - 1e-9))
    span = max(1.0, took)
    lines = tuple(
        Line(
            name,
            " ".join(f"{_x(at, span):.1f},{_y(value, top):.1f}" for at, value in _drawn(row)),
            words(max((value for _, value in row), default=0.0)),
        )
        for name, row in rows.items()
    )
    across = tuple(Tick(_y(value, top), words(value) if value else "0") for value in _ticks(step, top))
    seconds = _ticks(_round(span / LINES), span)
    along = tuple(Tick(round(_x(value, span) / WIDTH * 100, 2), f"{value:g} s") for value in seconds)
    return Plot(title, lines, across, along)


def _drawn(row: Sequence[tuple[int, float]]) -> list[tuple[float, float]]:
    """Give the points of a line, each in the middle of its second; one by itself is as long as its second."""
    if len(row) == 1:
        return [(at + along, value) for at, value in row for along in (0.0, 1.0)]
    return [(at + 0.5, value) for at, value in row]


def _ticks(step: float, end: float) -> Iterator[float]:
    for number in range(floor(end / step + 1e-9) + 1):
        yield number * step


def _round(value: float) -> float:
    """Give 1, 2 or 5 times a power of ten that is not less."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next((each * power for each in (1, 2, 5) if each * power >= value * (1 - 1e-9)), 10 * power)


def _x(seconds: float, span: float) -> float:
    return min(1.0, seconds / span) * WIDTH


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)


def _plain(value: float) -> str:
    return f"{value:.0f}/s" if value >= 100 else f"{value:.3g}/s"
