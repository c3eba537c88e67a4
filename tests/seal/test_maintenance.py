"""Rounds go on, whatever one of them meets, and end when the server does."""

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import LogEvent

from seal.errors import StoreUnavailable
from seal.maintenance import every
from tests.support import result_of


def test_a_round_that_fails_is_told_and_the_next_one_comes(failures: list[LogEvent]) -> None:
    """What goes on failing alike is told once, until it has gone well again."""
    clock = Clock()
    outcomes: list[Exception | None] = [
        PermissionError("keys"), PermissionError("keys"), None, PermissionError("keys"), StoreUnavailable("gone"), None,
    ]  # fmt: skip
    rounds = iter(outcomes)
    done: list[int] = []

    async def task() -> None:
        done.append(len(done))
        error = next(rounds)
        if error is not None:
            raise error

    stop = every(10.0, task, "Looking", clock)
    for _ in outcomes:
        clock.advance(10)
    assert len(done) == len(outcomes)
    assert [type(event["log_failure"].value) for event in failures if "log_failure" in event] == [PermissionError] * 2
    result_of(stop())
    clock.advance(10)
    assert len(done) == len(outcomes)
    failures.clear()


def test_a_stop_waits_for_the_round_that_is_under_way() -> None:
    """What it uses must not be closed beneath it."""
    clock, under_way = Clock(), Deferred[None]()

    async def task() -> None:
        await under_way

    stop = every(10.0, task, "Forgetting", clock)
    clock.advance(10)
    stopped = Deferred.fromCoroutine(stop())
    assert not stopped.called
    under_way.callback(None)
    assert stopped.called
