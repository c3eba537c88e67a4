"""Where everything stands in a ladder: the story laid out in columns, with the figure's step numbers.

Knows no character and no pixel. Two views: each element with a
column of its own, or as the seed draws it, with the SIP core as one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import frozen

from harness.cast import CORE, HSS, ICSCF, PCSCF, SCSCF, VALSERVER, Cast
from harness.ladder import captions
from harness.ladder.rungs import Arrow, Ladder, Point, Row
from harness.story import Leg, Moment, Passage, Remark

ORDER = (PCSCF, ICSCF, SCSCF, HSS, CORE, VALSERVER)
"""From left to right, after the UEs; strangers come last."""


@frozen
class Seen:
    """A leg or remark between named parts, before columns are chosen."""

    order: int
    """Its place in the trace, by which rows are sorted."""
    at: float
    number: int | None
    who: tuple[str, ...]
    """Source and target, or the one who noted it."""
    draw: Callable[[Mapping[str, int]], Arrow | Point]


def by_element(title: str, moments: Iterable[Moment], cast: Cast, numbers: Mapping[int, int]) -> Ladder:
    """Give each element its own column; a message has its details where it sets out."""

    def legs(passage: Passage) -> Iterator[Seen]:
        known: set[tuple[str, str]] = set()
        for leg in passage.legs:
            again = _way(leg) in known
            known.add(_way(leg))
            details = captions.details(leg.sent.message) if leg.at == passage.at else ()
            yield _leg(leg, (leg.source, leg.target), leg.at, numbers.get(passage.at), details, again=again)

    return _laid_out(title, moments, numbers, cast, legs, str)


def by_part(title: str, moments: Iterable[Moment], cast: Cast, numbers: Mapping[int, int]) -> Ladder:
    """Draw the SIP core as one column, as the seed's figures do; what is passed on inside it is not seen.

    A message leaves the core when its first element sends it on, however long it takes to the border.
    """

    def legs(passage: Passage) -> Iterator[Seen]:
        inside = [leg.at for leg in passage.legs if cast.part(leg.source) == CORE]
        known: set[tuple[str, str]] = set()
        for leg in passage.legs:
            source, target = cast.part(leg.source), cast.part(leg.target)
            if source == target:
                continue
            again = _way(leg) in known
            known.add(_way(leg))
            order = inside[0] if source == CORE and not again else leg.at
            who = (_shown(leg.source, cast), _shown(leg.target, cast))
            details = () if again else captions.details(leg.sent.message)
            yield _leg(leg, who, order, numbers.get(passage.at), details, again=again)

    return _laid_out(title, moments, numbers, cast, legs, lambda name: _shown(name, cast))


def _shown(name: str, cast: Cast) -> str:
    return CORE if cast.part(name) == CORE else name


def _way(leg: Leg) -> tuple[str, str]:
    return leg.source, leg.target


def _leg(
    leg: Leg, who: tuple[str, str], order: int, number: int | None, details: tuple[str, ...], *, again: bool
) -> Seen:
    def draw(columns: Mapping[str, int]) -> Arrow:
        name = captions.name(leg.sent.message)
        return Arrow(columns[who[0]], columns[who[1]], name, details, leg.lost, again)

    return Seen(order, leg.sent.at, number, who, draw)


def _remark(remark: Remark, who: str, number: int | None) -> Seen:
    text = captions.noted(remark.note)
    return Seen(remark.at, remark.note.at, number, (who,), lambda columns: Point(columns[who], text))


def _laid_out(
    title: str,
    moments: Iterable[Moment],
    numbers: Mapping[int, int],
    cast: Cast,
    legs: Callable[[Passage], Iterator[Seen]],
    shown: Callable[[str], str],
) -> Ladder:
    seen: list[Seen] = []
    for moment in moments:
        if isinstance(moment, Passage):
            seen += legs(moment)
        else:
            seen.append(_remark(moment, shown(moment.note.who), numbers.get(moment.at)))
    seen.sort(key=lambda one: one.order)
    names = _columns({who for one in seen for who in one.who}, cast)
    places = {name: place for place, name in enumerate(names)}
    start = seen[0].at if seen else 0.0
    rows = tuple(Row(one.at - start, one.number, one.draw(places)) for one in seen)
    return Ladder(title, tuple(map(cast.title, names)), rows)


def _columns(present: set[str], cast: Cast) -> list[str]:
    ues = sorted(present & cast.ues)
    known = [part for part in ORDER if part in present]
    return [*ues, *known, *sorted(present - set(ues) - set(known))]

