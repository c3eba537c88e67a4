import sqlite3
import stat
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from seal.errors import CannotStart, StoreUnavailable
from seal.idms.stores.sql.schema import SCHEMA
from seal.sql.opening import open_database, said


def test_a_file_is_made_for_its_owner_only(engine: Engine) -> None:
    """Password hashes are inside; the files beside it take its mode."""
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO services VALUES ('ptt', '')"))
        files = list(Path(str(engine.url.database)).parent.iterdir())
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_what_was_committed_survives_the_machine(engine: Engine) -> None:
    """A write-ahead log that is flushed at each commit; and foreign keys hold."""
    with engine.begin() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_file_that_is_gone_is_noticed(tmp_path: Path) -> None:
    """What is written into a removed file is lost with the process: it is said, and nothing is acknowledged."""
    path = tmp_path / "idms.sqlite"
    engine = open_database(f"sqlite:///{path}", SCHEMA)
    aside = tmp_path / "aside"

    def add(name: str, *, moving: bool = False) -> None:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO services VALUES (:name, '')"), {"name": name})
            if moving:
                path.rename(aside)

    with pytest.raises(StoreUnavailable, match="removed or replaced"):
        add("during", moving=True)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            add("after")
        path.touch()
    aside.rename(path)
    add("again")
    with engine.begin() as connection:
        assert list(connection.scalars(text("SELECT val_service_id FROM services"))) == ["again"]
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("no url", "store is no URL"),
        ("sqlite://", "names no database known here"),
        ("sqlite:///:memory:", "names no database known here"),
        ("mysql://root:hunter2@127.0.0.1/idms", "mysql://root:...@127.0.0.1/idms names no database"),
        ("sqlite:////nowhere/at/all.sqlite", "/nowhere/at/all.sqlite cannot be opened: No such file or directory"),
        ("postgresql://idms:hunter2@127.0.0.1:1/idms", "cannot be used as a store: connection"),
    ],
)
def test_a_database_that_cannot_be_had_is_told(url: str, sentence: str) -> None:
    """In a sentence, without the password."""
    with pytest.raises(CannotStart) as raised:
        open_database(url, SCHEMA)
    assert sentence.replace("...", "***") in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """And left as it is."""
    path = tmp_path / "letter"
    path.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(CannotStart, match="letter cannot be used as a store: file is not a database"):
        open_database(f"sqlite:///{path}", SCHEMA)
    assert path.read_text().startswith("Dear Sir")


def test_of_an_error_only_the_databases_own_words_are_told() -> None:
    """Not the statement with its values."""
    error = DBAPIError("INSERT", {"code": "5ecret"}, sqlite3.OperationalError("disk\n is full"))
    assert said(error) == "disk is full"
    assert said(NoConnection("QueuePool limit")) == "TimeoutError"


def test_postgresql_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra: a laboratory does with SQLite."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(CannotStart, match=r"val-harness\[postgres\]"):
        open_database("postgresql://127.0.0.1/idms", SCHEMA)
