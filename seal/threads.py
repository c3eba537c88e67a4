"""Work that must not hold the reactor up: in threads of its own, so many at a time and so many waiting, no more.

Passwords that are hashed on purpose slowly, keys of a thousand bits, files that must be durable: nobody may make a
queue of it that never ends, and what is served without it goes first.
"""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import get_native_id
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

T = TypeVar("T")

GIVING_WAY = 10
"""By how much the threads are nicer than the reactor: where cores are few, what needs no such work goes first."""


class Busy(Exception):
    """Too much work waits already."""


class Threads:
    """Some threads, and how much may wait for them."""

    def __init__(self, reactor: Any, threads: int, waiting: int, name: str) -> None:
        self._reactor = reactor
        self._bound = threads + waiting
        self._under_way = 0
        self._name = name
        self._pool = ThreadPool(0, threads, name)  # a thread starts when there is something for it to do
        self._pool.start()

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """Give what the work gives, or raise what it raises. Raises Busy."""
        if self._under_way >= self._bound:
            raise Busy
        self._under_way += 1
        answer: Deferred[T] = Deferred()

        def told(success: bool, result: Any) -> None:  # noqa: FBT001  as ThreadPool calls it
            self._reactor.callFromThread(self._done, answer, success, result)

        self._pool.callInThreadWithCallback(told, _yielding, work, *arguments)
        return await answer

    def stop(self) -> None:
        """End the threads when they have done what they do."""
        self._pool.stop()

    def _done(self, answer: Deferred[Any], success: bool, result: Any) -> None:  # noqa: FBT001  Twisted calls it so
        """Count a piece of work as done even if nobody waits for it any more."""
        self._under_way -= 1
        if answer.called:
            return
        if success:
            answer.callback(result)
        else:
            answer.errback(result if isinstance(result, Failure) else Failure(RuntimeError(self._name)))


def _yielding(work: Callable[..., T], *arguments: object) -> T:
    """Do it at a lower priority than the rest of the process, threads that it makes itself included."""
    _give_way()
    return work(*arguments)


def _give_way() -> None:
    """Make this thread nice, where the system has priorities for threads (Linux); the threads it makes inherit it."""
    if sys.platform == "linux":
        thread = get_native_id()
        with suppress(OSError):  # a system that does not let us: then all are alike
            if os.getpriority(os.PRIO_PROCESS, thread) < GIVING_WAY:
                os.setpriority(os.PRIO_PROCESS, thread, GIVING_WAY)
