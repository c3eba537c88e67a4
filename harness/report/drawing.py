"""Where everything of a ladder stands in a picture: an account's rungs as lines, labels and heads, in pixels.

Pure geometry; what it looks like is the template's and the style's. Widths of text are estimated, as nobody can measure
them here: what runs over a lifeline has an outline in the paper's colour.
"""

import textwrap
from collections.abc import Iterator

from attrs import frozen

from harness.report.model import Account, Noted, Rung, Sent
from valkit.durations import in_words

LEFT = 122
"""Before the first lifeline: the step's number, the time, half of a title."""
RIGHT = 66
"""After the last lifeline."""
NEAR, FAR, SPREAD = 128, 280, 920
"""Between lifelines: at least, at most, and what all of them together like to take."""
LETTER, SMALL = 6.7, 6.0
"""Average width of a letter on an arrow and beneath it."""
BROAD = 1240
"""Pixels that a picture may have to be shrunk where there is less room."""
TOP = 14
"""Above the first row."""
ABOVE, BELOW, LINE, NOTE = 22, 12, 15, 25
"""A row's height: over an arrow, under it, for each line of details; a note's whole row."""
LONG = 100
"""Seconds from which on a time is written in words."""
WIDEST = 230
"""Of details, where the arrow is shorter."""


@frozen
class Label:
    """A line of text; `anchor` is start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "middle"
    token: bool = False
    """Whether it tells of a token."""


@frozen
class Drawn:
    """One row of the ladder."""

    rung: Rung
    top: float
    height: float
    y: float
    """Of the arrow or the point."""
    x1: float
    x2: float
    """Where the arrow begins and where it ends; the same for a point."""
    label: Label
    details: tuple[Label, ...]
    at: str
    """The time, as it is written at the left."""
    sent: Sent | None
    """The message; None for a note."""

    @property
    def head(self) -> str:
        """Give the corners of the arrow's head."""
        back = self.x2 - 9 if self.x2 > self.x1 else self.x2 + 9
        return f"{self.x2:g},{self.y:g} {back:g},{self.y - 4.5:g} {back:g},{self.y + 4.5:g}"

    @property
    def stops(self) -> float:
        """Where a lost message is struck out."""
        return self.x1 + (self.x2 - self.x1) * 0.7


@frozen
class Drawing:
    """A whole ladder."""

    width: float
    height: float
    lines: tuple[float, ...]
    """Where the lifelines are."""
    heads: tuple[Label, ...]
    """Titles of the columns."""
    rows: tuple[Drawn, ...]

    @property
    def broad(self) -> bool:
        """Whether it is too broad to be shrunk to a screen."""
        return self.width > BROAD


def drawing(account: Account) -> Drawing:
    """Draw the ladder of a scenario."""
    count = len(account.columns)
    gap = min(FAR, max(NEAR, SPREAD / max(1, count - 1)))
    lines = tuple(round(LEFT + gap * place) for place in range(count))
    width = (lines[-1] if lines else LEFT) + RIGHT
    rows = tuple(_rows(account, lines, width))
    height = (rows[-1].top + rows[-1].height if rows else 0) + TOP
    heads = tuple(Label(x, 24, title) for x, title in zip(lines, account.columns, strict=True))
    return Drawing(width, height, lines, heads, rows)


def written(seconds: float) -> str:
    """Write a time since the first event: in seconds as long as they tell something, then in words."""
    return f"{seconds:.3f}" if seconds < LONG else in_words(seconds)


def _rows(account: Account, lines: tuple[int, ...], width: float) -> Iterator[Drawn]:
    top = float(TOP)
    for rung in account.ladder:
        event = account.events[rung.event]
        row = (
            _note(rung, event, lines, top, width)
            if isinstance(event, Noted)
            else _arrow(rung, event, lines, top, width)
        )
        yield row
        top += row.height


def _note(rung: Rung, event: Noted, lines: tuple[int, ...], top: float, width: float) -> Drawn:
    x, y = lines[rung.source], top + NOTE / 2
    over = x + 12 + len(rung.says) * LETTER > width
    label = Label(x - 12, y + 4, rung.says, "end") if over else Label(x + 12, y + 4, rung.says, "start")
    return Drawn(rung, top, NOTE, y, x, x, label, (), written(event.at), None)


def _arrow(rung: Rung, event: Sent, lines: tuple[int, ...], top: float, width: float) -> Drawn:
    x1, x2 = lines[rung.source], lines[rung.target]
    y, middle, span = top + ABOVE, (x1 + x2) / 2, abs(x2 - x1)
    name = f"{rung.says} again" if rung.again else rung.says
    room = int(max(span, WIDEST) / SMALL)
    details = [(line, _tells(detail, event)) for detail in rung.details for line in textwrap.wrap(detail, room)]
    beneath = tuple(
        Label(_within(middle, len(line) * SMALL, width), y + 2 + LINE * (at + 1), line, token=token)
        for at, (line, token) in enumerate(details)
    )
    label = Label(_within(middle, len(name) * LETTER, width), y - 6, name)
    height = ABOVE + BELOW + LINE * len(details)
    return Drawn(rung, top, height, y, x1, x2, label, beneath, written(event.at), event)


def _tells(detail: str, event: Sent) -> bool:
    """Whether a detail tells of a token that can be read."""
    return detail.partition(" ")[0] in {"token:", *(token.where for token in event.tokens)}


def _within(middle: float, length: float, width: float) -> float:
    """Move a text so that it stays in the picture."""
    return round(min(max(middle, 86 + length / 2), width - 4 - length / 2), 1)
