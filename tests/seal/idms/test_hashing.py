"""argon2 in threads: right or wrong, nobody's password, a bounded queue, and a reactor that goes on."""

import os
import sys
from collections.abc import Iterator
from threading import get_native_id
from typing import Any, Literal

import pytest
from argon2 import PasswordHasher
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import deferLater

from seal.idms.hashing import GIVING_WAY, Busy, PasswordChecks
from tests.seal.idms.parts import CHEAP, HASH, PASSWORD, reactor


@pytest.fixture
def checks() -> Iterator[PasswordChecks]:
    """Give one thread and two places to wait."""
    made = PasswordChecks(reactor, 1, 2, CHEAP)
    yield made
    made.stop()


async def test_a_password_is_right_or_wrong(checks: PasswordChecks) -> None:
    """And nobody's is never right, nor one whose hash cannot be read."""
    assert await checks.check(HASH, PASSWORD)
    assert not await checks.check(HASH, "x")
    assert not await checks.check("", "nobody's password")
    assert not await checks.check("$argon2id$broken", PASSWORD)


async def test_no_more_than_so_many_wait(checks: PasswordChecks) -> None:
    """Others are told to come again; and who goes away makes no room before the work is done."""
    waiting: list[Any] = [Deferred.fromCoroutine(checks.check(HASH, PASSWORD)) for _ in range(3)]
    waiting[2].cancel()
    waiting[2].addErrback(lambda failure: failure.trap(CancelledError))
    with pytest.raises(Busy):
        await checks.check(HASH, PASSWORD)
    assert [await check for check in waiting[:2]] == [True, True]
    while checks._under_way:
        await deferLater(reactor, 0.001)
    assert await checks.check(HASH, PASSWORD)


async def test_the_reactor_goes_on_meanwhile() -> None:
    """A real hash takes long; a call of the reactor's comes first."""
    made = PasswordChecks(reactor, 1, 2)
    order: list[str] = []
    check = Deferred.fromCoroutine(made.check("", "x")).addCallback(lambda _: order.append("checked"))
    await deferLater(reactor, 0, order.append, "went on")
    await check
    assert order == ["went on", "checked"]
    made.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own on Linux")
async def test_a_check_gives_way_to_the_rest_of_the_process() -> None:
    """On few cores a refresh goes before a log-in; the reactor's own thread stays as it was."""
    seen = list[int]()

    class Hasher(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  as argon2 names it
            seen.append(os.getpriority(os.PRIO_PROCESS, get_native_id()))
            return super().verify(hash, password)

    before = os.getpriority(os.PRIO_PROCESS, get_native_id())
    made = PasswordChecks(reactor, 1, 2, Hasher(time_cost=1, memory_cost=8, parallelism=1))
    await made.check(HASH, PASSWORD)
    made.stop()
    assert seen == [max(before, GIVING_WAY)]
    assert os.getpriority(os.PRIO_PROCESS, get_native_id()) == before


async def test_a_password_is_hashed_within_the_same_bounds(checks: PasswordChecks) -> None:
    """One that is hashed already keeps its hash, one that is none is refused."""
    hashed = await checks.hash("correct horse")
    assert await checks.check(hashed, "correct horse")
    assert await checks.hash("correct horse", hashed) == hashed
    with pytest.raises(ValueError, match="8 to 1024 characters"):
        await checks.hash("short")
    waiting: list[Any] = [Deferred.fromCoroutine(checks.hash("correct horse")) for _ in range(3)]
    with pytest.raises(Busy):
        await checks.hash("correct horse")
    for hashing in waiting:
        await hashing
