"""SIP over one TCP or TLS connection (RFC 3261 18, RFC 5626 3.5.1).

A connection cuts its stream into messages, answers keep-alives, closes when it is idle, and defends itself: against
a peer that does not read what it asked for, and one that never finishes a message.
"""

from typing import Protocol as Seam
from typing import cast

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress, IHandshakeListener, IPushProducer, IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from valkit.net.bounds import StreamBounds
from valkit.net.endings import ALERT, HELLO, ONLY_TLS, broken_tls, why
from valkit.sip.errors import ParseError
from valkit.sip.framing import PING, PONG, StreamFramer
from valkit.sip.hop import Hop
from valkit.sip.limits import Limits

LINGER = 10.0
"""Seconds that a closing connection has to send what it still holds; then it is cut."""


class Owner(Seam):
    """To whom a connection belongs: who bounds it, and is told what happens on it."""

    clock: IReactorTime
    limits: Limits
    bounds: StreamBounds

    def joined(self, connection: "Connection") -> None:
        """Take in that it is open."""

    def received(self, data: bytes, connection: "Connection") -> None:
        """Take in one whole message."""

    def malformed(self, error: ParseError, connection: "Connection") -> None:
        """Take in that a message cannot be read; the connection closes after this if the stream cannot be read on."""

    def left(self, connection: "Connection", reason: str) -> None:
        """Take in that nothing will come or go on it any more."""

    def insecure(self, connection: "Connection", reason: str) -> None:
        """Take in that it ends because one side speaks TLS wrongly, or where there is none; `left` follows."""


class Wire(Seam):
    """What TCP and TLS transports of Twisted's have in common, and no interface of Twisted's names alone."""

    def getHost(self) -> IAddress:
        """Give our own end."""

    def getPeer(self) -> IAddress:
        """Give the other end."""

    def write(self, data: bytes) -> None:
        """Send, or keep until it can be sent."""

    def registerProducer(self, producer: IPushProducer, streaming: bool) -> None:  # noqa: FBT001 - as Twisted has it
        """Say when there is too much to send, and when no longer."""

    def unregisterProducer(self) -> None:
        """Say so no more; a transport with a producer does not close."""

    def pauseProducing(self) -> None:
        """Read nothing for now."""

    def resumeProducing(self) -> None:
        """Read on."""

    def loseConnection(self) -> None:
        """Close when all is sent."""

    def abortConnection(self) -> None:
        """Close now."""


@implementer(IPushProducer, IHandshakeListener)
class Connection(Protocol):
    """One connection, which is also the path that messages take over it."""

    reliable = True

    def __init__(self, owner: Owner, transport: str, wanted: Hop | None) -> None:
        """Belong to `owner`; opened by us to reach the hop that is `wanted`, or by the peer."""
        self._owner = owner
        self._protocol = transport
        self._wanted = wanted
        self._framer = StreamFramer(owner.limits, opened=wanted is not None)
        self._choked = False
        """Whether the peer leaves unread more than the transport wants to hold."""
        self._backlog = 0
        """Bytes written since then."""
        self._may_pause = transport != "tls"
        """Whether reading may pause: a TLS handshake that is not read on never ends."""
        self._heard = False
        """Whether anything ever came."""
        self._mistaken = False
        """Whether the peer speaks TLS, where we speak none."""
        self.open = False
        """Whether messages can go either way."""

    def connectionMade(self) -> None:
        """Learn both ends, and begin to watch."""
        self._wire = cast(Wire, self.transport)
        self.local = hop_of(self._protocol, self._wire.getHost())
        self.remote = hop_of(self._protocol, self._wire.getPeer())
        self.towards = self._wanted or self.remote
        """The hop that this connection leads to (18): the one we meant, or the peer's own end."""
        self.open = True
        self._active = self._owner.clock.seconds()
        bounds = self._owner.bounds
        first = bounds.idle if self._may_pause else min(bounds.handshake, bounds.idle)
        self._watch = self._owner.clock.callLater(first, self._close_if_idle)
        self._wire.registerProducer(self, True)
        self._owner.joined(self)

    @property
    def accepted(self) -> bool:
        """Whether the peer opened it, and it still stands."""
        return self._wanted is None and self.open

    @property
    def active(self) -> float:
        """When something whole last came or went on it, or when it was opened."""
        return self._active

    def handshakeCompleted(self) -> None:
        """Note that TLS no longer needs to read in order to write."""
        self._may_pause = True
        if self._choked:
            self._wire.pauseProducing()

    def dataReceived(self, data: bytes) -> None:
        """Cut messages out of the stream and pass them on; answer pings with a pong."""
        if not self.open:
            return  # TLS still reads while it closes
        self._heard = True
        if self._protocol == "tcp" and data.startswith((ALERT, HELLO)):
            self._mistaken = True
            self._owner.insecure(self, ONLY_TLS if data.startswith(ALERT) else "TLS came to an address without it")
            self.abort()
            return
        try:
            for frame in self._framer.feed(data):
                self._active = self._owner.clock.seconds()
                if isinstance(frame, bytes):
                    self._owner.received(frame, self)
                elif isinstance(frame, ParseError):
                    self._owner.malformed(frame, self)
                elif frame is PING:
                    self.send(PONG.value)
        except ParseError as error:
            self._owner.malformed(error, self)
            self.close()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Stop watching and tell whoever waits for an answer."""
        self.open = False
        if self._watch.active():
            self._watch.cancel()
        insecure = broken_tls(reason)
        if insecure:
            self._owner.insecure(self, insecure)
        self._owner.left(self, self._ending(reason))

    def _ending(self, reason: Failure) -> str:
        if self._mistaken:
            return ONLY_TLS
        unheard = self._protocol == "tcp" and self._wanted is not None and not self._heard
        return why(reason, stood=self._may_pause, silent=unheard)

    def send(self, data: bytes) -> bool:
        """Write to the peer; False when the connection is gone or its peer lets too much pile up."""
        if not self.open:
            return False
        if self._choked:
            self._backlog += len(data)
            if self._backlog > self._owner.bounds.backlog:
                self.abort()
                return False
        self._active = self._owner.clock.seconds()
        self._wire.write(data)
        return True

    def close(self) -> None:
        """Close when all is written, or when the peer takes too long to read it; nothing more is read or sent."""
        if self.open:
            self.open = False
            if self._watch.active():
                self._watch.cancel()
            self._watch = self._owner.clock.callLater(LINGER, self.abort)
            self._wire.unregisterProducer()
            self._wire.loseConnection()

    def abort(self) -> None:
        """Close now, whatever is still to be written."""
        self.open = False
        self._wire.abortConnection()

    def pauseProducing(self) -> None:
        """Read no more requests from a peer that does not read our responses."""
        if not self._choked:  # the transport says so again at each write
            self._choked, self._backlog = True, 0
            if self._may_pause:
                self._wire.pauseProducing()

    def resumeProducing(self) -> None:
        """Read again: what was written has gone out."""
        self._choked = False
        if self.open:
            self._wire.resumeProducing()

    def stopProducing(self) -> None:
        """Nothing to do: the connection is being lost, which connectionLost tells."""

    def _close_if_idle(self) -> None:
        """Close, or look again when the connection could be idle at the earliest; cut one on which TLS never began."""
        left = self._active + self._owner.bounds.idle - self._owner.clock.seconds()
        if not self._may_pause:
            self.abort()
        elif left > 0:
            self._watch = self._owner.clock.callLater(left, self._close_if_idle)
        else:
            self.close() if self._framer.waiting == 0 and not self._choked else self.abort()


def hop_of(transport: str, address: IAddress) -> Hop:
    """Give the hop at an address of Twisted's."""
    assert isinstance(address, IPv4Address | IPv6Address), "SIP runs over IP"
    return Hop(transport, address.host, address.port)
