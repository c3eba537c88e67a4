"""Deadlines in the order in which they come, without a timer object for each.

A SIP element runs thousands of timers of a handful of lengths (T1, 2*T1 ... 64*T1). What waits equally long and
started first ends first, so one queue for each length is always in order: adding, cancelling and finding the next
cost the same however many there are, and a cancelled deadline leaves nothing behind. Knows no clock.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class Agenda(Generic[Item]):
    """What is to happen when, each item at most once for each length of wait."""

    def __init__(self) -> None:
        self._queues: defaultdict[float, OrderedDict[Item, float]] = defaultdict(OrderedDict)
        self.next: float | None = None
        """No deadline is before this one; it may have been cancelled. None: there is none at all."""

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    def add(self, item: Item, wait: float, now: float) -> None:
        """Let an item be due after so many seconds."""
        queue, at = self._queues[wait], now + wait
        queue.pop(item, None)
        queue[item] = at
        if self.next is None or at < self.next:
            self.next = at

    def cancel(self, item: Item, wait: float) -> None:
        """Forget an item that was to wait so long; nothing happens when it is not there."""
        self._queues[wait].pop(item, None)

    def due(self, now: float) -> Iterator[tuple[float, Item]]:
        """Take out, one by one and in order, what is due, with its time; what is added meanwhile takes part."""
        while (queue := self._soonest()) is not None and self.next is not None and self.next <= now:
            item, at = queue.popitem(last=False)
            yield at, item

    def _soonest(self) -> OrderedDict[Item, float] | None:
        """Find the queue whose first item is next, and say in `next` when that is."""
        heads = {next(iter(queue.values())): queue for queue in self._queues.values() if queue}
        self.next = min(heads, default=None)
        return None if self.next is None else heads[self.next]
