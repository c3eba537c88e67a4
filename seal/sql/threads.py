"""Threads that talk to the database, so that the reactor does not wait for it.

In SQLite one thread writes, and acts that arrive while one commit is under way share the next: a commit's price is paid
by many. When one of them fails, that commit is given up and each is carried out alone, so that it takes back nothing of
the others; an act may be called more than once, then, and changes nothing but the database. In PostgreSQL several
threads write, one act in each transaction: there the database itself lets commits share.
"""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol, TypeVar

from attrs import define, field
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from twisted.internet.defer import Deferred, DeferredList, fail, succeed
from twisted.internet.interfaces import IReactorFromThreads

from seal.errors import StoreUnavailable
from seal.sql.opening import READING, said

TOGETHER = 64
"""Acts in one commit at most."""

T = TypeVar("T")
Act = Callable[[Connection], T]


class Runner(Protocol):
    """Carries out acts on the database, each whole or not at all."""

    def read(self, act: Act[T]) -> Deferred[T]:
        """Carry out an act that changes nothing."""

    def write(self, act: Act[T]) -> Deferred[T]:
        """Carry out an act; what it gives comes when it is durable."""

    def close(self) -> Deferred[None]:
        """Finish what waits, then let go of the database."""


class Here:
    """Carries out acts where it is called, and waits: for commands, which have nothing else to do."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, act: Act[T]) -> Deferred[T]:
        """Do it now."""
        return self.write(act)

    def write(self, act: Act[T]) -> Deferred[T]:
        """Do it now."""
        try:
            return succeed(_twice(self._engine, act))
        except Exception as error:  # noqa: BLE001  whatever it is, the one who waits is told
            return fail(_told(error))

    def close(self) -> Deferred[None]:
        """Let go of the database."""
        self._engine.dispose()
        return succeed(None)


@define
class _Waiting:
    """An act in the queue, and what became of it."""

    act: Act[Any]
    done: Deferred[Any] = field(factory=Deferred)
    given: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        """Tell the one who waits, in the reactor's thread."""
        if self.error is None:
            self.done.callback(self.given)
        else:
            self.done.errback(_told(self.error))


class Threads:
    """Two queues, one for acts that write, each worked on by threads of its own."""

    def __init__(self, engine: Engine, reactor: IReactorFromThreads) -> None:
        self._engine = engine
        self._reactor = reactor
        self._reads: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._writes: SimpleQueue[_Waiting | None] = SimpleQueue()
        sqlite = engine.dialect.name == "sqlite"
        reading = engine.execution_options(**{READING: True})
        self._ended: list[Deferred[None]] = []
        for _ in range(2):
            self._start(reading, self._reads, 1)
        for _ in range(1 if sqlite else 4):
            self._start(engine, self._writes, TOGETHER if sqlite else 1)

    def read(self, act: Act[T]) -> Deferred[T]:
        """Queue it."""
        return self._queued(self._reads, act)

    def write(self, act: Act[T]) -> Deferred[T]:
        """Queue it."""
        return self._queued(self._writes, act)

    def close(self) -> Deferred[None]:
        """Let the threads do what is queued and end."""
        for queue in (self._reads, self._writes):
            queue.put(None)
        return DeferredList(self._ended).addCallback(lambda _: self._engine.dispose())

    def _queued(self, queue: "SimpleQueue[_Waiting | None]", act: Act[T]) -> Deferred[T]:
        waiting = _Waiting(act)
        queue.put(waiting)
        return waiting.done

    def _start(self, engine: Engine, queue: "SimpleQueue[_Waiting | None]", together: int) -> None:
        ended: Deferred[None] = Deferred()
        self._ended.append(ended)

        def run() -> None:
            while (first := queue.get()) is not None:
                batch = [first, *_more(queue, together - 1)]
                _carry_out(engine, batch)
                self._reactor.callFromThread(_tell, batch)
            queue.put(None)  # for the next thread of this queue
            self._reactor.callFromThread(ended.callback, None)

        Thread(target=run, name="store", daemon=True).start()


def _more(queue: "SimpleQueue[_Waiting | None]", most: int) -> list[_Waiting]:
    """Take what else is there already."""
    found: list[_Waiting] = []
    while len(found) < most and not queue.empty():
        waiting = queue.get()
        if waiting is None:
            queue.put(None)
            break
        found.append(waiting)
    return found


def _tell(batch: list[_Waiting]) -> None:
    for waiting in batch:
        waiting.tell()


def _carry_out(engine: Engine, batch: list[_Waiting]) -> None:
    if len(batch) == 1 or not _together(engine, batch):
        for waiting in batch:
            _alone(engine, waiting)


def _together(engine: Engine, batch: list[_Waiting]) -> bool:
    """Carry all out in one commit; False, and nothing has happened, when one of them fails."""
    try:
        with engine.begin() as connection:
            for waiting in batch:
                waiting.given = waiting.act(connection)
    except Exception:  # noqa: BLE001  whatever it is, it comes again when the act is carried out alone, and is told
        return False
    return True


def _alone(engine: Engine, waiting: _Waiting) -> None:
    try:
        waiting.given = _twice(engine, waiting.act)
    except Exception as error:  # noqa: BLE001  the thread's outermost frame: whatever it is, the one who waits is told
        waiting.error = error


def _twice(engine: Engine, act: Act[T]) -> T:
    """Carry out the act, once more if another process was in the way: then it sees what that one did.

    Also when the connection was lost while it committed. Whether it had come through nobody knows then: an act must
    bear that it was carried out before.
    """
    try:
        with engine.begin() as connection:
            return act(connection)
    except (IntegrityError, OperationalError):
        with engine.begin() as connection:
            return act(connection)


def _told(error: Exception) -> Exception:
    return StoreUnavailable(said(error)) if isinstance(error, SQLAlchemyError) else error
