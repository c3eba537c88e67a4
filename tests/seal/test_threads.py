"""Work in threads: what it gives and raises, a bounded queue, and a reactor that goes first."""

import os
import sys
from collections.abc import Iterator
from threading import Event, active_count, get_ident, get_native_id
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import deferLater

from seal.threads import GIVING_WAY, Busy, Threads
from tests.seal.idms.parts import reactor


@pytest.fixture
def threads() -> Iterator[Threads]:
    """Give one thread and two places to wait."""
    made = Threads(reactor, 1, 2, "test")
    yield made
    made.stop()


async def test_work_gives_what_it_gives(threads: Threads) -> None:
    """In another thread than the reactor's; and it raises what it raises."""
    assert await threads.run(get_ident) != get_ident()
    with pytest.raises(ValueError, match="invalid literal"):
        await threads.run(int, "x")
    assert threads.idle


async def test_no_thread_starts_before_there_is_work() -> None:
    """A server that has just started, or whose users all stay logged in, has none of them."""
    before = active_count()
    made = Threads(reactor, 4, 4, "test")
    assert active_count() == before
    await made.run(get_ident)
    assert active_count() == before + 1
    made.stop()
    assert active_count() == before


async def test_no_more_than_so_many_wait(threads: Threads) -> None:
    """Others are told to come again; and who goes away makes no room before the work is done."""
    go = Event()
    waiting: list[Any] = [Deferred.fromCoroutine(threads.run(go.wait)) for _ in range(3)]
    waiting[2].cancel()
    waiting[2].addErrback(lambda failure: failure.trap(CancelledError))
    with pytest.raises(Busy):
        await threads.run(go.wait)
    go.set()
    assert [await each for each in waiting[:2]] == [True, True]
    while not threads.idle:
        await deferLater(reactor, 0.001)
    assert await threads.run(go.wait)


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own on Linux")
async def test_it_gives_way_to_the_rest_of_the_process(threads: Threads) -> None:
    """On few cores what needs no such work goes first; the reactor's own thread stays as it was."""

    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, get_native_id())

    before = priority()
    assert await threads.run(priority) == max(before, GIVING_WAY)
    assert priority() == before
