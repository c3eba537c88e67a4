"""Both stores under one contract, and what only the durable one does."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve
from twisted.internet.defer import Deferred

from tests.valserver.migration.test_messages import MESSAGE
from valserver.errors import CannotStart, StoreUnavailable
from valserver.migration.messages import encoded
from valserver.migration.rules import Kept, State
from valserver.migration.store import APPLICATION, MemoryMigrations, MigrationStore, SqliteMigrations

OTHER = evolve(MESSAGE, home_user="bob")
Job = Callable[[], None]


class AtOnce:
    """A worker that does everything at once."""

    def __call__(self, job: Job, done: Callable[[Exception | None], None]) -> None:
        """Do it."""
        try:
            job()
        except sqlite3.Error as error:
            done(error)
        else:
            done(None)

    def soon(self, call: Job) -> None:
        """Call it."""
        call()

    def stop(self) -> None:
        """Nothing is queued."""


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> MigrationStore:
    """Give each."""
    return MemoryMigrations() if request.param == "memory" else SqliteMigrations(tmp_path / "m.sqlite", AtOnce())


def done(deferred: Deferred[None]) -> bool:
    """Whether it is done, and well."""
    outcomes: list[object] = []
    deferred.addBoth(outcomes.append)
    return outcomes == [None]


def test_one_record_is_kept_for_each_user_and_partner(store: MigrationStore) -> None:
    """The latest."""
    kept = Kept(MESSAGE, State.ASKED)
    assert store.get(kept.key) is None
    assert done(store.put(kept))
    assert done(store.put(Kept(OTHER, State.MIGRATED)))
    assert done(store.put(evolve(kept, state=State.SERVED)))
    assert store.get(kept.key) == Kept(MESSAGE, State.SERVED)
    assert {each.message.home_user: each.state for each in store.all()} == {
        "alice": State.SERVED,
        "bob": State.MIGRATED,
    }
    assert done(store.close())


def test_a_record_is_counted_until_it_is_removed(store: MigrationStore) -> None:
    """For the two domains that it is about."""
    kept, other = Kept(MESSAGE, State.ENDED), Kept(evolve(MESSAGE, partner_domain="third"), State.ENDED)
    for each in (kept, kept, other):
        assert done(store.put(each))
    assert [store.count("home", domain) for domain in ("partner", "third", "fourth")] == [1, 1, 0]
    assert done(store.remove(kept.key))
    assert done(store.remove(kept.key))
    assert (store.get(kept.key), list(store.all())) == (None, [other])
    assert [store.count("home", domain) for domain in ("partner", "third")] == [0, 1]
    assert done(store.close())


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    """For the server's own user only."""
    path = tmp_path / "m.sqlite"
    first = SqliteMigrations(path, AtOnce())
    first.put(Kept(OTHER, State.ENDED))
    first.put(Kept(MESSAGE, State.MIGRATED, 7.5))
    first.remove(Kept(OTHER, State.ENDED).key)
    first.close()
    assert path.stat().st_mode & 0o777 == 0o600
    again = SqliteMigrations(path, AtOnce())
    assert [(kept, kept.since) for kept in again.all()] == [(Kept(MESSAGE, State.MIGRATED), 7.5)]
    assert again.count("home", "partner") == 1
    again.close()


def test_a_file_from_before_there_were_times_is_taken(tmp_path: Path) -> None:
    """What was kept then was kept long ago."""
    path = tmp_path / "m.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("CREATE TABLE migrations (key TEXT PRIMARY KEY, state TEXT NOT NULL, message TEXT NOT NULL)")
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(
        "INSERT INTO migrations VALUES ('home\nalice\npartner', 'migrated', ?)", (encoded(MESSAGE).decode(),)
    )
    connection.close()
    store = SqliteMigrations(path, AtOnce())
    assert [(kept, kept.since) for kept in store.all()] == [(Kept(MESSAGE, State.MIGRATED), 0.0)]
    assert done(store.put(Kept(OTHER, State.ENDED, 7.5)))
    store.close()
    again = SqliteMigrations(path, AtOnce())
    assert {kept.message.home_user: kept.since for kept in again.all()} == {"alice": 0.0, "bob": 7.5}
    again.close()


def test_what_cannot_be_written_is_not_kept(tmp_path: Path) -> None:
    """Whoever waits is told."""
    store = SqliteMigrations(tmp_path / "m.sqlite", AtOnce())
    store._connection.execute("DROP TABLE migrations")
    outcomes: list[object] = []
    store.put(Kept(MESSAGE, State.MIGRATED)).addErrback(lambda failure: outcomes.append(failure.type))
    assert outcomes == [StoreUnavailable]
    assert store.get(Kept(MESSAGE, State.MIGRATED).key) is None
    store.close()


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked at", None])
def test_a_file_that_is_not_ours_is_told(tmp_path: Path, content: bytes | None) -> None:
    """With the setting."""
    path = tmp_path / "m.sqlite"
    if content is None:
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE other (x)")
        connection.close()
    else:
        path.write_bytes(content)
    with pytest.raises(CannotStart, match=r"migration\.path"):
        SqliteMigrations(path, AtOnce())


def test_a_file_in_use_is_told(tmp_path: Path) -> None:
    """By another server."""
    first = SqliteMigrations(tmp_path / "m.sqlite", AtOnce())
    first.put(Kept(MESSAGE, State.MIGRATED))
    with pytest.raises(CannotStart, match="locked"):
        SqliteMigrations(tmp_path / "m.sqlite", AtOnce())
    first.close()
