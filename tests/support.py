"""A network in memory: UDP that may lose, TCP that may be slow, and time that passes only when told.

`Network` stands in for the reactor wherever sockets are opened. Whatever is under way arrives when `run` lets time
pass, so a test sees every message and each timer at its own time, without a socket.
"""

from collections import deque
from collections.abc import Callable, Iterable
from errno import EADDRINUSE
from itertools import count
from typing import Any, NamedTuple, TypeVar, cast

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import CannotListenError, ConnectionAborted, ConnectionDone, DNSLookupError
from twisted.internet.error import ConnectionRefusedError as Refused
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from valkit.ids import SeededIds
from valkit.net.clock import ShiftableClock
from valkit.net.sip import Handler, SipEndpoint
from valkit.sip import Hop, Request, Response, parse

Address = tuple[str, int]
T = TypeVar("T")

WINDOW = 65_536
"""Bytes that a connection takes before its writer is told to pause."""


class Datagram(NamedTuple):
    """One datagram that was sent, whether or not it arrived."""

    at: float
    source: Address
    target: Address
    data: bytes

    @property
    def message(self) -> Request | Response:
        """What it says."""
        return parse(self.data)


class Network:
    """Hosts joined in memory; the reactor of every endpoint of a test."""

    def __init__(self) -> None:
        self.clock = ShiftableClock(Clock())
        self.datagrams: list[Datagram] = []
        """Every datagram sent, lost ones included."""
        self.loses: Callable[[Datagram], bool] = lambda _: False
        """Says which datagrams do not arrive."""
        self.delay = 0.0
        """Seconds that everything is under way."""
        self.streams: list[Stream] = []
        """Both ends of every connection ever opened, the opener's first."""
        self.attempts: list[Address] = []
        """Where connections were tried."""
        self.names: dict[str, str] = {}
        """What names stand for."""
        self._ports: dict[tuple[str, Address], Any] = {}
        self._free = count(40_000)

    def run(self, seconds: float = 0.0) -> None:
        """Let time pass."""
        self.clock.advance(seconds)

    # --- what is used of a reactor

    def listenUDP(
        self,
        port: int,
        protocol: Any,
        interface: str = "",
        maxPacketSize: int = 8192,  # noqa: N803 - Twisted's name
    ) -> "UdpPort":
        """Open a UDP socket."""
        assert maxPacketSize >= 65_535, "datagrams would be cut"
        opened = UdpPort(self, ("udp", self._take("udp", interface, port)), protocol)
        self._ports[opened.key] = opened
        protocol.makeConnection(opened)
        return opened

    def listenTCP(self, port: int, factory: Any, backlog: int = 50, interface: str = "") -> "TcpPort":
        """Accept connections."""
        opened = TcpPort(self, ("tcp", self._take("tcp", interface, port)), factory)
        self._ports[opened.key] = opened
        factory.doStart()
        return opened

    def connectTCP(
        self,
        host: str,
        port: int,
        factory: Any,
        timeout: float = 30,
        bindAddress: Address | None = None,  # noqa: N803 - Twisted's name
    ) -> "Connector":
        """Open a connection, refused where nobody listens."""
        host_bound, port_bound = bindAddress or ("127.0.0.1", 0)
        source = host_bound, port_bound or next(self._free)
        self.attempts.append((host, port))
        connector = Connector(self, source, (host, port), factory)
        factory.doStart()
        factory.startedConnecting(connector)
        self.clock.callLater(self.delay, connector.connect)
        return connector

    def resolve(self, name: str) -> Deferred[str]:
        """Look up a name, in time."""
        found: Deferred[str] = Deferred()
        answer = self.names.get(name) or Failure(DNSLookupError(name))
        self.clock.callLater(self.delay, found.callback, answer)
        return found

    # --- the wire

    def carry(self, source: Address, target: Address, data: bytes) -> None:
        """Take a datagram on its way."""
        self.datagrams.append(datagram := Datagram(self.clock.seconds(), source, target, data))
        if not self.loses(datagram):
            self.clock.callLater(self.delay, self._arrive, datagram)

    def at(self, transport: str, address: Address) -> Any:
        """Find who listens at an address."""
        return self._ports.get((transport, address))

    def leave(self, key: tuple[str, Address]) -> None:
        """Take a port off the network."""
        self._ports.pop(key, None)

    def _arrive(self, datagram: Datagram) -> None:
        port = self.at("udp", datagram.target)
        if port is not None:
            port.protocol.datagramReceived(datagram.data, datagram.source)

    def _take(self, transport: str, host: str, port: int) -> Address:
        address = host, port or next(self._free)
        if (transport, address) in self._ports:
            raise CannotListenError(host, port, OSError(EADDRINUSE, "in use"))
        return address


class Port:
    """A listening socket."""

    def __init__(self, network: Network, key: tuple[str, Address], listener: Any) -> None:
        self.network, self.key, self.protocol = network, key, listener

    def getHost(self) -> IPv4Address:
        """Give the address."""
        return address_of(self.key[1], self.key[0])

    def stopListening(self) -> Deferred[None]:
        """Close."""
        self.network.leave(self.key)
        return succeed(None)


class UdpPort(Port):
    """A UDP socket, and its own handle."""

    def getHandle(self) -> "UdpPort":
        """Give what has `sendto`."""
        return self

    def sendto(self, data: bytes, target: Address) -> None:
        """Send, as a socket does: not at all when it is too much or the socket is closed."""
        if len(data) > 65_507 or self.network.at("udp", self.key[1]) is not self:
            raise OSError("refused")
        self.network.carry(self.key[1], target, data)


class TcpPort(Port):
    """A TCP socket that accepts."""

    def stopListening(self) -> Deferred[None]:
        """Close, and tell the factory as a reactor does."""
        self.protocol.doStop()
        return super().stopListening()


class Connector:
    """An attempt to open a connection."""

    def __init__(self, network: Network, source: Address, target: Address, factory: Any) -> None:
        self.network, self.source, self.target, self.factory = network, source, target, factory
        self.stopped = False

    def connect(self) -> None:
        """Succeed or fail."""
        port = self.network.at("tcp", self.target)
        if self.stopped:
            return
        if port is None:
            self.factory.clientConnectionFailed(self, Failure(Refused()))
            return
        near, far = Stream(self.network, self.source, self.target), Stream(self.network, self.target, self.source)
        near.peer, far.peer = far, near
        self.network.streams += [near, far]
        accepting = port.protocol.buildProtocol(address_of(self.source))
        near.begin(self.factory.buildProtocol(address_of(self.target)))
        if accepting is None:
            far.abortConnection()
        else:
            far.begin(accepting)

    def getDestination(self) -> IPv4Address:
        """Give the address that was to be reached."""
        return address_of(self.target)

    def stopConnecting(self) -> None:
        """Give up."""
        self.stopped = True
        self.factory.clientConnectionFailed(self, Failure(ConnectionAborted()))


class Stream:
    """One end of a TCP connection: a transport as Twisted's protocols know it."""

    def __init__(self, network: Network, here: Address, there: Address) -> None:
        self.network, self.here, self.there = network, here, there
        self.peer = cast(Stream, None)
        self.protocol: Any = None
        self.producer: Any = None
        self.arrived: deque[bytes] = deque()
        """What the other end wrote and this end has not read."""
        self.reading, self.paused, self.closed, self.closing = True, False, False, False

    def begin(self, protocol: Any) -> None:
        """Connect a protocol to it."""
        self.protocol = protocol
        protocol.makeConnection(self)

    def getHost(self) -> IPv4Address:
        """Give this end."""
        return address_of(self.here)

    def getPeer(self) -> IPv4Address:
        """Give the other end."""
        return address_of(self.there)

    def write(self, data: bytes) -> None:
        """Send, telling the producer when the other end does not keep up."""
        if self.closed or self.closing:
            return
        self.peer.arrived.append(data)
        self.network.clock.callLater(self.network.delay, self.peer.read)
        if self.producer is not None and self.peer.unread > WINDOW:
            self.paused = True
            self.producer.pauseProducing()

    def writeSequence(self, parts: Iterable[bytes]) -> None:
        """Send several."""
        self.write(b"".join(parts))

    @property
    def unread(self) -> int:
        """How many bytes wait to be read."""
        return sum(map(len, self.arrived))

    def read(self) -> None:
        """Pass on what has come, while anybody wants it."""
        while self.arrived and self.reading and not self.closed and self.protocol is not None:
            self.protocol.dataReceived(self.arrived.popleft())
        if not self.arrived and self.peer.paused:
            self.peer.paused = False
            self.peer.producer.resumeProducing()
        if not self.arrived and self.peer.closing and not self.closed:
            self.lose(ConnectionDone())

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        """Note whom to tell."""
        assert streaming
        self.producer = producer

    def unregisterProducer(self) -> None:
        """Tell nobody any more."""
        self.producer, self.paused = None, False

    def pauseProducing(self) -> None:
        """Read nothing for now."""
        self.reading = False

    def resumeProducing(self) -> None:
        """Read on."""
        self.reading = True
        self.network.clock.callLater(0, self.read)

    def loseConnection(self) -> None:
        """Close when the other end has read everything; with a producer, not before it has unregistered."""
        if self.producer is None and not self.closing:
            self.closing = True
            self.network.clock.callLater(self.network.delay, self.peer.read)

    def abortConnection(self) -> None:
        """Close now."""
        self.network.clock.callLater(0, self.lose, ConnectionAborted())

    def lose(self, reason: Exception) -> None:
        """Tell both ends that it is over."""
        for end in (self, self.peer):
            if not end.closed:
                end.closed = True
                if end.protocol is not None:
                    end.protocol.connectionLost(Failure(reason))


class Caller:
    """A peer that speaks bytes: opens or accepts one connection, sends, and keeps what comes."""

    def __init__(self, first: bytes = b"") -> None:
        """Send `first` as soon as connected."""
        self.data, self.lost = b"", False
        self.transport: Any = None
        self._first = first

    def doStart(self) -> None:
        """Need nothing."""

    def startedConnecting(self, connector: object) -> None:
        """Need nothing."""

    def buildProtocol(self, _: object) -> "Caller":
        """Be the protocol too."""
        return self

    def makeConnection(self, transport: Any) -> None:
        """Send what there is to send."""
        self.transport = transport
        if self._first:
            transport.write(self._first)

    def dataReceived(self, data: bytes) -> None:
        """Keep it."""
        self.data += data

    def connectionLost(self, _: object) -> None:
        """Note it."""
        self.lost = True


def address_of(address: Address, transport: str = "tcp") -> IPv4Address:
    """Give an address as Twisted does."""
    return IPv4Address("UDP" if transport == "udp" else "TCP", *address)


def result_of(awaitable: Any) -> Any:
    """Give what a coroutine or Deferred has come to; raises what it failed with."""
    outcome: list[Any] = []
    deferred = awaitable if isinstance(awaitable, Deferred) else Deferred.fromCoroutine(awaitable)
    deferred.addBoth(outcome.append)
    assert outcome, "it has come to nothing yet"
    if isinstance(outcome[0], Failure):
        outcome[0].raiseException()
    return outcome[0]


class Awaited:
    """A request under way, and what it came to."""

    def __init__(self, coroutine: Any) -> None:
        self.results: list[Any] = []
        self.deferred: Deferred[Any] = Deferred.fromCoroutine(coroutine)
        self.deferred.addBoth(self.results.append)

    @property
    def result(self) -> Any:
        """What came of it: a value, or the exception; an error if nothing has yet."""
        assert self.results, "it has come to nothing yet"
        return self.results[0].value if isinstance(self.results[0], Failure) else self.results[0]


def element(network: Network, host: str, handler: Handler, *transports: str, **more: Any) -> SipEndpoint:
    """Give an endpoint that listens on port 5060 of a host, over UDP and TCP unless told otherwise."""
    endpoint = SipEndpoint(network, network.clock, SeededIds(host), handler, **more)
    hops = [Hop(transport, host, 5060) for transport in transports or ("udp", "tcp")]
    result_of(endpoint.listen(hops))
    return endpoint


def register(size: int = 0, **changes: str) -> Request:
    """Give a REGISTER with a body of that size, its headers changed by name."""
    headers = {
        "From": "<sip:alice@home.example>;tag=f1",
        "To": "<sip:alice@home.example>",
        "Call-ID": "c1",
        "CSeq": "1 REGISTER",
        "Max-Forwards": "70",
    } | {name.replace("_", "-"): value for name, value in changes.items()}
    return Request.create("REGISTER", "sip:home.example", headers.items(), b"x" * size)
