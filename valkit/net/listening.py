"""The addresses an endpoint listens on, and which of them a peer gets to see (RFC 3261 18.1.1, 18.2.1)."""

from collections.abc import Callable
from errno import EADDRINUSE, EADDRNOTAVAIL
from typing import Any

from twisted.internet.defer import maybeDeferred
from twisted.internet.error import CannotListenError, InvalidAddressError
from twisted.internet.interfaces import IListeningPort

from valkit.net.addresses import WILDCARDS, facing, is_ipv6
from valkit.net.connections import Connections
from valkit.net.stream import Connection
from valkit.net.udp import LARGEST, UdpPath, UdpSocket
from valkit.sip.hop import Hop

ATTEMPTS = 5
"""How often free ports are looked for that UDP and TCP can share."""


class Listening:
    """The listening sockets of one endpoint."""

    def __init__(self, reactor: Any, connections: Connections, received: Callable[[bytes, UdpPath], None]) -> None:
        self.addresses: tuple[Hop, ...] = ()
        """Where it listens, with real ports."""
        self._reactor = reactor
        self._connections = connections
        self._received = received
        self._sockets: dict[IListeningPort, UdpSocket] = {}
        self._ports: list[IListeningPort] = []

    async def open(self, hops: tuple[Hop, ...]) -> tuple[Hop, ...]:
        """Open a socket for each hop and give its real address; CannotListenError where the system refuses.

        Port 0 asks for a free one. UDP and TCP of one host get the same one, since what is too large for a datagram
        is sent to that port over TCP. When one socket cannot be opened, none is.
        """
        attempts = 1 if all(hop.port for hop in hops) else ATTEMPTS
        while True:
            attempts -= 1
            opened = len(self._ports)
            try:
                real = await self._open_all(hops)
            except CannotListenError as error:
                await self._close(opened)
                if not attempts or error.socketError.errno != EADDRINUSE:
                    raise
            else:
                self.addresses += real
                return real

    async def close(self) -> None:
        """Close every socket."""
        self.addresses = ()
        await self._close(0)

    def socket_towards(self, host: str) -> UdpSocket | None:
        """Find a UDP socket that speaks the peer's version of IP."""
        return next((each for each in self._sockets.values() if is_ipv6(each.local.host) == is_ipv6(host)), None)

    def host_towards(self, host: str) -> str | None:
        """Say from which of our hosts to open a connection; None lets the system choose."""
        hosts = [each.host for each in self.addresses if is_ipv6(each.host) == is_ipv6(host)]
        return next((each for each in hosts if each not in WILDCARDS), None)

    def sent_by(self, path: UdpPath | Connection) -> Hop:
        """Give the address that a peer is to answer to: for TCP and TLS one where we listen, if we do."""
        local = path.local
        here = [each for each in self.addresses if each.transport == local.transport] or [local]
        same = next((each for each in here if each.host == local.host), here[0])
        return same._replace(host=facing(same.host, path.towards.host))

    async def _open_all(self, hops: tuple[Hop, ...]) -> tuple[Hop, ...]:
        shared: dict[tuple[str, bool], int] = {}
        real = dict.fromkeys(range(len(hops)), Hop("udp", "", 0))
        for place, hop in sorted(enumerate(hops), key=lambda each: each[1].transport):
            sharing = hop.host, hop.transport == "tls"
            port = await self._open(hop._replace(port=hop.port or shared.get(sharing, 0)))
            real[place] = hop._replace(port=port)
            if not hop.port:
                shared[sharing] = port
        return tuple(real.values())

    async def _open(self, hop: Hop) -> int:
        if hop.transport == "udp":
            socket = UdpSocket(self._received)
            try:
                port = self._reactor.listenUDP(hop.port, socket, hop.host, LARGEST)
            except InvalidAddressError as error:
                why = OSError(EADDRNOTAVAIL, "UDP needs an IP address to listen on")
                raise CannotListenError(hop.host, hop.port, why) from error
            self._sockets[port] = socket
        else:
            port = await self._connections.listen(hop)
        self._ports.append(port)
        return int(port.getHost().port)

    async def _close(self, first: int) -> None:
        """Close the ports from this one on."""
        closing, self._ports = self._ports[first:], self._ports[:first]
        for port in closing:
            self._sockets.pop(port, None)
            await maybeDeferred(port.stopListening)
