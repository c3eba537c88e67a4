"""Which requests are served, and that 200 waits for the store."""

from pathlib import Path

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from tests.valserver.parts import ALICE, SCSCF, STRANGER, Server, publish, register, token
from tests.valserver.stores.test_store_sqlite import Worker
from valkit.sip import Request, Response
from valserver.stores.journal import Journal
from valserver.stores.store_sqlite import SqliteStore


def asking(method: str) -> Request:
    """Build a request of any method."""
    return Request.create(
        method,
        "sip:valserver.home.example",
        [
            ("Via", "SIP/2.0/UDP 127.0.0.23:5060;branch=z9hG4bKx"),
            ("From", "<sip:a@home.example>;tag=1"),
            ("To", "<sip:valserver.home.example>"),
            ("Call-ID", "x"),
            ("CSeq", f"1 {method}"),
        ],
    )


def test_options_is_answered_to_anybody() -> None:
    """Readiness is probed so."""
    answer = Server().asked(asking("OPTIONS"), STRANGER)
    assert (answer.status, ", ".join(answer.headers.all("Allow"))) == (200, "REGISTER, PUBLISH, OPTIONS")


def test_another_method_is_not_allowed() -> None:
    """405 with Allow (RFC 3261 8.2.1)."""
    answer = Server().asked(asking("MESSAGE"))
    assert (answer.status, ", ".join(answer.headers.all("Allow"))) == (405, "REGISTER, PUBLISH, OPTIONS")


def test_notify_is_served_where_registrations_are_followed() -> None:
    """From trusted peers, and OPTIONS says so."""
    server = Server(settings={"reg_event": {"follow": True}})
    server.handler.notified = lambda request: request.answer(481)
    assert server.asked(asking("NOTIFY")).status == 481
    assert server.asked(asking("NOTIFY"), STRANGER).status == 403
    assert "NOTIFY" in server.asked(asking("OPTIONS")).headers.all("Allow")


def test_an_ack_is_not_answered() -> None:
    """Nothing answers an ACK (RFC 3261 17)."""
    server = Server()
    assert server.handler(asking("ACK"), SCSCF) is None
    assert server.events == []


@pytest.fixture
def worker() -> Worker:
    """Give a worker in the hand of the test."""
    return Worker()


@pytest.fixture
def slow(worker: Worker, tmp_path: Path) -> Server:
    """Give a server whose commits end when the test says so."""
    clock = Clock()
    return Server(store=SqliteStore(Journal(tmp_path / "bindings.sqlite"), worker, clock), clock=clock)


def later(server: Server, request: Request) -> list[int]:
    """Give a list in which the status of the answer will stand."""
    statuses: list[int] = []
    answer = server.handler(request, SCSCF)
    assert isinstance(answer, Deferred)
    answer.addCallback(lambda response: statuses.append(response.status))
    return statuses


def test_200_waits_for_the_commit(slow: Server, worker: Worker) -> None:
    """Nobody is told of a binding before it is durable, neither the peer nor those who watch."""
    statuses = later(slow, register(token()))
    worker.turns()
    assert (statuses, slow.events) == ([], [])
    worker.works()
    assert statuses == [200]
    assert slow.told() == [("bound", "token")]


def test_a_failed_commit_is_answered_500(slow: Server, worker: Worker) -> None:
    """And nothing is bound."""
    statuses = later(slow, register(token()))
    worker.turns()
    worker.fails()
    assert statuses == [500]
    assert slow.told() == [("refused", "store: disk full")]
    assert slow.bound() is None
    assert slow.asked(asking("OPTIONS")).status == 503
    slow.store.close()


def test_requests_for_one_impu_keep_their_order(slow: Server, worker: Worker) -> None:
    """The second is decided on the first, before that is durable, and told after it."""
    first = later(slow, register(token("alice")))
    second = later(slow, register(token("bob", jti="b"), cseq=2))
    third = later(slow, register(expires=0, cseq=3))
    worker.turns()
    worker.works()
    assert first == second == third == [200]
    assert slow.told() == [("bound", "token"), ("rebound", "another user"), ("unbound", "deregistered")]


def test_a_repetition_waits_with_the_first(slow: Server, worker: Worker) -> None:
    """Its 200 promises the same."""
    first, again = later(slow, register(expires=600)), later(slow, register(expires=600))
    worker.turns()
    assert again == []
    worker.works()
    assert first == again == [200]


def test_a_refusal_waits_for_nothing(slow: Server) -> None:
    """It changes nothing."""
    answer = slow.handler(register(token(aud="elsewhere")), SCSCF)
    assert isinstance(answer, Response)
    assert answer.status == 403


def test_a_stranger_s_refusal_says_whom_it_spoke_of_and_which_setting_decides() -> None:
    """An operator who has left out an S-CSCF sees so from one line; what cannot be read is left out."""
    server = Server()
    server.asked(register(token()), STRANGER)
    server.asked(publish(token(), impu="sip:bob@home.example"), STRANGER)
    server.asked(register(token(), impu="sip:@"), STRANGER)
    assert [event.impu for event in server.events] == [ALICE, "sip:bob@home.example", ""]
    assert {event.cause for event in server.events} == {"untrusted peer 192.0.2.66 (not in trusted_peers)"}


def test_a_stranger_takes_no_capacity() -> None:
    """Only trusted peers' requests are remembered, so that nobody else can make the server say 503 to them."""
    handler = Server().handler
    assert (handler.admits(SCSCF), handler.admits(STRANGER)) == (True, False)
