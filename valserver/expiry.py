"""When what ends: one entry for each IMPU, the earliest moment at which something in its record may end.

A refresh puts the end off; the entry is left where it is and found to be early when its time comes. So the usual
refresh costs one comparison, and memory holds one entry for an IMPU however often it is refreshed.
"""

from heapq import heappop, heappush


class Expiry:
    """A heap of moments."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, str]] = []
        self._at: dict[str, float] = {}

    def note(self, impu: str, ends: float) -> None:
        """See to it that this IMPU is looked at then, or earlier."""
        at = self._at.get(impu)
        if at is None or ends < at:
            self._at[impu] = ends
            heappush(self._heap, (ends, impu))

    def due(self, now: float, most: int) -> list[str]:
        """Take out the IMPUs to look at now, not more than so many."""
        found: list[str] = []
        while self._heap and self._heap[0][0] <= now and len(found) < most:
            at, impu = heappop(self._heap)
            if self._at.get(impu) == at:  # otherwise an earlier entry was there first
                del self._at[impu]
                found.append(impu)
        return found

    def next(self) -> float | None:
        """Tell when there is something to look at again."""
        return self._heap[0][0] if self._heap else None
