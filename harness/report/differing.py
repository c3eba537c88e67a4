"""The messages of a scenario in two runs: which are new, which are gone, what is other in those that both have. Pure.

Messages that are alike in all that does not vary are the same, in whichever order they came: what goes on at once has
none. Of the others those between the same two, of the same method, are held against each other, the likest first. A SIP
message that was sent again counts once, since that is a matter of how busy a machine was.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from attrs import frozen

from harness.report.elements import Element, elements, steady
from harness.report.model import Sent

LIKELY = 40
"""So many messages on each side are held against each other each with each; more are taken in their order."""
STATUS = 1000
"""Another status makes two answers as unlike as so many elements."""


@frozen
class Change:
    """One element of a message; None: it is not there."""

    element: str
    before: str | None
    after: str | None


@frozen
class Changed:
    """A message that both runs have, and what is other in it."""

    message: str
    """Its kind, with its earlier status."""
    changes: tuple[Change, ...]


@frozen
class Exchanged:
    """A scenario whose messages differ: how many more of each kind, how many less, and what changed in others."""

    id: str
    new: dict[str, int]
    gone: dict[str, int]
    changed: tuple[Changed, ...] = ()


@frozen
class _Read:
    """A message, read."""

    sent: Sent
    elements: tuple[Element, ...]

    @property
    def group(self) -> tuple[object, ...]:
        """Give what two messages have to have in common to be held against each other."""
        sent = self.sent
        ends = steady(sent.source), steady(sent.target)
        return (*ends, sent.method, steady(sent.path), sent.status is None, sent.fate == "lost")


def kind(sent: Sent) -> str:
    """Tell a message by what is the same in every run."""
    path = steady(sent.path)
    name = steady(sent.name) if sent.status is None else f"{sent.name} to {sent.method} {path}".rstrip()
    ends = f"{steady(sent.source)} to {steady(sent.target)}"
    return f"{name}, {ends}{', lost' if sent.fate == 'lost' else ''}"


def exchanged(id_: str, before: Sequence[object], after: Sequence[object]) -> Exchanged | None:
    """Hold the events of a scenario in two runs against each other; None where no message differs."""
    was, now = map(_grouped, (before, after))
    new: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    changed: list[Changed] = []
    for group in dict.fromkeys((*was, *now)):
        old_ones, new_ones = _apart(was.get(group, []), now.get(group, []))
        for one, other in _paired(old_ones, new_ones):
            old_ones.remove(one)
            new_ones.remove(other)
            changed.append(Changed(kind(one.sent), _changes(one, other)))
        gone.update(kind(one.sent) for one in old_ones)
        new.update(kind(one.sent) for one in new_ones)
    if not (new or gone or changed):
        return None
    return Exchanged(id_, dict(new), dict(gone), tuple(changed))


def _grouped(events: Iterable[object]) -> dict[tuple[object, ...], list[_Read]]:
    groups: dict[tuple[object, ...], list[_Read]] = {}
    for one in _read(events):
        groups.setdefault(one.group, []).append(one)
    return groups


def _read(events: Iterable[object]) -> Iterator[_Read]:
    """Read the messages among some events, one that was sent again once."""
    before: set[tuple[str, ...]] = set()
    for sent in events:
        if not isinstance(sent, Sent):
            continue
        key = sent.source, sent.target, sent.fate, sent.text
        if sent.protocol == "HTTP" or key not in before:
            yield _Read(sent, elements(sent))
        before.add(key)


def _apart(was: list[_Read], now: list[_Read]) -> tuple[list[_Read], list[_Read]]:
    """Leave out of both sides what both have."""
    return _without(was, now), _without(now, was)


def _without(ones: list[_Read], others: list[_Read]) -> list[_Read]:
    there = Counter(map(_content, others))
    left = []
    for one in ones:
        content = _content(one)
        if there[content] > 0:
            there[content] -= 1
        else:
            left.append(one)
    return left


def _content(one: _Read) -> tuple[object, ...]:
    return one.sent.status, one.sent.name if one.sent.status is not None else "", tuple(sorted(one.elements))


def _paired(was: list[_Read], now: list[_Read]) -> list[tuple[_Read, _Read]]:
    """Pair those that are to be held against each other."""
    if len(was) > LIKELY or len(now) > LIKELY:
        return list(zip(was, now, strict=False))
    found: list[tuple[_Read, _Read]] = []
    by_distance = sorted(product(enumerate(was), enumerate(now)), key=lambda both: _distance(*both))
    taken: tuple[set[int], set[int]] = (set(), set())
    for (at, one), (place, other) in by_distance:
        if at not in taken[0] and place not in taken[1]:
            taken[0].add(at)
            taken[1].add(place)
            found.append((one, other))
    return sorted(found, key=lambda pair: pair[0].sent.at)


def _distance(was: tuple[int, _Read], now: tuple[int, _Read]) -> tuple[int, int]:
    (at, one), (place, other) = was, now
    old, new = Counter(one.elements), Counter(other.elements)
    return (
        (old - new).total() + (new - old).total() + STATUS * (one.sent.status != other.sent.status),
        abs(place - at),
    )


def _changes(one: _Read, other: _Read) -> tuple[Change, ...]:
    """Give what is other: of another status that alone, since all else follows from it."""
    if one.sent.status != other.sent.status:
        return (Change("status", one.sent.name, other.sent.name),)
    old, new = Counter(one.elements), Counter(other.elements)
    gone, come = list((old - new).elements()), list((new - old).elements())
    reason = [Change("reason", one.sent.name, other.sent.name)] if _renamed(one, other) else []
    return (*reason, *_elements(gone, come))


def _renamed(one: _Read, other: _Read) -> bool:
    return one.sent.status is not None and one.sent.name != other.sent.name


def _elements(gone: list[Element], come: list[Element]) -> Iterator[Change]:
    """Pair values of one name in their order; what has no partner is gone or new."""
    for name in dict.fromkeys(name for name, _ in (*gone, *come)):
        old, new = ([value for each, value in side if each == name] for side in (gone, come))
        shared = min(len(old), len(new))
        yield from (Change(name, before, after) for before, after in zip(old, new, strict=False))
        yield from (Change(name, before, None) for before in old[shared:])
        yield from (Change(name, None, after) for after in new[shared:])
