from collections.abc import Iterator
from threading import Event, current_thread, main_thread

import pytest
import pytest_twisted
from sqlalchemy import Connection, Engine, event, text
from twisted.internet.defer import Deferred, gatherResults

from seal.errors import Conflict, StoreUnavailable
from seal.sql.threads import Here, Threads
from tests.conftest import reactor

ADD = "INSERT INTO services VALUES (:name, '')"


@pytest.fixture
def threads(engine: Engine) -> Iterator[Threads]:
    """Give threads that work on the database."""
    working = Threads(engine, reactor)
    yield working
    pytest_twisted.blockon(working.close())


def names(connection: Connection) -> list[str]:
    """Give what was added."""
    return list(connection.scalars(text("SELECT val_service_id FROM services ORDER BY 1")))


def commits(engine: Engine) -> list[object]:
    """Give a list to which each commit from now on adds something."""
    made: list[object] = []
    event.listen(engine, "commit", made.append)
    return made


class Adding:
    """An act that adds a service, once it may."""

    def __init__(self, name: str, may: Event | None = None) -> None:
        self.name = name
        self.may = may
        self.begun = Event()

    def __call__(self, connection: Connection) -> str:
        """Say that it has begun, wait, add."""
        self.begun.set()
        if self.may is not None:
            assert self.may.wait(10)
        connection.execute(text(ADD), {"name": self.name})
        return self.name


async def test_an_act_runs_elsewhere_and_its_result_comes_back(threads: Threads) -> None:
    """The reactor's thread only hears of it."""
    assert await threads.write(lambda _: current_thread()) is not main_thread()
    assert await threads.read(lambda _: current_thread()) is not main_thread()


async def test_acts_that_come_during_a_commit_share_the_next(threads: Threads, engine: Engine) -> None:
    """In SQLite, where commits are dear."""
    may = Event()
    first = Adding("a", may)
    made = commits(engine)
    done: list[Deferred[str]] = [threads.write(first)]
    assert first.begun.wait(10)
    done += [threads.write(Adding(name)) for name in "bcdef"]
    may.set()
    assert await gatherResults(done) == list("abcdef")
    assert len(made) == 2


async def test_an_act_that_fails_takes_back_nothing_of_the_others(threads: Threads) -> None:
    """But all of its own."""

    def failing(connection: Connection) -> None:
        Adding("x")(connection)
        raise Conflict("no")

    may = Event()
    first = Adding("a", may)
    waiting = [threads.write(first)]
    assert first.begun.wait(10)
    failed = threads.write(failing)
    wrong = threads.write(Adding("a"))
    waiting.append(threads.write(Adding("b")))
    may.set()
    await gatherResults(waiting)
    with pytest.raises(Conflict, match="no"):
        await failed
    with pytest.raises(StoreUnavailable, match="UNIQUE"):
        await wrong
    assert await threads.read(names) == ["a", "b"]


async def test_a_commit_that_fails_fails_who_is_at_fault(threads: Threads) -> None:
    """Nobody is told that something was kept which was not."""
    may = Event()
    first = Adding("a", may)
    waiting = threads.write(first)
    assert first.begun.wait(10)

    def breaking(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.execute(text("INSERT INTO mappings VALUES ('nothing', 'nobody')"))

    shared = threads.write(Adding("b"))
    broken = threads.write(breaking)
    may.set()
    assert await gatherResults([waiting, shared]) == ["a", "b"]
    with pytest.raises(StoreUnavailable, match="FOREIGN KEY"):
        await broken
    assert await threads.read(names) == ["a", "b"]


async def test_what_is_queued_is_done_before_the_end(engine: Engine) -> None:
    """And who asked is told."""
    working = Threads(engine, reactor)
    done = [working.write(Adding(name)) for name in "abc"]
    await working.close()
    assert await gatherResults(done) == ["a", "b", "c"]


def test_a_command_waits_for_its_acts(engine: Engine) -> None:
    """They are done when they are told; errors come as from the threads."""
    here = Here(engine)
    outcome: list[str] = []
    here.write(Adding("a")).addCallback(outcome.append)
    assert outcome == ["a"]
    failed: list[object] = []
    here.write(Adding("a")).addErrback(lambda failure: failed.append(failure.type))
    assert failed == [StoreUnavailable]
    here.read(names).addCallback(outcome.extend)
    assert outcome == ["a", "a"]
    here.close()
