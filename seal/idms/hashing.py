"""Passwords checked and hashed with argon2: in threads of their own, so many at a time and so many waiting, no more.

A check costs a fifth of a second of a core on purpose; the reactor must not spend it, and nobody may make a queue of it
that never ends. A user that does not exist costs the same.
"""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import get_native_id
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from seal.idms.users import hash_password

T = TypeVar("T")


NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$DBOrPtC8i3nHhpidBGPmog"  # gitleaks:allow
    "$u25Qw2GMYU3SRowBgRTDippFTV24G7e64lsHbDEh7WY"  # gitleaks:allow
)
"""What the password of a user that does not exist is held against: a hash as new ones are made, so that it costs as
much, and made beforehand, so that a start does not."""


GIVING_WAY = 10
"""By how much the threads are nicer than the reactor: where cores are few, a refresh goes before a log-in."""


class Busy(Exception):
    """Too many checks wait already."""


class PasswordChecks:
    """Checks passwords; `check` is a `seal.idms.methods.CheckPassword`."""

    def __init__(self, reactor: Any, threads: int, waiting: int, hasher: PasswordHasher | None = None) -> None:
        self._reactor = reactor
        self._hasher = hasher or PasswordHasher()
        self._nobody = NOBODY if hasher is None else hasher.hash("nobody's password")
        self._bound = threads + waiting
        self._under_way = 0
        self._pool = ThreadPool(min(1, threads), threads, "argon2")
        self._pool.start()

    async def check(self, password_hash: str, password: str) -> bool:
        """Tell whether this is the password; an empty hash has none, and takes as long. Raises Busy."""
        return await self._run(self._verify, password_hash, password)

    async def hash(self, password: str, old_hash: str = "") -> str:
        """Hash a password, as `seal.idms.users.hash_password` does. Raises Busy, and ValueError as that does."""
        return await self._run(hash_password, password, old_hash, self._hasher)

    async def _run(self, work: Callable[..., T], *arguments: object) -> T:
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
        """Count a check as done even if nobody waits for it any more."""
        self._under_way -= 1
        if answer.called:
            return
        if success:
            answer.callback(result)
        else:
            answer.errback(result if isinstance(result, Failure) else Failure(RuntimeError("argon2")))

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            self._hasher.verify(password_hash or self._nobody, password.encode())
        except (Argon2Error, InvalidHashError):
            return False
        return bool(password_hash)


def _yielding(work: Callable[..., T], *arguments: object) -> T:
    """Do it at a lower priority than the rest of the process, argon2's own threads included."""
    _give_way()
    return work(*arguments)


def _give_way() -> None:
    """Make this thread nice, where the system has priorities for threads (Linux); the threads it makes inherit it."""
    if sys.platform == "linux":
        thread = get_native_id()
        with suppress(OSError):  # a system that does not let us: then all are alike
            if os.getpriority(os.PRIO_PROCESS, thread) < GIVING_WAY:
                os.setpriority(os.PRIO_PROCESS, thread, GIVING_WAY)
