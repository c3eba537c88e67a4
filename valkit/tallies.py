"""How often what happened: counts of notes, by few and known words.

A program says in a table of tallies which of its notes are counted and by which of their fields. A value that the
table does not have is counted as `other`: whatever peers say, there are only so many numbers, and no identity, name or
token is in any of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import field, frozen

from valkit.trace import Note

OTHER = "other"


def _as_set(values: Iterable[str]) -> frozenset[str]:
    return frozenset(values)


def _as_sets(by: Mapping[str, Iterable[str]]) -> Mapping[str, frozenset[str]]:
    return {name: frozenset(values) for name, values in by.items()}


@frozen(eq=False)
class Tally:
    """One counter: which notes it counts, and by which of their fields."""

    name: str
    """As Prometheus has it, without `_total`."""
    says: str
    """What is counted, for people."""
    notes: frozenset[str] = field(converter=_as_set)
    """What notes it counts; of several, the label `event` says which it was."""
    by: Mapping[str, frozenset[str]] = field(factory=dict, converter=_as_sets)
    """Fields that become labels, and the values that each of them may have there."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of its labels."""
        return (*(("event",) if len(self.notes) > 1 else ()), *self.by)

    def values(self, note: Note) -> tuple[str, ...]:
        """Give the labels' values for a note; a field that the note has not is empty."""
        known = (_known(note.fields.get(name, ""), values) for name, values in self.by.items())
        return (*((note.what,) if len(self.notes) > 1 else ()), *known)


def _known(value: str, values: frozenset[str]) -> str:
    """Give the value as far as it is known: by itself, or as the beginning of a sentence that goes into detail."""
    if not value or value in values:
        return value
    return next((each for each in values if value.startswith(f"{each} ")), OTHER)


class Tallies:
    """The counts of one program, which only grow; an `Observer`."""

    def __init__(self, tallies: Iterable[Tally]) -> None:
        self.counts: dict[Tally, Counter[tuple[str, ...]]] = {tally: Counter() for tally in tallies}
        self._by_note: dict[str, list[Tally]] = {}
        for tally in self.counts:
            for what in tally.notes:
                self._by_note.setdefault(what, []).append(tally)

    def __call__(self, note: Note) -> None:
        """Count a note, if any tally does."""
        for tally in self._by_note.get(note.what, ()):
            self.counts[tally][tally.values(note)] += 1
