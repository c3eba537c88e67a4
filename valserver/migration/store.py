"""Where migrations are kept: the seam, the store that forgets, and the one that survives a crash.

One change after the other, and none is seen before it is durable: what a gateway was told with 200 is in the file.
"""

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorFromThreads

from valserver.errors import CannotStart, StoreUnavailable
from valserver.migration.messages import NoMessage, decoded, encoded
from valserver.migration.rules import Kept, Key, State
from valserver.stores.store_sqlite import Worker, WriterThread

APPLICATION = 0x56414C32
"""Marks the file as one of migrations ("VAL2")."""
TABLE = """CREATE TABLE migrations
    (key TEXT PRIMARY KEY, state TEXT NOT NULL, message TEXT NOT NULL, since REAL NOT NULL DEFAULT 0)"""
PUT = "INSERT OR REPLACE INTO migrations (key, state, since, message) VALUES (?, ?, ?, ?)"
REMOVE = "DELETE FROM migrations WHERE key = ?"
ALL = "SELECT state, since, message FROM migrations"


class MigrationStore(Protocol):
    """What is needed of a store; memory and SQLite, under one contract test."""

    def get(self, key: Key) -> Kept | None:
        """Give the record that has this key."""

    def all(self) -> Iterator[Kept]:
        """Every record."""

    def count(self, home_domain: str, partner_domain: str) -> int:
        """Say how many records there are of users of the one domain and the other as their partner."""

    def put(self, kept: Kept) -> Deferred[None]:
        """Keep a record; fires when it is durable, and fails with StoreUnavailable, then nothing has changed."""

    def remove(self, key: Key) -> Deferred[None]:
        """Keep a record no longer; as with `put`."""

    def close(self) -> Deferred[None]:
        """Let go of the file."""


class MemoryMigrations:
    """Keeps migrations for as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[Key, Kept] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def get(self, key: Key) -> Kept | None:
        """Give the record that has this key."""
        return self._kept.get(key)

    def all(self) -> Iterator[Kept]:
        """Every record."""
        return iter(list(self._kept.values()))

    def count(self, home_domain: str, partner_domain: str) -> int:
        """Say how many records there are between two domains."""
        return self._counts[home_domain, partner_domain]

    def put(self, kept: Kept) -> Deferred[None]:
        """Keep a record."""
        self._show(kept.key, kept)
        return succeed(None)

    def remove(self, key: Key) -> Deferred[None]:
        """Keep a record no longer."""
        self._show(key, None)
        return succeed(None)

    def close(self) -> Deferred[None]:
        """Nothing to finish."""
        return succeed(None)

    def _show(self, key: Key, kept: Kept | None) -> None:
        home_domain, _, partner_domain = key
        before = self._kept.pop(key, None)
        if kept is not None:
            self._kept[key] = kept
        self._counts[home_domain, partner_domain] += (kept is not None) - (before is not None)


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
            for kept in self._load():
                self._show(kept.key, kept)
        except (OSError, sqlite3.Error, NoMessage, ValueError) as error:
            worker.stop()
            raise CannotStart(f"{path} cannot be used as the store of migrations ({error}): migration.path") from error

    def put(self, kept: Kept) -> Deferred[None]:
        """Keep a record in the file, then in memory."""
        row = ("\n".join(kept.key), kept.state.value, kept.since, encoded(kept.message).decode())
        return self._changed(kept.key, kept, PUT, row)

    def remove(self, key: Key) -> Deferred[None]:
        """Take a record out of the file, then out of memory."""
        return self._changed(key, None, REMOVE, ("\n".join(key),))

    def _changed(self, key: Key, kept: Kept | None, statement: str, values: tuple[str | float, ...]) -> Deferred[None]:
        done: Deferred[None] = Deferred()

        def written(error: Exception | None) -> None:
            if error is not None:
                done.errback(StoreUnavailable(str(error)))
            else:
                self._show(key, kept)
                done.callback(None)

        self._worker(lambda: self._write(statement, values), written)
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
            run(TABLE)
            run(f"PRAGMA application_id = {APPLICATION}")
        elif run("PRAGMA application_id").fetchone()[0] != APPLICATION:
            raise ValueError("it belongs to another program")
        elif all(name != "since" for _, name, *_ in run("PRAGMA table_info(migrations)")):
            run("ALTER TABLE migrations ADD COLUMN since REAL NOT NULL DEFAULT 0")

    def _load(self) -> Iterator[Kept]:
        for state, since, message in self._connection.execute(ALL):
            yield Kept(decoded(message.encode()), State(state), since)

    def _write(self, statement: str, values: tuple[str | float, ...]) -> None:
        self._connection.execute(statement, values)


def open_migrations(path: Path | None, reactor: IReactorFromThreads) -> MigrationStore:
    """Open the store in this file, or one that forgets. Raises CannotStart."""
    return MemoryMigrations() if path is None else SqliteMigrations(path, WriterThread(reactor))
