"""What happened, for those who watch: the last events in a ring, everybody reads them at their own pace.

A reader holds a position and nothing is queued for it, so a slow one costs no memory; one that falls behind the ring
learns how many events it has missed. Events live as long as the process: after a restart numbers begin anew under
another epoch.
"""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from valkit.trace import Note
from valserver.facts import Event

KEPT = 10_000
"""Events in the ring."""


class Entry(NamedTuple):
    """One event with its number and time."""

    number: int
    at: float
    event: Event


class EventLog:
    """The ring. `epoch` tells this process's events from those of one before."""

    def __init__(self, epoch: str, kept: int = KEPT) -> None:
        self.epoch = epoch
        self._ring: deque[Entry] = deque(maxlen=kept)
        self._next = 1
        self._wake: list[Callable[[], None]] = []

    def append(self, event: Event, at: float) -> None:
        """Add an event and wake those who wait for one."""
        self._ring.append(Entry(self._next, at, event))
        self._next += 1
        for wake in self._wake:
            wake()

    def since(self, number: int, most: int) -> list[Entry]:
        """Give the events after this number, oldest first, not more than so many."""
        begin = max(0, number + 1 - self.oldest)
        return list(islice(self._ring, begin, begin + most))

    @property
    def oldest(self) -> int:
        """The number of the oldest event in the ring; of the next one while it is empty."""
        return self._next - len(self._ring)

    @property
    def last(self) -> int:
        """The number of the latest event; 0 before the first."""
        return self._next - 1

    def position(self, event_id: str) -> int | None:
        """Give the number in an ID that was given out; None if it is of another epoch or none of ours."""
        epoch, _, number = event_id.partition("-")
        return int(number) if epoch == self.epoch and number.isdecimal() and len(number) < 19 else None

    def wake(self, call: Callable[[], None]) -> Callable[[], None]:
        """Call this at every event from now on. Gives what ends it."""
        self._wake.append(call)
        return lambda: self._wake.remove(call)


def fields(event: Event) -> Iterator[tuple[str, str]]:
    """Give what an event says beside its name, names and texts, without what it does not say."""
    for name, value in zip(Event._fields[1:], event[1:], strict=True):
        if value:
            yield (name, " ".join(value)) if isinstance(value, tuple) else (name, str(value))


def note(event: Event, at: float) -> Note:
    """Give the event as a trace has it."""
    return Note(at=at, who="valserver", what=event.what, fields=dict(fields(event)))
