"""One HTTP connection, byte by byte, in memory: what is bounded, and how that is told."""

from typing import Any, cast

import pytest
from klein import Klein
from twisted.internet.address import IPv4Address
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from valkit.net.channel import CONNECTIONS, OPENING, PER_HOST, WITHIN, BoundedConnections
from valkit.net.web import _QuietSite, _request_factory

POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"


class Wire(StringTransport):
    """A transport that can be cut."""

    cut = False

    def abortConnection(self) -> None:
        """Close at once."""
        self.cut = True


class Line:
    """A connection to an application that answers what it was sent."""

    def __init__(self) -> None:
        app = Klein()
        app.route("/", methods=["POST"])(lambda request: request.content.read())
        self.clock: Any = Clock()
        site: Any = cast(Any, _QuietSite)(app.resource(), reactor=self.clock, requestFactory=_request_factory(100))
        self.protocol = site.buildProtocol(None)
        self.wire: Any = cast(Any, Wire)()
        self.protocol.makeConnection(self.wire)

    def send(self, data: bytes) -> bytes:
        """Send bytes; gives what has come back since the last ones."""
        self.wire.clear()
        self.protocol.dataReceived(data)
        answer: bytes = self.wire.value()
        return answer

    def trickle(self, data: bytes, every: float) -> None:
        """Send one byte after the other, until the connection is cut."""
        for byte in data:
            if not self.wire.cut:
                self.send(bytes([byte]))
                self.clock.advance(every)


@pytest.mark.parametrize("data", [POST, b"\r\nGET / HTTP/1.1\r\nX: " + b"y" * 40, b"P"])
def test_a_request_that_trickles_in_is_not_waited_for(data: bytes) -> None:
    """Each byte comes in time, the whole does not."""
    line = Line()
    line.trickle(data, every=WITHIN / 20)
    line.clock.advance(WITHIN)
    assert line.wire.cut


def test_a_connection_that_says_nothing_has_little_time() -> None:
    """Much less than one that has asked something before: it may keep somebody out who would ask."""
    silent, asking = Line(), Line()
    asking.send(POST + b"abc")
    silent.clock.advance(OPENING)
    asking.clock.advance(OPENING)
    assert (silent.wire.cut, asking.wire.cut) == (True, False)


def test_nor_is_the_second_one() -> None:
    """On a connection that was good for one, or while that is being answered."""
    line = Line()
    assert b"abc" in line.send(POST + b"abc")
    line.clock.advance(WITHIN)
    assert not line.wire.cut
    line.send(POST + b"abc" + POST[:20])
    line.trickle(POST[20:], every=WITHIN / 20)
    assert line.wire.cut


def test_a_request_that_is_there_has_all_the_time() -> None:
    """What takes long then is our own affair; nothing is left to be called."""
    line = Line()
    for _ in range(5):
        line.send(POST)
        line.clock.advance(WITHIN - 1)
        assert b"abc" in line.send(b"abc")
    assert not line.wire.cut
    line.protocol.connectionLost(None)
    assert line.clock.getDelayedCalls() == []


@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\nX: "])
def test_a_line_without_end_is_refused(start: bytes) -> None:
    """At once, and with a reason."""
    line = Line()
    assert line.send(start + b"a" * 20_000).startswith(b"HTTP/1.1 431 ")
    assert line.wire.disconnecting


@pytest.mark.parametrize(
    "length", [b"9" * 19, b"0" * 5_000, b"9" * 5_000, b"+3", b"-3", b"3, 3", b"0x3", b"3\r\nContent-Length: 3"]
)
def test_a_length_that_is_none_is_refused(length: bytes) -> None:
    """And what follows is not taken for another request."""
    line = Line()
    answer = line.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + b"\r\n\r\nabc" + POST + b"def")
    assert (answer[:13], b"def" in answer, line.wire.disconnecting) == (b"HTTP/1.1 400 ", False, True)


def test_a_body_with_two_lengths_is_refused() -> None:
    """Nobody before us may have read it otherwise (request smuggling, RFC 9112 6.1)."""
    both = (b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n")
    for first, second in (both, both[::-1]):
        line = Line()
        answer = line.send(b"POST / HTTP/1.1\r\nHost: a\r\n" + first + second + b"\r\n0\r\n\r\n" + POST + b"def")
        assert (answer[:13], b"def" in answer, line.wire.disconnecting) == (b"HTTP/1.1 400 ", False, True)


class Door:
    """What lets everybody in."""

    noisy = False

    def buildProtocol(self, _: object) -> Any:
        """Give somebody."""
        return cast(Any, Line().protocol)

    def doStart(self) -> None:
        """Open."""

    def doStop(self) -> None:
        """Close."""


class House:
    """An address with so many connections."""

    def __init__(self) -> None:
        self.factory: Any = cast(Any, BoundedConnections)(Door())
        self.inside: list[Any] = []

    def enter(self, host: str) -> bool:
        """Connect from a host; False if nobody serves it."""
        came_from = IPv4Address("TCP", host, 40_000)
        built = self.factory.buildProtocol(came_from)
        if built is None:
            return False
        built.makeConnection(cast(Any, Wire)(peerAddress=came_from))
        self.inside.append(built)
        return True


def test_connections_are_only_so_many() -> None:
    """More find nobody, until one has gone."""
    house = House()
    assert all(house.enter(f"127.0.{number % 10}.1") for number in range(CONNECTIONS))
    assert not house.enter("127.0.99.1")
    house.inside[0].connectionLost(None)
    assert house.enter("127.0.99.1")


def test_one_host_keeps_nobody_else_out() -> None:
    """However many it opens; where one of its own has gone, it may come again."""
    house = House()
    assert [house.enter("127.0.0.66") for _ in range(PER_HOST + 1)] == [True] * PER_HOST + [False]
    assert house.enter("127.0.0.11")
    house.inside[0].connectionLost(None)
    assert house.enter("127.0.0.66")
