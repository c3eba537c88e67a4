"""A connection to a server, in memory: when it can be used again, and what its failures are to the client."""

from typing import Any

from OpenSSL import SSL
from twisted.internet import error
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from seal.proxy.deciding import Onward
from seal.proxy.errors import Refusal, Refused
from seal.proxy.headers import Pairs
from seal.proxy.outbound import Outbound, refusal_for
from seal.proxy.routes import Route
from seal.proxy.target import Target

ROUTE = Route("a", ("a",), "https://127.0.0.1:1")


def onward(method: bytes = b"GET", length: int | None = 0) -> Onward:
    """Give a request."""
    return Onward(ROUTE, method, b"https://127.0.0.1:1/x", ((b"host", b"a"),), length, Target("a", "/x"), "")


class Hearing:
    """Hears the answer."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def informed(self, status: int, headers: Pairs) -> None:
        """Note it."""
        self.heard.append(status)

    def answered(self, status: int, reason: bytes, headers: Pairs) -> None:
        """Note it."""
        self.heard.append((status, reason))

    def down(self, data: bytes) -> None:
        """Note it."""
        self.heard.append(data)

    def done(self) -> None:
        """Note it."""
        self.heard.append("done")

    def failed(self, refused: Refused) -> None:
        """Note it."""
        self.heard.append(refused.refusal)

    def pauseProducing(self) -> None:
        """Note it."""
        self.heard.append("pause")

    def resumeProducing(self) -> None:
        """Note it."""
        self.heard.append("resume")


class Line:
    """A connection to a server that says what the test says."""

    def __init__(self) -> None:
        self.wire = StringTransport()
        self.outbound = Outbound()
        untyped: Any = self.outbound
        untyped.makeConnection(self.wire)

    def asks(self, request: Onward) -> Hearing:
        """Send a request without a body."""
        hearing = Hearing()
        self.outbound.begin(hearing, request)
        self.outbound.end()
        return hearing


def test_one_request_after_the_other() -> None:
    """The connection is free when an answer is whole."""
    line = Line()
    for _ in range(2):
        hearing = line.asks(onward())
        assert not line.outbound.reusable
        line.outbound.dataReceived(b"HTTP/1.1 200 Fine\r\nContent-Length: 3\r\n\r\na")
        line.outbound.dataReceived(b"bc")
        assert hearing.heard == [(200, b"Fine"), b"a", b"bc", "done"]
        assert line.outbound.reusable
    assert line.wire.value() == b"GET /x HTTP/1.1\r\nhost: a\r\n\r\n" * 2


def test_a_body_is_framed_as_it_came() -> None:
    """With its length, or in chunks; nothing is said of one that is not there."""
    line, chunks, hearing = Line(), Line(), Hearing()
    line.outbound.begin(hearing, onward(b"PUT", 3))
    line.outbound.data(b"abc")
    line.outbound.end()
    assert line.wire.value().endswith(b"content-length: 3\r\n\r\nabc")
    chunks.outbound.begin(hearing, onward(b"PUT", None))
    chunks.outbound.data(b"abc")
    chunks.outbound.end()
    assert chunks.wire.value().endswith(b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")


def test_an_answer_may_end_with_its_connection() -> None:
    """If that ended as it should; then the connection serves nobody else."""
    for how, last in ((ConnectionDone(), "done"), (ConnectionLost(), Refusal.UNREACHABLE)):
        line = Line()
        hearing = line.asks(onward())
        line.outbound.dataReceived(b"HTTP/1.1 200 OK\r\n\r\nabc")
        line.outbound.connectionLost(Failure(how))
        assert (hearing.heard[-1], line.outbound.reusable) == (last, False)


def test_a_server_that_speaks_unasked_is_not_listened_to() -> None:
    """Its answer would be taken for another's."""
    line = Line()
    line.outbound.dataReceived(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert line.wire.disconnecting
    assert not line.outbound.reusable
    twice = Line()
    hearing = twice.asks(onward())
    twice.outbound.dataReceived(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" * 2)
    assert hearing.heard == [(200, b"OK"), "done"]
    assert not twice.outbound.reusable


def test_each_failure_is_told_as_what_it_is() -> None:
    """Who is not there, who proves nothing, who is late."""
    assert refusal_for(error.ConnectionRefusedError()).refusal is Refusal.UNREACHABLE
    assert refusal_for(SSL.Error()).refusal is Refusal.UNTRUSTED
    assert refusal_for(error.TimeoutError()).refusal is Refusal.SILENT
    assert refusal_for(ConnectionDone()).refusal is Refusal.BROKEN
