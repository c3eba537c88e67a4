"""One HTTP connection as every program of ours serves it: what twisted.web leaves open is bounded here.

A connection has a request soon after it was opened, and a request is there within some time, however it trickles in, or
the connection ends; twisted.web's own time limit begins anew with every byte. A line without end and a length without
end are told so.
"""

from typing import Any

from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import connectionDone
from twisted.protocols.policies import WrappingFactory
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

OPENING = 10.0
"""Seconds from the opening of a connection, its TLS handshake among them, to the first byte of its first request.

A connection that says nothing takes the place of one that would, so it is not kept as long as one that has asked."""
WITHIN = 30.0
"""Seconds from the first byte of a request to its last."""
CONNECTIONS = 400
"""Connections at one address at a time; more are closed, so that files are left for what else the process does."""
PER_HOST = 100
"""Connections from one host among them: more than any browser, UE or proxy of a lab has."""
_DIGITS = 18
"""Digits of the longest Content-Length that is looked at."""
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BoundedChannel(HTTPChannel):
    """A connection on which a request may not take for ever."""

    _deadline: IDelayedCall | None = None
    _opening = False
    """Whether the connection has said nothing yet."""

    # twisted.web calls these; they have no annotations of their own

    def connectionMade(self) -> None:
        """Wait for the first request, TLS coming before it."""
        super().connectionMade()  # type: ignore[no-untyped-call]  # Twisted's own is untyped
        untyped: Any = self
        self._opening = True
        self._deadline = untyped.callLater(OPENING, self._too_slow)

    def dataReceived(self, data: bytes) -> None:
        """Take in bytes; the first ones of a request start its time."""
        untyped: Any = self
        if self._opening:
            self._opening = False
            self._in_time()
        if self._deadline is None and not untyped._handlingRequest:  # noqa: SLF001  it says whether a request is whole
            self._deadline = untyped.callLater(WITHIN, self._too_slow)
        super().dataReceived(data)  # type: ignore[no-untyped-call]  # Twisted's own is untyped

    def headerReceived(self, line: bytes) -> bool:
        """Take in a header; False if the request is refused for it."""
        untyped: Any = self
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and len(value.strip()) > _DIGITS:
            untyped._respondToBadRequestAndDisconnect()  # noqa: SLF001  as twisted.web itself refuses headers
            return False
        return bool(super().headerReceived(line))  # type: ignore[no-untyped-call]  # Twisted's own is untyped

    def allContentReceived(self) -> None:
        """Hand on the request, which is there."""
        self._in_time()
        super().allContentReceived()  # type: ignore[no-untyped-call]  # Twisted's own is untyped

    def lineLengthExceeded(self, line: bytes) -> None:
        """Refuse a line that does not end; twisted.web says nothing and waits."""
        del line
        untyped: Any = self
        untyped.transport.write(_TOO_LONG)
        untyped.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Forget about the time."""
        self._in_time()
        super().connectionLost(reason)  # type: ignore[no-untyped-call]  # Twisted's own is untyped

    def _in_time(self) -> None:
        if self._deadline is not None and self._deadline.active():
            self._deadline.cancel()
        self._deadline = None

    def _too_slow(self) -> None:
        untyped: Any = self
        self._deadline = None
        untyped.transport.abortConnection()


class BoundedConnections(WrappingFactory):
    """Knows the connections of an address, of which there are only so many, and fewer from one host.

    So one host that opens connections and says nothing keeps nobody else out.
    """

    def __init__(self, served: Any, most: int = CONNECTIONS, per_host: int = PER_HOST) -> None:
        super().__init__(served)  # type: ignore[no-untyped-call]  # Twisted's own is untyped
        self._most = most
        self._per_host = per_host

    def buildProtocol(self, addr: Any) -> Any:
        """Give what serves a new connection; None when it is one too many."""
        if len(self.protocols) >= self._most or self._from(addr.host) >= self._per_host:
            return None
        return super().buildProtocol(addr)

    def _from(self, host: str) -> int:
        return sum(connection.getPeer().host == host for connection in self.protocols)
