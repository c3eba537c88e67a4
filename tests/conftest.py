"""What holds for every test: a coroutine has a time limit, and nothing is left behind (pytest-twisted sees to neither).

A test function may simply be `async def`. A test in which something is rightly logged as a failure takes the fixture
`failures` and empties it.
"""

from collections.abc import Callable, Coroutine, Iterator
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, cast

import pytest
import pytest_twisted
from hypothesis import settings
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.logger import ILogObserver, LogEvent, globalLogPublisher

TIME_LIMIT = 30.0
"""Seconds after which a coroutine test fails, so that one that hangs does not hang the others."""

GRACE = 50
"""How many hundredths of a second a closing socket may take to be gone after its test."""

settings.register_profile("val", deadline=None)  # how long an example takes says nothing on a busy machine
settings.load_profile("val")

reactor: Any = the_reactor
Test = Callable[..., Coroutine[Any, Any, None]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every coroutine test be awaited, for a limited time."""
    for item in items:
        if isinstance(item, pytest.Function) and iscoroutinefunction(item.obj):
            item.obj = limited(item.obj)


def limited(test: Test) -> Callable[..., Deferred[None]]:
    """Make of a coroutine test one that gives a Deferred and fails when it takes too long."""

    @wraps(test)
    def run(**fixtures: object) -> Deferred[None]:
        return Deferred.fromCoroutine(test(**fixtures)).addTimeout(TIME_LIMIT, reactor)

    return run


def standing() -> set[Any]:
    """Everything the reactor still has to do: calls to make, sockets to watch."""
    return {*reactor.getDelayedCalls(), *reactor.getReaders(), *reactor.getWriters()}


@pytest.fixture
def failures() -> Iterator[list[LogEvent]]:
    """Give what was logged as a failure so far; what is still in it when the test ends fails the test."""
    logged: list[LogEvent] = []

    def keep(event: LogEvent) -> None:
        if "log_failure" in event:
            logged.append(event)

    observer = cast(ILogObserver, keep)
    globalLogPublisher.addObserver(observer)
    yield logged
    globalLogPublisher.removeObserver(observer)


@pytest.fixture(scope="session")
def _running() -> None:
    """Let the reactor put up its own wakers before anybody counts."""
    pytest_twisted.blockon(deferLater(reactor, 0))


@pytest.fixture(autouse=True)
def _nothing_left_behind(_running: None, failures: list[LogEvent]) -> Iterator[None]:
    """Fail a test that leaves a delayed call, a socket or a logged failure."""
    before = standing()
    yield
    for _ in range(GRACE):
        if not standing() - before:
            break
        pytest_twisted.blockon(deferLater(reactor, 0.01))
    assert not standing() - before, "the test left work to the reactor"
    assert not [event["log_failure"] for event in failures], "the test left a failure in the log"
