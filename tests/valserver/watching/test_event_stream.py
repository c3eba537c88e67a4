"""Server-sent events to one client, fast or slow."""

import json
from typing import Any

import pytest
from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from valserver.facts import Event
from valserver.watching.event_stream import HEARTBEAT, EventStream
from valserver.watching.events import EventLog

BOUND = Event("bound", "sip:a", "token", "alice", ("dispatch",), "REGISTER", "j1")


@define
class Request:
    """As much of a request as a stream uses."""

    last_seen: str | None = None
    headers: dict[str, str] = field(factory=dict)
    written: str = ""
    finished: Deferred[None] = field(factory=Deferred)
    producer: Any = None

    def getHeader(self, name: str) -> str | None:
        """Give Last-Event-ID."""
        return self.last_seen if name == "Last-Event-ID" else None

    def setHeader(self, name: str, value: str) -> None:
        """Keep a header."""
        self.headers[name] = value

    def notifyFinish(self) -> Deferred[None]:
        """Give what fires when the client goes."""
        return self.finished

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        """Keep the producer."""
        assert streaming
        self.producer = producer

    def write(self, data: bytes) -> None:
        """Keep what is written."""
        self.written += data.decode()


def follow(log: EventLog, last_seen: str | None = None, clock: Clock | None = None) -> tuple[Request, Deferred[None]]:
    """Open a stream. Gives its request and what fires when it has ended."""
    request: Any = Request(last_seen)
    return request, EventStream(request, log, clock or Clock()).run()


def ids(request: Request) -> list[str]:
    """Give the IDs of the events written."""
    return [line[4:] for line in request.written.splitlines() if line.startswith("id: ")]


@pytest.fixture
def log() -> EventLog:
    """Give a ring of five with two events in it."""
    log = EventLog("e", kept=5)
    for _ in range(2):
        log.append(BOUND, 1.0)
    return log


def test_a_new_client_gets_what_comes_from_now_on(log: EventLog) -> None:
    """In the form of the standard, fields as JSON."""
    request, _ = follow(log)
    assert request.headers["Content-Type"] == "text/event-stream"
    request.written = ""
    log.append(BOUND, 7.0)
    id_line, name, data, *rest = request.written.split("\n")
    assert (id_line, name, rest) == ("id: e-3", "event: bound", ["", ""])
    told = json.loads(data.removeprefix("data: "))
    assert told["val_service_ids"] == ["dispatch"]
    assert (told["at"], told["impu"], "from_impu" in told) == (7.0, "sip:a", False)


@pytest.mark.parametrize(
    ("last_seen", "expected"),
    [("e-1", ["e-2"]), ("e-2", []), ("e-99", []), ("f-1", ["e-1", "e-2"]), ("0", ["e-1", "e-2"])],
)
def test_a_client_that_comes_back_gets_what_it_missed(log: EventLog, last_seen: str, expected: list[str]) -> None:
    """After a restart of the server, everything there is."""
    assert ids(follow(log, last_seen)[0]) == expected


def test_a_client_that_was_away_too_long_learns_how_much_it_missed(log: EventLog) -> None:
    """The ring has forgotten it."""
    for _ in range(6):
        log.append(BOUND, 1.0)
    request, _ = follow(log, "e-1")
    assert 'event: missed\ndata: {"count": 2}\n\n' in request.written
    assert ids(request) == ["e-4", "e-5", "e-6", "e-7", "e-8"]


def test_a_slow_client_is_waited_for(log: EventLog) -> None:
    """Nothing is queued for it but its place in the ring."""
    request, _ = follow(log)
    request.producer.pauseProducing()
    log.append(BOUND, 1.0)
    assert ids(request) == []
    request.producer.resumeProducing()
    assert ids(request) == ["e-3"]
    request.producer.stopProducing()
    log.append(BOUND, 1.0)
    assert ids(request) == ["e-3"]


def test_a_silent_server_gives_signs_of_life(log: EventLog) -> None:
    """A comment line, which clients pass over."""
    clock = Clock()
    request, _ = follow(log, clock=clock)
    clock.advance(HEARTBEAT)
    assert request.written == ":\n\n:\n\n"


def test_a_client_that_goes_leaves_nothing(log: EventLog) -> None:
    """No call, no entry among those who are woken."""
    clock = Clock()
    request, ended = follow(log, clock=clock)
    request.finished.callback(None)
    log.append(BOUND, 1.0)
    assert (clock.getDelayedCalls(), ended.called, ids(request)) == ([], True, [])
