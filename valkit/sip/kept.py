"""Final responses kept for the retransmissions of their requests (RFC 3261 17.2.2, state Completed until Timer J).

A server that answers 20 000 requests a second holds 640 000 completed transactions. So one is kept as what it still
has to know: its key and the response's bytes, beside all that were completed in the same tenth of a second. There
is no timer: whoever looks or adds throws away what is over.
"""

from collections import deque

GRAIN = 0.1
"""Seconds: responses completed within one grain are forgotten together."""


class Kept:
    """Responses by the key of their transaction, each for `lifetime` seconds and not too many of them.

    `capacity` bounds their number, `size` their bytes and those of their keys.
    """

    def __init__(self, lifetime: float, capacity: int, size: int) -> None:
        self._lifetime = lifetime
        self._capacity = capacity
        self._room = size
        self._responses: dict[str, bytes] = {}
        self._batches: deque[tuple[float, list[str]]] = deque()
        """When a batch is over, and the keys in it."""
        self._open_until = 0.0

    def __len__(self) -> int:
        return len(self._responses)

    def get(self, key: str, now: float) -> bytes | None:
        """Find the response of a transaction that is still remembered."""
        response = self._responses.get(key)
        if response is None or self._batches[0][0] > now:
            return response
        self._expire(now)
        return self._responses.get(key)

    def put(self, key: str, response: bytes, now: float) -> None:
        """Remember a response; when there is no room the oldest batches go before their time."""
        self._expire(now)
        self._room -= len(key) + len(response)
        while self._batches and (self._room < 0 or len(self._responses) >= self._capacity):
            self._forget_oldest()
        if now >= self._open_until or not self._batches:
            self._open_until = now + GRAIN
            self._batches.append((self._open_until + self._lifetime, []))
        self._responses[key] = response
        self._batches[-1][1].append(key)

    def _expire(self, now: float) -> None:
        while self._batches and self._batches[0][0] <= now:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        for key in self._batches.popleft()[1]:
            self._room += len(key) + len(self._responses.pop(key))
