"""Group commit: who waits for which commit, and what is undone when one fails."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from tests.valserver.parts import record
from valserver.errors import Refused, StoreUnavailable
from valserver.facts import Change
from valserver.records import Record
from valserver.stores import store_sqlite
from valserver.stores.journal import Journal
from valserver.stores.store_sqlite import RETRY, Done, Job, SqliteStore, open_store

reactor: Any = the_reactor


@define
class Worker:
    """A worker whose jobs are done, and whose calls are made, when the test says so."""

    jobs: list[tuple[Job, Done]] = field(factory=list)
    calls: list[Callable[[], None]] = field(factory=list)
    stopped: bool = False

    def __call__(self, job: Job, done: Done) -> None:
        """Keep the job."""
        self.jobs.append((job, done))

    def soon(self, call: Callable[[], None]) -> None:
        """Keep the call."""
        self.calls.append(call)

    def turns(self) -> None:
        """Let the reactor's next turn come."""
        calls, self.calls = self.calls, []
        for call in calls:
            call()

    def stop(self) -> None:
        """Keep that it was stopped."""
        self.stopped = True

    def works(self) -> None:
        """Do the oldest job."""
        job, done = self.jobs.pop(0)
        job()
        done(None)

    def fails(self) -> None:
        """Let the oldest job fail."""
        _, done = self.jobs.pop(0)
        done(OSError("disk full"))


@define
class Bench:
    """A store with a worker and a clock in the test's hand."""

    path: Path
    worker: Worker = field(factory=Worker)
    clock: Clock = field(factory=Clock)
    store: SqliteStore = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.store = SqliteStore(Journal(self.path), self.worker, self.clock)

    def apply(self, each: Record) -> list[str]:
        """Apply a record. Gives a list in which its outcome will stand."""
        outcome: list[str] = []
        done = self.store.apply((Change(each.impu, each),))
        assert done is not None
        done.addCallbacks(lambda _: outcome.append("durable"), lambda failure: outcome.append(failure.type.__name__))
        return outcome


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Give a store with nothing in it."""
    return Bench(tmp_path / "bindings.sqlite")


A, B = record("sip:a"), record("sip:b")


def test_what_comes_in_one_turn_shares_a_commit(bench: Bench) -> None:
    """One job for both, and nobody is told before it is done."""
    first, second = bench.apply(A), bench.apply(B)
    bench.worker.turns()
    assert len(bench.worker.jobs) == 1
    assert first == second == []
    bench.worker.works()
    assert first == second == ["durable"]


def test_what_comes_during_a_commit_shares_the_next(bench: Bench) -> None:
    """It begins as soon as the one before is done."""
    first = bench.apply(A)
    bench.worker.turns()
    second, third = bench.apply(B), bench.apply(record("sip:c"))
    bench.worker.works()
    assert (first, second) == (["durable"], [])
    bench.worker.works()
    assert second == third == ["durable"]
    assert bench.worker.jobs == []


def test_a_failed_commit_is_undone(bench: Bench) -> None:
    """Memory shows what is in the file, and whoever waited is told."""
    bench.apply(A)
    bench.worker.turns()
    bench.worker.works()
    refused = bench.apply(A._replace(val_user_id="bob"))
    bench.worker.turns()
    bench.worker.fails()
    assert refused == ["StoreUnavailable"]
    assert bench.store.get("sip:a") == A
    assert bench.store.where("", "alice", "phone") == ("sip:a",)
    assert not bench.store.writable
    bench.store.close()


def test_what_was_decided_on_a_failed_commit_falls_with_it(bench: Bench) -> None:
    """Changes that came after it are undone too, in reverse order, and never written."""
    first = bench.apply(A)
    bench.worker.turns()
    second, third = bench.apply(A._replace(val_user_id="bob")), bench.apply(B)
    bench.worker.fails()
    assert first == second == third == ["StoreUnavailable"]
    assert list(bench.store.records()) == []
    assert bench.worker.jobs == []
    bench.store.close()


def test_a_store_that_failed_tries_by_itself(bench: Bench) -> None:
    """Nobody need ask: an unready server gets no requests."""
    bench.apply(A)
    bench.worker.turns()
    bench.worker.fails()
    bench.clock.advance(RETRY)
    bench.worker.fails()
    assert not bench.store.writable
    bench.clock.advance(RETRY)
    bench.worker.works()
    assert bench.store.writable
    assert list(bench.store.records()) == []


def test_a_commit_that_comes_through_ends_the_trials(bench: Bench) -> None:
    """A request may be first."""
    bench.apply(A)
    bench.worker.turns()
    bench.worker.fails()
    outcome = bench.apply(B)
    bench.worker.turns()
    bench.worker.works()
    assert outcome == ["durable"]
    assert bench.store.writable
    bench.clock.advance(RETRY)
    assert bench.worker.jobs == []


def test_nothing_to_change_waits_for_what_is_under_way(bench: Bench) -> None:
    """An answer may rest on a change that is not durable yet."""
    bench.apply(A)
    outcome: list[None] = []
    done = bench.store.apply(())
    assert done is not None
    done.addCallback(outcome.append)
    bench.worker.turns()
    assert outcome == []
    bench.worker.works()
    assert outcome == [None]


def test_a_commit_needs_no_clock(bench: Bench) -> None:
    """Were it a timer, a time of day that is set back by an hour would keep every answer back for that hour."""
    outcome = bench.apply(A)
    assert bench.clock.getDelayedCalls() == []
    bench.worker.turns()
    bench.worker.works()
    assert outcome == ["durable"]


def test_too_many_waiting_are_refused(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is refused has changed nothing."""
    monkeypatch.setattr(store_sqlite, "MOST_WAITING", 1)
    bench.apply(A)
    with pytest.raises(Refused, match="overloaded"):
        bench.apply(B)
    assert bench.store.get("sip:b") is None
    bench.worker.turns()


def test_closing_writes_what_waits(bench: Bench) -> None:
    """Then the file is let go of, and its content is there."""
    outcome = bench.apply(A)
    closed = bench.store.close()
    bench.worker.turns()
    bench.worker.works()
    assert outcome == ["durable"]
    assert not closed.called
    bench.worker.works()
    assert closed.called
    assert bench.worker.stopped
    assert [each.impu for each in Journal(bench.path).load()] == ["sip:a"]


def test_closing_after_a_failed_trial_ends(bench: Bench) -> None:
    """No trial is left on the clock."""
    bench.apply(A)
    bench.worker.turns()
    bench.worker.fails()
    bench.clock.advance(RETRY)
    bench.store.close()
    bench.worker.fails()
    assert bench.clock.getDelayedCalls() == []


async def test_the_writer_thread_writes(tmp_path: Path) -> None:
    """With the real thread: durable, closed, and there again."""
    path = tmp_path / "bindings.sqlite"
    store = open_store(path, reactor, reactor)
    done = store.apply((Change("sip:a", A),))
    assert isinstance(done, Deferred)
    await done
    await store.close()
    assert list(Journal(path).load()) == [A]


async def test_the_writer_thread_tells_of_failure(tmp_path: Path) -> None:
    """Whatever the journal raises reaches those who wait."""
    store = open_store(tmp_path / "bindings.sqlite", reactor, reactor)
    store._journal.close()
    done = store.apply((Change("sip:a", A),))
    assert isinstance(done, Deferred)
    with pytest.raises(StoreUnavailable, match="closed"):
        await done
    await store.close()
