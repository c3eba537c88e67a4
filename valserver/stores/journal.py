"""The file that keeps bindings: an append-only journal in SQLite, one row for every change.

The latest row of an IMPU is its record (the column holds the record's key, which names the VAL service too where there
are several); a row without a record says that nothing is known of it any more. New rows go to the end of the table, and
whatever has been overtaken is removed at its beginning, a few rows with each append. So a commit writes some
neighbouring pages, in whatever order IMPUs come; a table with one row for each IMPU would write one page for every one
of them. The view `bindings` shows the latest rows to a person with the `sqlite3` command.

Used by one thread at a time.
"""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from valkit.net.files import identity
from valserver.errors import CannotStart
from valserver.records import Record, decode

APPLICATION = 0x56414C31
"""Marks the file as ours ("VAL1"), so that another program's database is not taken for one."""
SCHEMA = 2
"""1: a record is of the only VAL service there was; else the same."""

CREATE = """
CREATE TABLE journal (seq INTEGER PRIMARY KEY, impu TEXT NOT NULL, record TEXT);
CREATE VIEW bindings AS
    SELECT impu, record FROM journal WHERE record IS NOT NULL AND seq IN (SELECT max(seq) FROM journal GROUP BY impu);
"""
APPEND = """
INSERT INTO journal SELECT ? + key, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)
"""
SLACK = 1_000
"""Rows beyond twice the live ones before the beginning is cleared: a small file is not cleared for nothing."""

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class FileGone(Exception):
    """The journal's file is not where it was: what is written now would be lost with the process."""


class Journal:
    """One open journal. Raises CannotStart when the file is in use, damaged, newer than this program or not ours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._latest: dict[str, int] = {}
        self._connection = self._open()
        self._file = identity(path)
        self._first, self._next = self._numbers()

    def load(self) -> Iterator[Record]:
        """Every record there is. Raises CannotStart when one cannot be read."""
        try:
            for seq, impu in self._connection.execute("SELECT seq, impu FROM journal ORDER BY seq"):
                self._latest[impu] = seq
            rows = self._connection.execute("SELECT seq, impu, record FROM journal ORDER BY seq")
            for seq, impu, record in rows:
                if record is not None and self._latest[impu] == seq:
                    yield _decoded(impu, record)
        except (sqlite3.DatabaseError, ValueError) as error:
            raise CannotStart(_damaged(self._path, error)) from error

    def append(self, changes: Mapping[str, Record | None]) -> None:
        """Make the changes durable, all or none. Raises sqlite3.Error, FileGone."""
        if identity(self._path) != self._file:
            raise FileGone(f"{self._path} was removed or replaced: put it back, or start the server anew")
        end = self._first + max(0, min(2 * len(changes), self._next - self._first - 2 * len(self._latest) - SLACK))
        rows = [*changes.items(), *self._survivors(end, changes)]
        self._write(rows, end)
        for seq, (impu, _) in enumerate(rows, self._next):
            self._latest[impu] = seq
        self._first = end
        self._next += len(rows)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _numbers(self) -> tuple[int, int]:
        """Give the number of the first row and that of the next one."""
        try:
            first, after = self._connection.execute(
                "SELECT coalesce(min(seq), 1), coalesce(max(seq), 0) + 1 FROM journal"
            ).fetchone()
        except sqlite3.DatabaseError as error:
            self.close()
            raise CannotStart(_damaged(self._path, error)) from error
        if type(first) is not int or type(after) is not int:
            self.close()
            raise CannotStart(_damaged(self._path, ValueError("its rows have no numbers")))
        return first, after

    def _survivors(self, end: int, changes: Mapping[str, Record | None]) -> list[tuple[str, Any]]:
        """Give the records before `end` that nothing has overtaken: they move to the end of the journal."""
        if end == self._first:
            return []
        rows = self._connection.execute("SELECT seq, impu, record FROM journal WHERE seq < ?", (end,)).fetchall()
        alive = [(i, text) for seq, i, text in rows if self._latest.get(i) == seq and i not in changes]
        for impu in [i for i, text in alive if text is None]:
            del self._latest[impu]  # no row of it is left that this one would have to deny
        return [(impu, json.loads(text)) for impu, text in alive if text is not None]

    def _write(self, rows: list[tuple[str, Any]], end: int) -> None:
        # One statement for all rows: the interpreter lock is given back once for the batch, not once for each row.
        run = self._connection.execute
        if end == self._first:
            run(APPEND, (self._next, _encode(rows)))
            return
        try:
            run("BEGIN")
            run(APPEND, (self._next, _encode(rows)))
            run("DELETE FROM journal WHERE seq < ?", (end,))
            run("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                run("ROLLBACK")
            raise

    def _open(self) -> sqlite3.Connection:
        try:
            # Whom an IMPU speaks for is personal data: nobody but the server's own user reads it.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._path.chmod(0o600)
            connection = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise CannotStart(f"{self._path} cannot be opened as binding store: {error}") from error
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            self._check_schema(connection)
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise CannotStart(f"{self._path} cannot be written as binding store: {error}") from error
            raise CannotStart(
                f"{self._path} is in use by another server: "
                "stop that one, or give this one another file (bindings.path)"
            ) from error
        except sqlite3.DatabaseError as error:
            raise CannotStart(_damaged(self._path, error)) from error

    def _check_schema(self, connection: sqlite3.Connection) -> None:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for statement in CREATE.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {SCHEMA}")
        elif application != APPLICATION:
            raise CannotStart(f"{self._path} belongs to another program: give another file (bindings.path)")
        elif version > SCHEMA:
            raise CannotStart(
                f"{self._path} was written by a newer version of this program (schema {version}, known {SCHEMA}): "
                "use that version, or give another file (bindings.path)"
            )
        elif version < SCHEMA:
            connection.execute(f"PRAGMA user_version = {SCHEMA}")


def _decoded(key: str, text: str) -> Record:
    record = decode(text)
    if record.key != key:
        raise ValueError(f"the record of {key!r} is another's")
    return record


def _damaged(path: Path, error: Exception) -> str:
    return f"{path} is damaged or no binding store ({error}): move it away to start with no bindings, or restore a copy"
