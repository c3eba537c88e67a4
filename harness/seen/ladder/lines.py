"""A ladder told line by line, where a terminal has no room for its lifelines: who sent what to whom, what was noted."""

import textwrap
from collections.abc import Iterator

from harness.seen.ladder.rungs import Arrow, Ladder, Row

INDENT = " " * 17
"""Of what belongs to the line before, and of what is broken."""


def told(ladder: Ladder, width: int) -> Iterator[str]:
    """Tell every row, each line of at most this width."""
    for row in ladder.rows:
        number = f"{row.number:>3}" if row.number is not None else "   "
        yield from _broken(f"{number} {row.at:8.3f}  {_said(row, ladder.columns)}", width)
        if isinstance(row.mark, Arrow) and row.mark.details:
            yield from _broken(f"{INDENT}{', '.join(row.mark.details)}", width)


def _said(row: Row, columns: tuple[str, ...]) -> str:
    mark = row.mark
    if not isinstance(mark, Arrow):
        return f"{columns[mark.column]} ● {mark.text}"
    end = "✗ lost on the way to" if mark.lost else "──▶"
    again = " again" if mark.again else ""
    return f"{columns[mark.source]} ── {mark.name}{again} {end} {columns[mark.target]}"


def _broken(line: str, width: int) -> list[str]:
    return textwrap.wrap(
        line, width, subsequent_indent=INDENT, break_on_hyphens=False, drop_whitespace=True, replace_whitespace=False
    )
