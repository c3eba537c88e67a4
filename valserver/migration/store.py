"""Where migrations are kept: the seam, the store that forgets, and the one that survives a crash.

One change after the other, and none is seen before it is durable: what a gateway was told with 200 is in the file.
"""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorFromThreads

from valserver.errors import CannotStart, StoreUnavailable
from valserver.migration.messages import NoMessage, decoded, encoded
from valserver.migration.rules import Kept, State
from valserver.store_sqlite import Worker, WriterThread

Key = tuple[str, str, str]
APPLICATION = 0x56414C32
"""Marks the file as one of migrations ("VAL2")."""


class MigrationStore(Protocol):
    """What is needed of a store; memory and SQLite, under one contract test."""

    def get(self, key: Key) -> Kept | None:
        """Give the record that has this key."""

    def all(self) -> Iterator[Kept]:
        """Every record."""

    def put(self, kept: Kept) -> Deferred[None]:
        """Keep a record; fires when it is durable, and fails with StoreUnavailable, then nothing has changed."""

    def close(self) -> Deferred[None]:
        """Let go of the file."""


class MemoryMigrations:
    """Keeps migrations for as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[Key, Kept] = {}

    def get(self, key: Key) -> Kept | None:
        """Give the record that has this key."""
        return self._kept.get(key)

    def all(self) -> Iterator[Kept]:
        """Every record."""
        return iter(list(self._kept.values()))

    def put(self, kept: Kept) -> Deferred[None]:
        """Keep a record."""
        self._kept[kept.key] = kept
        return succeed(None)

    def close(self) -> Deferred[None]:
        """Nothing to finish."""
        return succeed(None)


class SqliteMigrations(MemoryMigrations):
    """Keeps them in a file. Raises CannotStart if it is in use, damaged or not ours."""

    def __init__(self, path: Path, worker: Worker) -> None:
        super().__init__()
        self._worker = worker
        self._path = path
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            self._prepare()
            self._kept = {kept.key: kept for kept in self._load()}
        except (OSError, sqlite3.Error, NoMessage, ValueError) as error:
            worker.stop()
            raise CannotStart(f"{path} cannot be used as the store of migrations ({error}): migration.path") from error

    def put(self, kept: Kept) -> Deferred[None]:
        """Keep a record in the file, then in memory."""
        done: Deferred[None] = Deferred()

        def written(error: Exception | None) -> None:
            if error is not None:
                done.errback(StoreUnavailable(str(error)))
            else:
                self._kept[kept.key] = kept
                done.callback(None)

        self._worker(lambda: self._write(kept), written)
        return done

    def close(self) -> Deferred[None]:
        """Let go of the file."""
        done: Deferred[None] = Deferred()
        self._worker(self._connection.close, lambda _error: done.callback(None))
        self._worker.stop()
        return done

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        if not run("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            run("CREATE TABLE migrations (key TEXT PRIMARY KEY, state TEXT NOT NULL, message TEXT NOT NULL)")
            run(f"PRAGMA application_id = {APPLICATION}")
        elif run("PRAGMA application_id").fetchone()[0] != APPLICATION:
            raise ValueError("it belongs to another program")

    def _load(self) -> Iterator[Kept]:
        for state, message in self._connection.execute("SELECT state, message FROM migrations"):
            yield Kept(decoded(message.encode()), State(state))

    def _write(self, kept: Kept) -> None:
        row = ("\n".join(kept.key), kept.state.value, encoded(kept.message).decode())
        self._connection.execute("INSERT OR REPLACE INTO migrations VALUES (?, ?, ?)", row)


def open_migrations(path: Path | None, reactor: IReactorFromThreads) -> MigrationStore:
    """Open the store in this file, or one that forgets. Raises CannotStart."""
    return MemoryMigrations() if path is None else SqliteMigrations(path, WriterThread(reactor))
