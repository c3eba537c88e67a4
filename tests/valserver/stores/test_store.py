"""Records in memory, found by IMPU and client; the stores' common behaviour is in tests/contracts."""

import gc

from tests.valserver.parts import record
from valserver.records import Grant, Publication, Record
from valserver.stores.store import MemoryStore, Records


def test_put_gives_what_was_there() -> None:
    """So that it can be put back."""
    records = Records()
    assert records.put("sip:a", record("sip:a")) is None
    before = records.put("sip:a", None)
    assert len(records) == 0
    records.restore("sip:a", before)
    assert records.get("sip:a") == record("sip:a")
    assert records.where("", "alice", "phone") == ("sip:a",)


def test_what_was_loaded_is_found_by_client() -> None:
    """A store that starts from a file knows where clients are."""
    assert Records([record("sip:a")]).where("", "alice", "phone") == ("sip:a",)


def test_a_client_is_found_by_its_publication_alone() -> None:
    """Where a PUBLISH came before the registration."""
    grant = Grant("dispatch", "tablet", "j", 1.0)
    publication = Publication("poc-settings", "tablet", "t1", 1.0, (grant,))
    records = Records([Record("sip:a", "alice", None, (publication,))])
    assert records.where("", "alice", "tablet") == ("sip:a",)
    records.put("sip:a", record("sip:a", "alice", "phone"))
    assert records.where("", "alice", "tablet") == ()


def test_a_refresh_leaves_the_clients_as_they_are() -> None:
    """Only the end differs."""
    records = Records([record("sip:a")])
    records.put("sip:a", record("sip:a", ends=9.0))
    assert records.where("", "alice", "phone") == ("sip:a",)


def test_the_garbage_collector_need_not_visit_what_is_kept() -> None:
    """A hundred thousand records that it visits are a pause of a third of a second, again and again."""
    records = Records([record("sip:a")])
    for _ in range(3):  # it finds out about a tuple when it has about those within
        gc.collect()
    assert not any(gc.is_tracked(each) for each in (*records._records.values(), *records._where.values()))


def test_a_client_is_found_at_each_impu_of_a_set() -> None:
    """Until it leaves one."""
    records = Records([record("sip:a"), record("sip:b")])
    assert records.where("", "alice", "phone") == ("sip:a", "sip:b")
    records.put("sip:a", None)
    assert records.where("", "alice", "phone") == ("sip:b",)


def test_memory_makes_nobody_wait() -> None:
    """There is nothing more durable to wait for."""
    store = MemoryStore()
    store.apply(())
    assert list(store.records()) == []


def test_who_is_bound_is_counted_as_records_come_and_go() -> None:
    """Not who is only registered; and what is undone is undone here too."""
    records = Records([record("sip:a"), Record("sip:b", None, None, ())])
    assert records.bound == 1
    before = records.put("sip:b", record("sip:b"))
    records.put("sip:a", record("sip:a", ends=9.0))
    assert records.bound == 2
    records.restore("sip:b", before)
    records.put("sip:a", None)
    assert records.bound == 0
