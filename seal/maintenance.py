"""What a SEAL server does every now and then, beside what it is asked: forgetting what has expired, looking at files.

A round that fails is told, and the next one comes all the same. What goes on failing alike is told once.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from seal.errors import StoreUnavailable

Stop = Callable[[], Coroutine[Any, Any, None]]


@define
class _Rounds:
    """One task, time and again."""

    _what: str
    _task: Callable[[], Awaitable[object]]
    _fault: str = ""
    """How the last round failed; empty: it did not."""
    _log: Logger = field(factory=Logger, init=False)

    async def go(self) -> None:
        """Do it once more."""
        try:
            await self._task()
        except Exception as error:  # noqa: BLE001  whatever it is, the next round may do better
            fault = f"{type(error).__name__}: {error}"
            if fault != self._fault:
                self._tell(error)
            self._fault = fault
        else:
            self._fault = ""

    def _tell(self, error: Exception) -> None:
        if isinstance(error, StoreUnavailable):
            self._log.warn("{what}: not now, {error}", what=self._what, error=error)
        else:
            self._log.failure("{what}: failed, and is tried again", Failure(), what=self._what)


def every(seconds: float, task: Callable[[], Awaitable[object]], what: str, reactor: Any) -> Stop:
    """Do the task every so many seconds, until what this gives is called, which waits for a round that is under way."""
    rounds = _Rounds(what, task)
    loop = LoopingCall(lambda: Deferred.fromCoroutine(rounds.go()))
    loop.clock = reactor  # what has expired does not exist anyway; files change in real time
    done = loop.start(seconds, now=False)

    async def stop() -> None:
        if loop.running:
            loop.stop()
        await done

    return stop
