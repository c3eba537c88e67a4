"""Where everything stands in a ladder: the story laid out in columns, with the figure's step numbers.

Knows no character and no pixel. Two views: each element with a column of its own, or as the seed draws it, with the SIP
core as one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from attrs import frozen

from harness.seen.cast import (
    CORE,
    DOMAINS,
    ELEMENTS_OF_CORE,
    GATEWAY,
    HSS,
    ICSCF,
    IDMS,
    PARTNER,
    PCSCF,
    SCSCF,
    VALSERVER,
    Cast,
    apart,
    within,
)
from harness.seen.ladder import captions
from harness.seen.ladder.rungs import Arrow, Ladder, Point, Row
from harness.seen.story import Leg, Moment, Passage, Remark, Spoken

PARTS = (PCSCF, ICSCF, SCSCF, HSS, CORE, VALSERVER, IDMS)
BORDER = tuple(within(domain, GATEWAY) for domain in DOMAINS)
ORDER = (*PARTS, *BORDER, *(within(PARTNER, part) for part in PARTS))
"""From left to right, after the UEs: home, the gateways side by side, the other domain; strangers come last."""

Places = Mapping[str, int]
"""Columns by the names of those who stand there."""


@frozen
class Drawn:
    """A leg that a view shows."""

    leg: Leg
    order: int
    """Its place among the others."""
    detailed: bool
    """Whether what matters of the message is written beneath it."""


class View(Protocol):
    """Who has a column, and what of a message is seen."""

    def shown(self, name: str) -> str:
        """Give the name of the column in which somebody stands."""

    def drawn(self, passage: Passage) -> Iterator[Drawn]:
        """Give the legs that are seen."""


@frozen
class ByElement:
    """Each element by itself, every leg of every message; its details stand where it sets out."""

    cast: Cast

    def shown(self, name: str) -> str:
        """Give the same name; a phone stands where its owner does."""
        return self.cast.holder(name)

    def drawn(self, passage: Passage) -> Iterator[Drawn]:
        """Give every leg."""
        for leg in passage.legs:
            yield Drawn(leg, leg.at, detailed=leg.at == passage.at)


@frozen
class ByPart:
    """The SIP core as one, as the seed's figures have it; what is passed on inside it is not seen.

    A message leaves the core when its first element sends it on, however long it takes to the border.
    """

    cast: Cast

    def shown(self, name: str) -> str:
        """Give the core's name for each of its elements."""
        domain, own = apart(name)
        return within(domain, CORE) if own in ELEMENTS_OF_CORE else self.cast.holder(name)

    def drawn(self, passage: Passage) -> Iterator[Drawn]:
        """Give the legs that cross a border."""
        left = next((leg.at for leg in passage.legs if self._of_a_core(leg.source)), passage.at)
        for leg in passage.legs:
            if self.shown(leg.source) != self.shown(leg.target):
                again = is_again(leg, passage)
                early = self._of_a_core(leg.source) and not again
                yield Drawn(leg, left if early else leg.at, detailed=not again)

    @staticmethod
    def _of_a_core(name: str) -> bool:
        return apart(name)[1] in ELEMENTS_OF_CORE


def laid_out(title: str, moments: Iterable[Moment], view: View, cast: Cast, numbers: Mapping[int, str]) -> Ladder:
    """Lay a story out in a view; `numbers` has a figure's step for the moments that show one, by their place."""
    rows = sorted(_rows(moments, view, numbers), key=lambda row: row.order)
    names = _columns({name for row in rows for name in row.who}, cast)
    places = {name: place for place, name in enumerate(names)}
    start = rows[0].at if rows else 0.0
    return Ladder(
        title,
        tuple(map(cast.title, names)),
        tuple(Row(row.at - start, row.number, row.mark(places), row.place) for row in rows),
    )


def is_again(leg: Leg, passage: Passage) -> bool:
    """Whether the same message went the same way before."""
    first = next(other for other in passage.legs if (other.source, other.target) == (leg.source, leg.target))
    return first is not leg


@frozen
class _Row:
    """A row before columns are known."""

    order: int
    at: float
    number: str | None
    who: tuple[str, ...]
    mark: Callable[[Places], Arrow | Point]
    place: int


def _rows(moments: Iterable[Moment], view: View, numbers: Mapping[int, str]) -> Iterator[_Row]:
    for moment in moments:
        number = numbers.get(moment.at)
        if isinstance(moment, Remark):
            yield _remark(moment, view.shown(moment.note.who), number)
        elif isinstance(moment, Spoken):
            yield _spoken(moment, view, number)
        else:
            for drawn in view.drawn(moment):
                yield _arrow(drawn, moment, view, number if drawn.detailed else None)


def _arrow(drawn: Drawn, passage: Passage, view: View, number: str | None) -> _Row:
    leg, message = drawn.leg, drawn.leg.sent.message
    source, target = view.shown(leg.source), view.shown(leg.target)
    details = captions.details(message) if drawn.detailed else ()
    name = captions.name(message, leg.sent.source.transport)
    again = is_again(leg, passage)

    def mark(places: Places) -> Arrow:
        return Arrow(places[source], places[target], name, details, leg.lost, again)

    return _Row(drawn.order, leg.sent.at, number, (source, target), mark, leg.at)


def _spoken(spoken: Spoken, view: View, number: str | None) -> _Row:
    http = spoken.http
    source, target = view.shown(http.source), view.shown(http.target)

    def mark(places: Places) -> Arrow:
        name, details = captions.spoken_name(http), captions.spoken_details(http)
        return Arrow(places[source], places[target], name, details, http.fate == "lost")

    return _Row(spoken.at, http.at, number, (source, target), mark, spoken.at)


def _remark(remark: Remark, who: str, number: str | None) -> _Row:
    text = captions.noted(remark.note)
    return _Row(remark.at, remark.note.at, number, (who,), lambda places: Point(places[who], text), remark.at)


def _columns(present: set[str], cast: Cast) -> list[str]:
    ues = sorted(present & cast.ues)
    known = [part for part in ORDER if part in present]
    return [*ues, *known, *sorted(present - set(ues) - set(known))]
