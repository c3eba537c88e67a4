"""All connections of an endpoint: listening for them, opening one for each hop, and finding them again (RFC 3261 18).

What leads to a hop is reused for requests to it, whoever opened it. A TLS connection that we opened leads only to the
name it was verified for.
"""

from collections import Counter
from collections.abc import Callable
from operator import attrgetter, itemgetter
from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint, TCP6ServerEndpoint, wrapClientTLS
from twisted.internet.interfaces import (
    IAddress,
    IListeningPort,
    IProtocolFactory,
    IReactorTCP,
    IReactorTime,
    IStreamServerEndpoint,
)
from twisted.internet.protocol import Factory
from twisted.logger import Logger
from twisted.protocols.tls import TLSMemoryBIOFactory, TLSMemoryBIOProtocol
from twisted.python.failure import Failure

from valkit.net.addresses import is_ipv6
from valkit.net.bounds import StreamBounds
from valkit.net.counters import ConnectionCounts
from valkit.net.endpoints import endpoint
from valkit.net.stream import Connection, hop_of
from valkit.net.tls import Tls
from valkit.sip.errors import NoAnswer, ParseError
from valkit.sip.hop import Hop
from valkit.sip.limits import Limits

CONNECT_TIMEOUT = 20
"""Seconds in which a connection must open, its name looked up; a transaction would wait no longer than 32."""

EVERY = 5.0
"""Seconds between two lines of the log about handshakes that fail."""

FAREWELL = 1.0
"""Seconds that a closing endpoint gives its connections to send what they still hold."""


class Connections:
    """The connections of one endpoint, bounded in number; it is their `Owner`."""

    _log = Logger()

    def __init__(
        self,
        reactor: IReactorTCP,
        clock: IReactorTime,
        *,
        limits: Limits,
        bounds: StreamBounds,
        admits: Callable[[Hop], bool] = lambda _: True,
        tls: Tls | None,
        received: Callable[[bytes, Connection], None],
        malformed: Callable[[ParseError, Connection], None],
        lost: Callable[[Connection, str], None],
    ) -> None:
        """Tell `received` each message, `malformed` why a stream ends, `lost` which connection is no more and why.

        Whom `admits` turns away gets no connection once `bounds.strangers` are open.
        """
        self.clock, self.limits, self.bounds = clock, limits, bounds
        self.received, self.malformed = received, malformed
        self.counts = ConnectionCounts()
        self._admits = admits
        self._lost = lost
        self._reactor = reactor
        self._tls = tls
        self._open: set[Connection] = set()
        self._hosts: Counter[str] = Counter()
        self._ways: dict[Hop, Connection] = {}
        self._opening: dict[Hop, list[Deferred[Connection]]] = {}
        self._attempts: set[Deferred[Connection]] = set()
        self._emptied: Deferred[None] | None = None
        self._next_line = 0.0
        self._unlogged = 0

    # --- what an endpoint wants of them

    async def listen(self, hop: Hop) -> IListeningPort:
        """Accept connections; raises CannotListenError, or NoAnswer for TLS without certificates."""
        server = TCP6ServerEndpoint if is_ipv6(hop.host) else TCP4ServerEndpoint
        factory: IProtocolFactory = _Making(lambda address: self._accept(hop_of(hop.transport, address)))
        if hop.transport == "tls":
            factory = _Secured(self._identity(hop).server(), False, factory)
            factory.noisy = False
        endpoint: IStreamServerEndpoint = server(self._reactor, hop.port, interface=hop.host)
        return await endpoint.listen(factory)

    def to(self, hop: Hop, source: str | None) -> "Deferred[Connection]":
        """Find the connection to a hop or open it, from a local address if one is given; fails as connecting fails."""
        waiting: Deferred[Connection] = Deferred()
        known = self._ways.get(hop)
        if known is not None and known.open:
            waiting.callback(known)
        elif hop in self._opening:
            self._opening[hop].append(waiting)
        else:
            self._opening[hop] = [waiting]
            self._begin(hop, source)
        return waiting

    async def close(self) -> None:
        """Close all, giving each a moment to send what it holds."""
        for attempt in list(self._attempts):
            attempt.cancel()
        for connection in list(self._open):
            connection.close()
        if self._open:
            self._emptied = Deferred()
            late = self.clock.callLater(FAREWELL, self._abort)
            await self._emptied
            if late.active():
                late.cancel()

    # --- what connections tell their owner

    def joined(self, connection: Connection) -> None:
        """Count it, and remember where it leads."""
        self.counts.opened += 1
        self._open.add(connection)
        self._hosts[connection.remote.host] += 1
        self._ways[connection.towards] = connection

    def insecure(self, connection: Connection, reason: str) -> None:
        """Log it, in bounded number: whoever is refused here reads no more than that the connection is gone."""
        now = self.clock.seconds()
        if now < self._next_line:
            self._unlogged += 1
            return
        more = f" ({self._unlogged} further ones were not logged)" if self._unlogged else ""
        self._log.info("TLS with {peer} failed: {reason}{more}", peer=str(connection.remote), reason=reason, more=more)
        self._next_line, self._unlogged = now + EVERY, 0

    def left(self, connection: Connection, reason: str) -> None:
        """Forget it and tell whoever used it."""
        self._open.discard(connection)
        self._hosts -= Counter([connection.remote.host])
        if self._ways.get(connection.towards) is connection:
            del self._ways[connection.towards]
        self._lost(connection, reason)
        if self._emptied is not None and not self._open:
            self._emptied.callback(None)

    def _accept(self, peer: Hop) -> Connection | None:
        most = self.bounds.connections if self._admits(peer) else self.bounds.strangers
        if self._hosts[peer.host] < self.bounds.per_host and (len(self._open) < most or self._made_room(peer)):
            return Connection(self, peer.transport, None)
        self.counts.refused += 1
        return None

    def _made_room(self, peer: Hop) -> bool:
        """Cut the connection, idle for longest, of the host with the most of them, unless this peer's has as many.

        So a few hosts that hold all there are keep nobody else out; and no stranger costs those their place whom the
        element admits.
        """
        admitted = self._admits(peer)
        theirs = [each for each in self._open if each.accepted and (admitted or not self._admits(each.remote))]
        numbers = Counter(each.remote.host for each in theirs)
        greedy, most = max(numbers.items(), key=itemgetter(1), default=("", 0))
        if most <= self._hosts[peer.host] + 1:
            return False
        min((each for each in theirs if each.remote.host == greedy), key=attrgetter("active")).abort()
        return True

    # --- opening

    def _begin(self, hop: Hop, source: str | None) -> None:
        attempt = Deferred.fromCoroutine(self._connect(hop, source)).addTimeout(CONNECT_TIMEOUT, self.clock)
        self._attempts.add(attempt)
        attempt.addBoth(self._ended, hop, attempt)

    def _ended(self, result: Connection | Failure, hop: Hop, attempt: "Deferred[Connection]") -> None:
        self._attempts.discard(attempt)
        for waiting in self._opening.pop(hop):
            waiting.callback(cast(Connection, result))  # a Failure given to a callback is the Deferred's failure

    async def _connect(self, hop: Hop, source: str | None) -> Connection:
        bind = None if source is None else (source, 0)
        way = endpoint(self._reactor, hop.host, hop.port, CONNECT_TIMEOUT, bind)
        if hop.transport == "tls":
            way = wrapClientTLS(self._identity(hop).client(hop.host), way)
        connection = await way.connect(_Making(lambda _: Connection(self, hop.transport, hop)))
        return cast(Connection, connection)

    def _identity(self, hop: Hop) -> Tls:
        if self._tls is None:
            raise NoAnswer("transport", f"{hop} needs TLS, and this element has no certificates")
        return self._tls

    def _abort(self) -> None:
        for connection in list(self._open):
            connection.abort()


class _Secured(TLSMemoryBIOFactory):
    """Puts TLS around the connections that are made; Twisted's own would put it around one that is not, and fail."""

    def buildProtocol(  # type: ignore[override]  # a factory may refuse a peer, which this one's type forgets
        self, addr: IAddress | None
    ) -> TLSMemoryBIOProtocol | None:
        """Make a connection for this peer."""
        made = self.wrappedFactory.buildProtocol(addr)
        return None if made is None else self.protocol(self, made)


class _Making(Factory[Connection]):
    """Makes connections as it is told; where it makes none, Twisted closes what was opened."""

    noisy = False

    def __init__(self, make: Callable[[IAddress], Connection | None]) -> None:
        self._make = make

    def buildProtocol(self, addr: IAddress | None) -> Connection | None:
        """Make a connection for this peer."""
        return None if addr is None else self._make(addr)
