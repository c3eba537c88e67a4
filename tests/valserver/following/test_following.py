"""Which registrations are followed, and what is done about what they come to."""

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.task import Clock

from tests.valserver.parts import ALICE, NOW, SCSCF, STRANGER, Server, publish, record, register, token
from tests.valserver.stores.test_store_sqlite import Worker
from tests.valserver.watched import Scscf, document, notify
from valkit.ids import SeededIds
from valkit.sip import Hop, Request, Response
from valserver.app import followed
from valserver.facts import Change
from valserver.following.following import Following
from valserver.settings import ServerSettings
from valserver.stores.journal import Journal
from valserver.stores.store import MemoryStore
from valserver.stores.store_sqlite import SqliteStore

BOB = "sip:bob@home.example"


def begin(server: Server, scscf: Scscf, **told: Any) -> Following:
    """Let a server follow."""
    tokens = {"issuer": "https://idms.home.example", "keys": "unused"}
    settings = ServerSettings.model_validate({"tokens": tokens, "reg_event": {"follow": True, **told}})
    return followed(settings, scscf, Hop("udp", "127.0.0.31", 5070), server.handler, SeededIds(9))


def told(server: Server, request: Request, source: Hop = SCSCF) -> int:
    """Give the status of the answer to a NOTIFY."""
    answer = server.handler(request, source)
    assert isinstance(answer, Response)
    return answer.status


def passing(server: Server, seconds: float) -> None:
    """Let time pass in steps, since what is called sets further calls."""
    for _ in range(round(seconds * 10)):
        server.clock.advance(0.1)


def asked(scscf: Scscf) -> list[tuple[str, int | None]]:
    """Give what was subscribed to, and for how long."""
    return [(request.to.uri, request.expires) for request, _ in scscf.sent]


@pytest.fixture
def scscf() -> Scscf:
    """Give an S-CSCF that takes every subscription."""
    return Scscf()


@pytest.fixture
def server() -> Server:
    """Give a server."""
    return Server()


def test_a_binding_by_register_is_followed(server: Server, scscf: Scscf) -> None:
    """At the Contact of the third-party REGISTER, once for all its refreshes."""
    following = begin(server, scscf)
    server.asked(register(token()))
    server.asked(register(token(), cseq=2))
    server.clock.advance(1)
    assert asked(scscf) == [(ALICE, 600_000)]
    assert scscf.sent[0][1] == Hop("udp", "scscf.home.example", 5060)
    assert len(following) == 1


def test_whoever_is_not_bound_is_not_followed(server: Server, scscf: Scscf) -> None:
    """A registration without token is followed when a PUBLISH binds it; a PUBLISH alone is of no registration."""
    begin(server, scscf)
    server.asked(register())
    server.asked(publish(token(), impu=BOB))
    server.clock.advance(1)
    assert asked(scscf) == []
    server.asked(publish(token()))
    server.clock.advance(1)
    assert asked(scscf) == [(ALICE, 600_000)]


def test_an_end_that_is_told_unbinds_and_ends_the_subscription(server: Server, scscf: Scscf) -> None:
    """In every VAL service; with the cause in the event."""
    following = begin(server, scscf)
    server.asked(register(token()))
    server.clock.advance(1)
    first = scscf.sent[0][0]
    assert told(server, notify(first, document())) == 200
    server.clock.advance(60)
    assert told(server, notify(first, document(1, "terminated", "rejected", full=False), cseq=2)) == 200
    assert server.bound() is None
    assert server.told()[1:] == [("followed", "reg event"), ("unbound", "registration terminated (rejected)")]
    assert server.events[-1].via == "NOTIFY"
    server.clock.advance(1)
    assert asked(scscf)[1:] == [(ALICE, 0)]
    assert told(server, notify(first, b"", "terminated;reason=timeout", cseq=3)) == 200
    assert len(following) == 0


def test_every_service_is_unbound(scscf: Scscf) -> None:
    """One registration stands for all of them."""
    services = [{"name": "one", "tokens": {"issuer": "https://idms.home.example", "keys": "unused"}}]
    services.append({**services[0], "name": "two", "profile": "mcptt"})
    server = Server(settings={"services": services})
    settings = ServerSettings.model_validate({"services": services, "reg_event": {"follow": True}})
    following = followed(settings, scscf, Hop("udp", "127.0.0.31", 5070), server.handler, SeededIds(9))
    for name in ("one", "two"):
        known = record(ends=NOW + 600)._replace(service=name)
        server.ledger.store.apply((Change(known.key, known),))
        following.changed([Change(known.key, known)])
    server.clock.advance(60)
    assert asked(scscf) == [(ALICE, 600_000)]
    told(server, notify(scscf.sent[0][0], document(0, "init")))
    assert [(event.what, event.service) for event in server.events] == [("unbound", "one"), ("unbound", "two")]


def test_a_stranger_s_notify_changes_nothing(server: Server, scscf: Scscf) -> None:
    """403 from outside the trusted peers, though it knows the dialog; 481 for whoever is inside and does not."""
    begin(server, scscf)
    server.asked(register(token()))
    server.clock.advance(60)
    over = notify(scscf.sent[0][0], document(0, "terminated", "rejected"))
    assert told(server, over, STRANGER) == 403
    assert told(server, over.with_header("Call-ID", "other")) == 481
    assert told(server, over.with_header("To", "<sip:127.0.0.31:5070>;tag=x")) == 481
    assert server.bound() is not None
    assert told(server, over) == 200
    assert server.bound() is None
    assert told(server, over.with_header("CSeq", "0 NOTIFY")) == 500


def test_without_the_option_a_notify_is_not_served(server: Server) -> None:
    """405, and nothing is sent."""
    assert told(server, notify(register(), document())) == 405


def test_a_refused_subscription_leaves_the_binding(server: Server, scscf: Scscf) -> None:
    """It is told, once; each further REGISTER asks again."""
    scscf.status = 403
    begin(server, scscf)
    server.asked(register(token()))
    server.clock.advance(1_000)
    server.asked(register(token(), cseq=2))
    server.clock.advance(1)
    assert asked(scscf) == [(ALICE, 600_000)] * 2
    assert server.told() == [("bound", "token"), ("unfollowed", "403 Forbidden")]


def test_silence_leaves_the_binding(server: Server, scscf: Scscf) -> None:
    """And the subscription is tried again, until the binding ends."""
    scscf.status = None
    following = begin(server, scscf)
    server.asked(register(token()))
    passing(server, 90)
    assert (len(scscf.sent), server.told()[-1]) == (2, ("unfollowed", "no answer"))
    assert server.bound() is not None
    server.asked(register(expires=0, cseq=2))
    assert len(following) == 0


def test_deregistration_ends_the_subscription(server: Server, scscf: Scscf) -> None:
    """With Expires 0, and what comes of it then unbinds nobody who is bound anew."""
    begin(server, scscf)
    server.asked(register(token()))
    server.clock.advance(1)
    server.asked(register(expires=0, cseq=2))
    server.asked(register(token(), cseq=3))
    passing(server, 1)
    assert asked(scscf) == [(ALICE, 600_000), (ALICE, 0), (ALICE, 600_000)]
    first, _, second = (request for request, _ in scscf.sent)
    assert first.call_id != second.call_id
    told(server, notify(first, document(0, "terminated"), "terminated;reason=timeout"))
    assert server.bound() is not None


def test_another_registrar_is_asked_anew(server: Server, scscf: Scscf) -> None:
    """What the former S-CSCF says then is of no account."""
    begin(server, scscf)
    server.asked(register(token()))
    server.clock.advance(1)
    server.asked(register(token(), cseq=2, Contact="<sip:other.home.example>"))
    passing(server, 60)
    assert [to.host for _, to in scscf.sent] == ["scscf.home.example", "127.0.0.23", "other.home.example"]
    told(server, notify(scscf.sent[0][0], document(0, "terminated")))
    assert server.bound() is not None


def test_what_the_store_remembers_is_followed_at_the_start(scscf: Scscf) -> None:
    """Spread over time, so many in a second; and an end in the meantime is heard of at once."""
    store = MemoryStore()
    impus = [f"sip:{number}@home.example" for number in range(20)]
    store.apply(tuple(Change(impu, record(impu, ends=NOW + 3_600, client="")) for impu in impus))
    server = Server(store=store)
    following = begin(server, scscf, per_second=10)
    server.ledger.start()
    server.clock.advance(0)
    assert len(scscf.sent) == 1
    for second in (1, 2):
        passing(server, 1)
        assert second * 10 - 1 <= len(scscf.sent) <= second * 10 + 1
    server.clock.advance(1)
    assert sorted(impu for impu, _ in asked(scscf)) == sorted(impus)
    told(server, notify(scscf.sent[0][0], document(0, "init", aor=impus[0])))
    assert server.told() == [("unbound", "registration terminated")]
    following.stop()


def test_ends_are_paced_too(scscf: Scscf) -> None:
    """When very many registrations run out together."""
    store = MemoryStore()
    impus = [f"sip:{number}@home.example" for number in range(10)]
    store.apply(tuple(Change(impu, record(impu, ends=NOW + 60, client="")) for impu in impus))
    server = Server(store=store)
    following = begin(server, scscf, per_second=5)
    server.ledger.start()
    passing(server, 4)
    assert len(scscf.sent) == 10
    for request, _ in scscf.sent[:10]:
        told(server, notify(request, document(aor=request.uri), "active;expires=9000"))
    passing(server, 57)
    assert len(scscf.sent) <= 16
    passing(server, 2)
    assert asked(scscf)[10:] == [(impu, 0) for impu in impus]
    following.stop()


def test_there_are_so_many_at_most(server: Server, scscf: Scscf) -> None:
    """Told once, not for each; bindings are kept, and there is room again when one ends."""
    following = begin(server, scscf, most=1)
    for number, impu in enumerate((ALICE, BOB, "sip:carol@home.example")):
        server.asked(register(token(val_client_id=""), impu=impu, Call_ID=f"c{number}", CSeq="1 REGISTER"))
        server.clock.advance(1)
    assert len(following) == 1
    assert [event.impu for event in server.events if event.what == "unfollowed"] == [BOB]
    following.stop()


def test_a_stopped_server_sends_nothing(server: Server, scscf: Scscf) -> None:
    """And leaves no call on the clock but the ledger's."""
    following = begin(server, scscf)
    server.asked(register(token()))
    following.stop()
    server.ledger.stop()
    assert server.clock.getDelayedCalls() == []
    server.asked(register(token(), impu=BOB, cseq=2))
    server.clock.advance(1)
    assert scscf.sent == []


def test_what_cannot_be_stored_is_asked_for_again(tmp_path: Path, scscf: Scscf) -> None:
    """The binding stands until the store takes its end in."""
    clock, worker = Clock(), Worker()
    server = Server(store=SqliteStore(Journal(tmp_path / "bindings.sqlite"), worker, clock), clock=clock)
    begin(server, scscf)
    server.handler(register(token()), SCSCF)
    worker.turns()
    assert scscf.sent == []
    worker.works()
    clock.advance(40)
    first = scscf.sent[0][0]
    told(server, notify(first, document()))
    told(server, notify(first, document(1, "terminated", "rejected"), cseq=2))
    worker.turns()
    worker.fails()
    assert server.bound() is not None
    clock.advance(10)
    clock.advance(1)
    assert asked(scscf) == [(ALICE, 600_000)] * 2
    told(server, notify(first, document(2, "init"), cseq=3))
    worker.turns()
    worker.works()
    assert server.bound() is None
    server.store.close()
