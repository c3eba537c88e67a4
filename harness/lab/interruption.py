"""Ctrl-C while a scenario is played: what is under way is called off, its lab is closed, and then the whole run ends.

A KeyboardInterrupt raised wherever the reactor happens to be would be taken for a fault of the code it strikes, logged,
and the run would go on. So the signal only calls the scenario off, from the reactor's own turn.
"""

import signal
import threading
from collections.abc import Coroutine
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

from attrs import define, field
from twisted.internet.defer import CancelledError, Deferred

R = TypeVar("R")
T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and what a CI sends to a job that takes too long."""


async def unbroken(work: Coroutine[Any, Any, None]) -> None:
    """Wait for work that is not to be broken off, such as the closing of a lab; being called off comes after it."""
    doing = Deferred.fromCoroutine(work)
    called_off: CancelledError | None = None
    while not doing.called:
        ended: Deferred[None] = Deferred()
        doing.addBoth(_told, ended)
        try:
            await ended
        except CancelledError as error:
            called_off = error
    await doing
    if called_off is not None:
        raise called_off


def _told(result: R, ended: "Deferred[None]") -> R:
    if not ended.called:
        ended.callback(None)
    return result


@define(eq=False)
class Interruption:
    """Hears the signals while its block runs; at the end of it raises KeyboardInterrupt if there was one.

    What is begun in the block is given to `calls_off`, so that it never goes on after the block, however that ends.
    """

    _reactor: Any
    _doing: "Deferred[Any] | None" = None
    _heard: bool = False
    _before: dict[int, Any] = field(factory=dict)

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # nobody else may take signals
            self._reactor.callWhenRunning(self._listen)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._before:
            signal.signal(signal.SIGINT, self._before[signal.SIGINT])
            # Twisted's own handler would stop the reactor, and every later scenario would fail for the want of it.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        if error is not None and self._doing is not None and not self._doing.called:
            self._doing.addErrback(lambda _: None)  # a signal came before we heard it, and nobody waits any more
            self._doing.cancel()
        if self._heard:
            raise KeyboardInterrupt from None

    def calls_off(self, doing: "Deferred[T]") -> "Deferred[T]":
        """Call this off when a signal is heard."""
        self._doing = doing
        if self._heard:
            doing.cancel()
        return doing

    def _listen(self) -> None:
        """Take the signals, after the reactor has taken those that it wants at its start."""
        self._before = {number: signal.signal(number, self._hear) for number in SIGNALS}

    def _hear(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  a handler is given both
        """Call off what is done; a second signal does not disturb the closing of the lab."""
        if not self._heard:
            self._heard = True
            self._reactor.callFromThread(self._call_off)

    def _call_off(self) -> None:
        if self._doing is not None:
            self._doing.cancel()
