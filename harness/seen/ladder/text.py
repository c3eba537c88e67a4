"""A ladder drawn for a terminal: lifelines, arrows with the figure's step numbers, tokens told by their claims.

Text only, of a given width: where lifelines have no room in it, each message is told in a line that says who sent it to
whom (`lines`). Knows the rungs and no trace.
"""

import textwrap
from itertools import pairwise

from attrs import evolve, frozen

from harness.seen.ladder import lines
from harness.seen.ladder.captions import OVER
from harness.seen.ladder.rungs import Arrow, Ladder, Point, Row

WIDTH = 100
"""Where nothing limits it, unless the lifelines need more."""
MARGIN = 13
"""Columns of text at the left, for the step's number and the time."""
EDGE = 7
"""Free at either side, for half of a title."""
ROOMY = 30
"""Between lifelines; details are wrapped there, and run over the lifelines where there is less."""

LEAST = 14
"""Between lifelines where nothing limits the width; a method has room there, and its transport beneath."""

TIGHT = 11
"""Between lifelines where something does; a method has room there."""

MOST = 45
"""Between lifelines; more would tell no more."""

NOTHING = "nothing was sent"

PLAIN = str.maketrans({"│": "|", "─": "-", "▶": ">", "◀": "<", "├": "|", "┤": "|", "●": "*", "✗": "X", "═": "="})
"""For terminals that have only ASCII."""


@frozen
class Canvas:
    """Where the lifelines are."""

    lines: tuple[int, ...]
    width: int

    @classmethod
    def of(cls, columns: int, width: int | None) -> "Canvas | None":
        """Spread so many lifelines over the width, and no further than of use; None if they have no room there."""
        margins = MARGIN + 2 * EDGE
        if width is None:
            width = max(margins + LEAST * (columns - 1), WIDTH)
        if width < margins + TIGHT * (columns - 1):
            return None
        width = min(width, max(WIDTH, margins + MOST * (columns - 1)))
        first, last = MARGIN + EDGE, width - EDGE
        step = (last - first) / max(1, columns - 1)
        return cls(tuple(round(first + step * place) for place in range(columns)), width)

    @property
    def gap(self) -> int:
        """The least distance between two neighbours; of one alone, what is free at its right."""
        return min((right - left for left, right in pairwise(self.lines)), default=self.width - self.lines[0])

    @property
    def roomy(self) -> bool:
        """Whether details fit between two lifelines."""
        return self.gap >= ROOMY

    def empty(self) -> str:
        """Give a line with nothing but lifelines."""
        return self.over("", dict.fromkeys(self.lines, "│"))

    def written(self, column: int, text: str) -> str:
        """Give a line with this text from a column on, and a blank where a lifeline would touch it."""
        before = " " if column - 1 in self.lines else ""
        after = " " if column + len(text) in self.lines else ""
        return self.over(self.empty(), {column - len(before): f"{before}{text}{after}"})

    def over(self, line: str, marks: dict[int, str]) -> str:
        """Put each text over the line from its column on."""
        for column, text in marks.items():
            line = line.ljust(column)[:column] + text + line[column + len(text) :]
        return line


def draw(ladder: Ladder, width: int | None = None, *, plain: bool = False) -> str:
    """Draw the whole ladder, in at most so many columns if they are limited; `plain` uses ASCII only."""
    if not ladder.rows:
        return "\n\n".join(filter(None, [ladder.title, NOTHING]))
    canvas = Canvas.of(len(ladder.columns), width)
    if canvas is None:
        drawn = lines.told(ladder, width or WIDTH)
    else:
        drawn = (line for part in (_head(ladder, canvas), *(_row(row, canvas) for row in ladder.rows)) for line in part)
    title = [*(textwrap.wrap(ladder.title, width) if width else [ladder.title]), ""] if ladder.title else []
    text = "\n".join(line.rstrip() for line in (*title, *drawn))
    return text.translate(PLAIN) if plain else text


def _head(ladder: Ladder, canvas: Canvas) -> list[str]:
    """Give over each lifeline whose it is: one above the other where two would meet."""
    titles = [textwrap.wrap(title, canvas.gap - 1) or [""] for title in ladder.columns]
    deep = max(map(len, titles))
    rows = [
        {line - len(lines[at - deep]) // 2: lines[at - deep] for line, lines in _reaching(titles, canvas, deep - at)}
        for at in range(deep)
    ]
    return [*(canvas.over("", row) for row in rows), canvas.empty()]


def _reaching(titles: list[list[str]], canvas: Canvas, up: int) -> list[tuple[int, list[str]]]:
    """Give the lifelines whose titles reach so many lines up."""
    return [(line, lines) for line, lines in zip(canvas.lines, titles, strict=True) if len(lines) >= up]


def _row(row: Row, canvas: Canvas) -> list[str]:
    number = f"{row.number:>3}" if row.number is not None else "   "
    first, *more = _arrow(row.mark, canvas) if isinstance(row.mark, Arrow) else _point(row.mark, canvas)
    return [canvas.over(first, {0: f"{number} {row.at:8.3f}"}), *more]


def _arrow(arrow: Arrow, canvas: Canvas) -> list[str]:
    start, end = canvas.lines[arrow.source], canvas.lines[arrow.target]
    left, right = min(start, end), max(start, end)
    whole = f"{arrow.name} again" if arrow.again else arrow.name
    told, over, transport = arrow.name.partition(OVER)
    if over and len(whole) > right - left - 5:
        details = (f"{over.strip()} {transport}", *arrow.details)
        arrow = evolve(arrow, name=told, details=details)
    shaft = _shaft(arrow, right - left - 1, forward=start < end)
    first = canvas.over(canvas.empty(), {left + 1: shaft, start: "├" if start < end else "┤"})
    return [first, *(canvas.written(left + 4, line) for line in _details(arrow, right - left, canvas))]


def _shaft(arrow: Arrow, length: int, *, forward: bool) -> str:
    label = f" {_label(arrow, length - 4)} "
    if len(label) + 3 > length:  # a tight ladder has room for the name alone
        name = label.strip()[: length - 1]
        end = "✗" if arrow.lost else "▶" if forward else "◀"
        return f"{name:─<{length - 1}}{end}" if forward else f"{end}{name:─>{length - 1}}"
    if arrow.lost:
        flown = max(len(label), length * 3 // 4 - 3)
        return (
            f"──{label.ljust(flown, '─')}✗".ljust(length) if forward else f"✗{label.rjust(flown, '─')}──".rjust(length)
        )
    return f"──{label.ljust(length - 3, '─')}▶" if forward else f"◀{label.rjust(length - 3, '─')}──"


def _label(arrow: Arrow, room: int) -> str:
    """Say the longest that fits: the whole name, or its first word."""
    whole = f"{arrow.name} again" if arrow.again else arrow.name
    return whole if len(whole) <= room else arrow.name.split(" ")[0]


def _details(arrow: Arrow, span: int, canvas: Canvas) -> list[str]:
    if canvas.roomy:
        return [line for detail in arrow.details for line in textwrap.wrap(detail, span - 5)]
    left = canvas.lines[min(arrow.source, arrow.target)]
    return textwrap.wrap(", ".join(arrow.details), canvas.width - left - 4)


def _point(point: Point, canvas: Canvas) -> list[str]:
    """Put the text at the right of the lifeline, or at the left of the last one of several."""
    line = canvas.lines[point.column]
    last = 0 < point.column == len(canvas.lines) - 1
    over_others = line - MARGIN if last else canvas.width - line
    lines = textwrap.wrap(point.text, (canvas.gap if canvas.roomy else over_others) - 5) or [""]
    texts = [canvas.written((line - 2 - len(text)) if last else (line + 2), text) for text in lines]
    texts[0] = canvas.over(texts[0], {line: "●"})
    return texts
