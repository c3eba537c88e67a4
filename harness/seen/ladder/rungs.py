"""What a ladder is made of: columns, and rows of arrows and points; values for whoever draws."""

from attrs import frozen


@frozen
class Arrow:
    """A message between two columns."""

    source: int
    target: int
    name: str
    details: tuple[str, ...] = ()
    lost: bool = False
    again: bool = False
    """The same message was here before."""


@frozen
class Point:
    """Something noted at one column."""

    column: int
    text: str


@frozen
class Row:
    """One line of the ladder."""

    at: float
    """Seconds since the first event."""
    number: str | None
    """The figure's step, where it is one."""
    mark: Arrow | Point
    place: int = 0
    """Of what it shows, in the trace."""


@frozen
class Ladder:
    """A whole ladder."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
