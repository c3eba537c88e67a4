"""A time by which something must have happened, moved on each time that something does."""

from collections.abc import Callable
from math import inf
from typing import Any

from twisted.internet.interfaces import IDelayedCall


class Deadline:
    """Calls `late` when it was not renewed in time. To renew it costs a look at the clock: the timer stays as it is."""

    def __init__(self, reactor: Any, late: Callable[[], None]) -> None:
        self._reactor = reactor
        self._late = late
        self._until = inf
        self._last = inf
        self._alarm: IDelayedCall | None = None

    def renew(self, seconds: float) -> None:
        """Wait for so many seconds from now."""
        self._until = min(self._reactor.seconds() + seconds, self._last)
        if self._alarm is not None and self._alarm.getTime() > self._until:
            self._alarm.cancel()
            self._alarm = None
        if self._alarm is None:
            self._set()

    def at_most(self, seconds: float | None) -> None:
        """Let no renewal from now on lead beyond this; None takes the limit away."""
        self._last = inf if seconds is None else self._reactor.seconds() + seconds

    def stop(self) -> None:
        """Wait no more."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _set(self) -> None:
        self._alarm = self._reactor.callLater(max(self._until - self._reactor.seconds(), 0.0), self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if self._reactor.seconds() < self._until:
            self._set()
        else:
            self._late()
