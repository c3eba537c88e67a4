"""Time ends what nobody refreshed, and what the store could not write is tried again."""

from pathlib import Path

import pytest
from twisted.internet.task import Clock

from tests.valserver.parts import ALICE, NOW, SCSCF, Server, record, register, registered, token
from tests.valserver.stores.test_store_sqlite import Worker
from valkit.net.tracing import AT_WORK, trace
from valkit.sip.session import session_of
from valserver import ledger as module
from valserver.facts import Change
from valserver.stores.journal import Journal
from valserver.stores.store import MemoryStore
from valserver.stores.store_sqlite import SqliteStore


def test_a_refresh_puts_the_end_off() -> None:
    """The first moment passes and nothing ends."""
    server = Server()
    server.ledger.enter(registered(ends=NOW + 60))
    server.ledger.enter(registered(ends=NOW + 90))
    server.clock.advance(60)
    assert list(server.store.records()) != []
    server.clock.advance(30)
    assert list(server.store.records()) == []


def test_an_earlier_end_rings_earlier() -> None:
    """One alarm for all, always the next one."""
    server = Server()
    server.ledger.enter(registered("sip:a", ends=NOW + 60))
    server.ledger.enter(registered("sip:b", ends=NOW + 30))
    assert len(server.clock.getDelayedCalls()) == 1
    server.clock.advance(30)
    assert [each.impu for each in server.store.records()] == ["sip:a"]


def test_what_ended_while_the_server_was_down_ends_at_its_start() -> None:
    """And is told."""
    store = MemoryStore()
    store.apply((Change(ALICE, record(ends=NOW - 5)),))
    server = Server(store=store)
    server.ledger.start()
    server.clock.advance(0)
    assert server.told() == [("unbound", "registration expired")]


def test_changes_are_heard_of_when_they_are_durable(tmp_path: Path) -> None:
    """Refreshes too, of which no event tells."""
    clock, worker = Clock(), Worker()
    server = Server(store=SqliteStore(Journal(tmp_path / "bindings.sqlite"), worker, clock), clock=clock)
    heard: list[str] = []
    server.ledger.changed = lambda changes: heard.extend(key for key, _ in changes)
    for ends in (NOW + 60, NOW + 90):
        server.ledger.enter(registered(ends=ends))
        worker.turns()
        before = len(heard)
        worker.works()
        assert len(heard) == before + 1
    assert heard == [ALICE, ALICE]
    server.ledger.stop()
    server.store.close()


def test_what_is_over_is_not_shown_before_it_is_ended() -> None:
    """Whether or not the alarm was there first."""
    store = MemoryStore()
    store.apply((Change(ALICE, record(ends=NOW - 5)), Change("sip:b", record("sip:b", "bob"))))
    server = Server(store=store)
    assert [binding.impu for binding in server.ledger.bindings()] == ["sip:b"]
    assert server.bound() is None
    assert server.ledger.bound_to("alice") == []
    assert server.ledger.bound_to("bob") == [record("sip:b", "bob")]


def test_a_stopped_ledger_ends_nothing() -> None:
    """No call is left on the clock."""
    server = Server()
    server.ledger.enter(registered())
    server.ledger.stop()
    server.ledger.stop()
    assert server.clock.getDelayedCalls() == []


def test_very_many_ends_leave_room_for_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are dealt with in portions, one turn each."""
    monkeypatch.setattr(module, "AT_ONCE", 2)
    server = Server()
    for number in range(5):
        server.ledger.enter(registered(f"sip:{number}", ends=NOW + 60))
    left: list[int] = []
    server.clock.callLater(
        60, lambda: server.clock.callLater(0, lambda: left.append(len(list(server.store.records()))))
    )
    server.clock.advance(60)
    server.clock.advance(0)
    server.clock.advance(0)
    assert left != [0]
    assert list(server.store.records()) == []


def test_an_end_that_could_not_be_written_is_tried_again(tmp_path: Path) -> None:
    """Until then the record is there, but not shown as bound."""
    clock, worker = Clock(), Worker()
    server = Server(store=SqliteStore(Journal(tmp_path / "bindings.sqlite"), worker, clock), clock=clock)
    server.handler(register(token(), expires=60), SCSCF)
    worker.turns()
    worker.works()
    clock.advance(60)
    worker.turns()
    worker.fails()
    assert server.bound() is None
    assert server.told() == [("bound", "token")]
    clock.advance(1.0)
    worker.turns()
    while worker.jobs:
        worker.works()
        worker.turns()
    assert server.told() == [("bound", "token"), ("unbound", "registration expired")]
    server.ledger.stop()


def test_an_end_waits_while_too_much_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stalled disk does not lose it."""
    clock, worker = Clock(), Worker()
    server = Server(store=SqliteStore(Journal(tmp_path / "bindings.sqlite"), worker, clock), clock=clock)
    server.ledger.enter(registered(ends=NOW + 60))
    worker.turns()
    worker.works()
    monkeypatch.setattr("valserver.stores.store_sqlite.MOST_WAITING", 0)
    clock.advance(60)
    monkeypatch.undo()
    clock.advance(module.RETRY)
    worker.turns()
    worker.works()
    assert list(server.store.records()) == []


def test_what_is_told_once_it_is_durable_is_still_of_its_request(tmp_path: Path) -> None:
    """Though by then others are worked on, or nobody is: the log names the request that did it."""
    clock, worker = Clock(), Worker()
    server = Server(store=SqliteStore(Journal(tmp_path / "bindings.sqlite"), worker, clock), clock=clock)
    traces: list[str] = []
    server.ledger.tell = lambda _event: traces.append(trace())
    request = register(token())
    before = AT_WORK.set(request)
    server.handler(request, SCSCF)
    AT_WORK.reset(before)
    worker.turns()
    assert traces == []
    worker.works()
    assert traces == [session_of(request)]
    server.ledger.stop()
    server.store.close()
