"""What every binding store does alike; memory and SQLite."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from tests.valserver.parts import record
from valserver.facts import Change
from valserver.records import Record
from valserver.stores.journal import Journal
from valserver.stores.store import BindingStore, MemoryStore
from valserver.stores.store_sqlite import Done, Job, SqliteStore

IMPUS = ["sip:a@home.example", "sip:b@home.example", "sip:ü@home.example", "tel:+1"]
RECORDS = st.builds(
    record,
    st.sampled_from(IMPUS),
    st.sampled_from([None, "alice", "bob"]),
    st.sampled_from(["", "phone", "tablet"]),
    st.floats(0, 1e12),
)
CHANGES = st.one_of(
    st.sampled_from(IMPUS).map(lambda impu: Change(impu, None)), RECORDS.map(lambda each: Change(each.impu, each))
)


class AtOnce:
    """A worker that does each job when it gets it, and makes calls when it is told to."""

    def __init__(self) -> None:
        self._calls: list[Callable[[], None]] = []

    def __call__(self, job: Job, done: Done) -> None:
        """Do the job now."""
        job()
        done(None)

    def soon(self, call: Callable[[], None]) -> None:
        """Keep the call."""
        self._calls.append(call)

    def turns(self) -> None:
        """Make the calls."""
        calls, self._calls = self._calls, []
        for call in calls:
            call()

    def stop(self) -> None:
        """Nothing to stop."""


class Opened:
    """A store, and a way to let what it put off happen."""

    def __init__(self, store: BindingStore, settle: Callable[[], None]) -> None:
        self.store = store
        self.settle = settle

    def apply(self, *changes: Change) -> None:
        """Apply changes and see them become durable."""
        outcome: list[None] = []
        done = self.store.apply(changes)
        if done is not None:
            done.addCallback(outcome.append)
            self.settle()
            assert outcome == [None]


def memory(_folder: Path) -> Opened:
    """Open a store in memory."""
    return Opened(MemoryStore(), lambda: None)


def sqlite(folder: Path) -> Opened:
    """Open a store in a file of this folder, its worker at hand."""
    worker = AtOnce()
    return Opened(SqliteStore(Journal(folder / "bindings.sqlite"), worker, Clock()), worker.turns)


@pytest.fixture(params=[memory, sqlite], ids=["memory", "sqlite"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """Give an open store of each kind."""
    opened: Opened = request.param(tmp_path)
    yield opened
    opened.store.close()


def test_what_was_applied_is_there(opened: Opened) -> None:
    """A record is found by its IMPU and among all."""
    opened.apply(Change("sip:a", record("sip:a")))
    assert opened.store.get("sip:a") == record("sip:a")
    assert list(opened.store.records()) == [record("sip:a")]
    assert opened.store.get("sip:b") is None
    assert opened.store.bound == 1


def test_the_next_decision_sees_a_change_at_once(opened: Opened) -> None:
    """Before it is durable."""
    opened.store.apply((Change("sip:a", record("sip:a")),))
    assert opened.store.get("sip:a") is not None
    opened.settle()


def test_a_client_is_found_where_it_is_bound(opened: Opened) -> None:
    """And nowhere any more when its binding has gone."""
    opened.apply(Change("sip:a", record("sip:a", "alice", "phone")))
    assert opened.store.where("", "alice", "phone") == ("sip:a",)
    assert opened.store.where("", "alice", "tablet") == ()
    opened.apply(Change("sip:a", record("sip:a", "bob", "phone")))
    assert opened.store.where("", "alice", "phone") == ()
    opened.apply(Change("sip:a", None))
    assert opened.store.where("", "bob", "phone") == ()


def test_a_client_that_moved_is_found_at_its_new_place(opened: Opened) -> None:
    """In whatever order the two changes stand."""
    opened.apply(Change("sip:a", record("sip:a")))
    opened.apply(Change("sip:b", record("sip:b")), Change("sip:a", record("sip:a", None)))
    assert opened.store.where("", "alice", "phone") == ("sip:b",)


def test_what_binds_a_user_is_found(opened: Opened) -> None:
    """As of the last change, durable or not."""
    for impu, user in (("sip:a", "alice"), ("sip:b", "bob"), ("sip:c", None), ("sip:d", "alice")):
        opened.store.apply((Change(impu, record(impu, user)),))
    opened.store.apply((Change("sip:d", None),))
    assert opened.store.bound_to("alice") == [record("sip:a")]
    assert opened.store.bound_to("carol") == []


def test_nothing_to_change_is_nothing_to_wait_for(opened: Opened) -> None:
    """An empty row of changes is done at once."""
    assert opened.store.apply(()) is None


def test_a_store_is_writable_and_can_be_closed(opened: Opened) -> None:
    """The Deferred of `close` fires."""
    assert opened.store.writable
    closed: Deferred[None] = opened.store.close()
    opened.settle()
    assert closed.called


ROWS = st.lists(st.lists(CHANGES, max_size=4), max_size=12)


@given(ROWS)
def test_the_memory_store_agrees_with_a_dict(rows: list[list[Change]]) -> None:
    """Whatever is applied in whatever order."""
    agrees_with_a_dict(memory, rows)


@given(ROWS)
def test_the_sqlite_store_agrees_with_a_dict(rows: list[list[Change]]) -> None:
    """Whatever is applied in whatever order."""
    agrees_with_a_dict(sqlite, rows)


def agrees_with_a_dict(open_store: Callable[[Path], Opened], rows: list[list[Change]]) -> None:
    """Apply the same to both, and compare."""
    known: dict[str, Record] = {}
    with TemporaryDirectory() as folder:
        opened = open_store(Path(folder))
        for changes in rows:
            opened.apply(*changes)
            for impu, each in changes:
                known.pop(impu, None)
                if each is not None:
                    known[impu] = each
        assert {each.impu: each for each in opened.store.records()} == known
        assert all(opened.store.get(impu) == known.get(impu) for impu in IMPUS)
        opened.store.close()
