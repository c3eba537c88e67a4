"""Opens the database that a URL names, as our stores need it: what SQLite and PostgreSQL must be told."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from seal.errors import CannotStart, StoreUnavailable
from seal.sql.migrating import Schema, migrate
from valkit.net.files import identity

BUSY = 15.0
"""Seconds to wait for another process that writes to the same SQLite file."""
CONNECTING = 10
"""Seconds to wait for PostgreSQL to answer."""
CONNECTIONS = 8
"""Connections at most; each thread of the store has one."""
READING = "val_reading"
"""The execution option that says: nothing is written in this transaction."""


def open_database(url: str, schema: Schema) -> Engine:
    """Open `sqlite:///FILE` or `postgresql://USER@HOST/NAME` and migrate it. Raises CannotStart with a sentence."""
    parsed = _parsed(url)
    name = str(Path(parsed.database or "")) if parsed.drivername == "sqlite" else parsed.render_as_string()
    try:
        engine = _sqlite(parsed) if parsed.drivername == "sqlite" else _postgresql(parsed)
    except ModuleNotFoundError as error:
        raise CannotStart("PostgreSQL needs psycopg: pip install 'val-harness[postgres]'") from error
    except OSError as error:
        raise CannotStart(f"{name} cannot be opened: {error.strerror}") from error
    try:
        migrate(engine, schema, name)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, SQLAlchemyError):
            raise CannotStart(f"{name} cannot be used as a store: {said(error)}") from error
        raise
    return engine


def said(error: SQLAlchemyError) -> str:
    """Give the database's own words: SQLAlchemy's text also shows the statement and its values, which are secrets."""
    return " ".join(str(getattr(error, "orig", None) or type(error).__name__).split())


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise CannotStart("store is no URL (expected sqlite:///FILE or postgresql://USER@HOST/NAME)") from None
    match parsed.drivername:
        case "sqlite" if parsed.database not in {None, "", ":memory:"}:
            return parsed
        case "postgresql" | "postgresql+psycopg":
            return parsed.set(drivername="postgresql+psycopg")
    raise CannotStart(
        f"{parsed.render_as_string()} names no database known here "
        "(expected sqlite:///FILE or postgresql://USER@HOST/NAME)"
    )


def _postgresql(url: URL) -> Engine:
    # Many read-only questions and short writes: each statement sees what was committed before it, and rows or names
    # are locked where an act reads before it writes.
    return create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=CONNECTIONS,
        connect_args={"connect_timeout": CONNECTING},
        hide_parameters=True,
    )


def _sqlite(url: URL) -> Engine:
    path = Path(url.database or "")
    # What is inside may be secret: nobody but the server's own user reads it.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=CONNECTIONS,
        connect_args={"timeout": BUSY, "check_same_thread": False},
        hide_parameters=True,
    )
    opened = identity(path)

    def require_file(_connection: Connection) -> None:
        """Raise StoreUnavailable where the file is not there any more: what is committed would end with the process."""
        if identity(path) != opened:
            raise StoreUnavailable(f"{path} was removed or replaced: put it back, or start the server anew")

    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", require_file)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "commit", require_file)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver opens no transactions of its own: `_begin` does
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Take the right to write at the beginning: a transaction that finds out later may have to start again."""
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
