"""The store that survives a crash: records in memory, every change in a journal before it is answered.

Changes that arrive while one commit is under way share the next one, so a commit's price is paid by many. The next
decision sees a change at once; whoever made it is told when it is durable. If a commit fails, everything that is not
durable is undone, also what came after it, for it was decided on ground that is gone; then the store tries by itself
until a write comes through.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Protocol

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorFromThreads, IReactorTime
from twisted.logger import Logger

from valserver.errors import Refusal, Refused, StoreUnavailable
from valserver.facts import Change
from valserver.records import Packed, Record
from valserver.stores.journal import Journal
from valserver.stores.store import Records

RETRY = 1.0
"""Seconds between two trials of a store that failed."""
MOST_WAITING = 20_000
"""Changes that may wait for a commit; more are refused, so that a stalled disk does not fill the memory."""

Job = Callable[[], None]
Done = Callable[[Exception | None], None]


class Worker(Protocol):
    """Does one job after the other, elsewhere."""

    def __call__(self, job: Job, done: Done) -> None:
        """Do the job, then call `done` with what it raised, in the reactor's thread."""

    def soon(self, call: Callable[[], None]) -> None:
        """Call this in the reactor's thread at its next turn, whatever the time of day does meanwhile."""

    def stop(self) -> None:
        """Do what is queued, then nothing more."""


class WriterThread:
    """The one thread that touches the journal."""

    def __init__(self, reactor: IReactorFromThreads) -> None:
        self._reactor = reactor
        self._jobs: SimpleQueue[tuple[Job, Done] | None] = SimpleQueue()
        Thread(target=self._run, name="binding store", daemon=True).start()

    def __call__(self, job: Job, done: Done) -> None:
        """Queue the job."""
        self._jobs.put((job, done))

    def soon(self, call: Callable[[], None]) -> None:
        """Call it without a timer: Twisted's go by the time of day, and one that is set back delays them."""
        self._reactor.callFromThread(call)

    def stop(self) -> None:
        """Do what is queued, then end the thread."""
        self._jobs.put(None)

    def _run(self) -> None:
        while (entry := self._jobs.get()) is not None:
            job, done = entry
            self._reactor.callFromThread(done, _tried(job))


def _tried(job: Job) -> Exception | None:
    try:
        job()
    except Exception as error:  # noqa: BLE001 - the outermost frame of the thread: whatever it is, the waiting are told
        return error
    return None


@define
class _Batch:
    changes: dict[str, Record | None] = field(factory=dict)
    undo: dict[str, Packed | None] = field(factory=dict)
    """What each key had before the first change of this batch."""
    waiting: list[Deferred[None]] = field(factory=list)


class SqliteStore:
    """Records in memory and in a journal. Raises CannotStart when the journal cannot be read."""

    def __init__(self, journal: Journal, worker: Worker, clock: IReactorTime) -> None:
        self._log = Logger()
        self._journal = journal
        self._worker = worker
        self._clock = clock
        self._records = Records(journal.load())
        self._next = _Batch()
        self._writing: _Batch | None = None
        self._scheduled = False
        self._retry: IDelayedCall | None = None
        self._closed: Deferred[None] | None = None
        self.writable = True
        self.get = self._records.get
        self.where = self._records.where
        self.bound_to = self._records.bound_to

    @property
    def bound(self) -> int:
        """How many records bind their IMPU to a user."""
        return self._records.bound

    def records(self) -> Iterator[Record]:
        """Every record."""
        return iter(self._records)

    def apply(self, changes: tuple[Change, ...]) -> Deferred[None] | None:
        """Carry out the changes in memory now; the Deferred fires when they are in the file.

        Nothing to change still waits for what others changed before: the answer may rest on it.
        """
        batch = self._next
        if not changes and self._writing is None and not batch.waiting:
            return None
        if len(batch.waiting) >= MOST_WAITING:
            raise Refused(Refusal.OVERLOADED)
        for key, record in changes:
            before = self._records.put(key, record)
            batch.undo.setdefault(key, before)
            batch.changes[key] = record
        done: Deferred[None] = Deferred()
        batch.waiting.append(done)
        if self._writing is None and not self._scheduled:
            # Not at once: what else came in with the same turn of the reactor shares the commit.
            self._scheduled = True
            self._worker.soon(self._commit)
        return done

    def close(self) -> Deferred[None]:
        """Write what waits, then close the file."""
        self._closed = Deferred()
        if self._retry is not None and self._retry.active():
            self._retry.cancel()
        self._finish_if_idle()
        return self._closed

    def _commit(self) -> None:
        self._scheduled = False
        self._writing, self._next = self._next, _Batch()
        self._worker(partial(self._journal.append, self._writing.changes), self._written)

    def _written(self, error: Exception | None) -> None:
        batch, self._writing = self._writing or _Batch(), None
        if error is not None:
            self._undo([batch, self._next], error)
        else:
            self.writable = True
            if self._next.waiting:
                self._commit()
            for done in batch.waiting:
                done.callback(None)
        self._finish_if_idle()

    def _undo(self, batches: list[_Batch], error: Exception) -> None:
        self._next = _Batch()
        for batch in reversed(batches):
            for key, kept in batch.undo.items():
                self._records.restore(key, kept)
        if self.writable:
            self._log.error("The binding store cannot be written: {error}", error=error)
            self.writable = False
            self._retry = self._clock.callLater(RETRY, self._try)
        for done in [done for batch in batches for done in batch.waiting]:
            done.errback(StoreUnavailable(str(error)))

    def _try(self) -> None:
        """Write something that says nothing, until it or something else comes through."""
        if not self.writable:
            self._worker(partial(self._journal.append, {"": None}), self._tried)

    def _tried(self, error: Exception | None) -> None:
        self.writable = error is None
        if error is None:
            self._log.info("The binding store can be written again")
        elif self._closed is None:
            self._retry = self._clock.callLater(RETRY, self._try)

    def _finish_if_idle(self) -> None:
        closed = self._closed
        if closed is not None and self._writing is None and not self._scheduled:
            self._worker(self._journal.close, lambda _error: closed.callback(None))
            self._worker.stop()


def open_store(path: Path, reactor: IReactorFromThreads, clock: IReactorTime) -> SqliteStore:
    """Open the store in this file. Raises CannotStart when it is in use, damaged, too new or not ours."""
    return SqliteStore(Journal(path), WriterThread(reactor), clock)
