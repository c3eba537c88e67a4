"""SIP over UDP: one socket, and the ways to its peers (RFC 3261 18); and whether anybody is at the end of one."""

from collections.abc import Callable
from contextlib import suppress
from socket import AF_INET, AF_INET6, SOCK_DGRAM, socket
from typing import Any, NamedTuple, Protocol, cast

from twisted.internet.protocol import DatagramProtocol
from twisted.internet.task import deferLater

from valkit.net.addresses import is_ipv4, is_ipv6
from valkit.sip.framing import PING
from valkit.sip.hop import Hop

LARGEST = 65_535
"""Bytes of the largest datagram, which every element must be able to receive (RFC 3261 18.1.1)."""
LOOKS = 10
"""How often it is looked whether a machine has said that nobody listens."""

Address = tuple[str, int]


class Handle(Protocol):
    """What a port of Twisted's offers and no interface of Twisted's names."""

    def getHandle(self) -> socket:
        """Give the socket itself."""


class UdpPath(NamedTuple):
    """The way to one peer over one of our sockets, and so also where a message came from."""

    socket: "UdpSocket"
    remote: Hop
    """The peer's end, as its messages come."""
    target: Address
    """Where messages to it go: not always the same (18.2.2)."""

    @property
    def reliable(self) -> bool:
        """Datagrams may be lost."""
        return False

    @property
    def local(self) -> Hop:
        """Our end."""
        return self.socket.local

    @property
    def towards(self) -> Hop:
        """The peer's end, as messages to it go."""
        return Hop("udp", *self.target)

    def send(self, data: bytes) -> bool:
        """Put a datagram on the wire; False if the system refuses to."""
        return self.socket.send(data, self.target)


class UdpSocket(DatagramProtocol):
    """One UDP socket of an endpoint."""

    def __init__(self, received: Callable[[bytes, UdpPath], None]) -> None:
        self._received = received

    def startProtocol(self) -> None:
        """Learn the address; take the system's own `sendto`, for the transport's checks the address each time."""
        assert self.transport is not None, "Twisted sets the transport before it calls"
        here = self.transport.getHost()
        self.local = Hop("udp", here.host, here.port)
        self._sendto = cast(Handle, self.transport).getHandle().sendto

    def datagramReceived(self, datagram: bytes, addr: Address) -> None:
        """Pass on what came, with the way back."""
        self._received(datagram, UdpPath(self, Hop("udp", addr[0], addr[1]), addr))

    def path(self, hop: Hop) -> UdpPath:
        """Give the way to a peer whose host is an address."""
        return UdpPath(self, hop, (hop.host, hop.port))

    def send(self, data: bytes, address: Address) -> bool:
        """Send a datagram. A full buffer loses it, as the network may; False if it can never be sent so."""
        try:
            self._sendto(data, address)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True


async def refuses(reactor: Any, hop: Hop, within: float) -> bool:
    """Whether nobody listens at a UDP address, as the machine there says by ICMP (RFC 1122 3.2.2.1).

    Only a connected socket is told so, and one that Twisted watches is taken for closed then; so this one, which sends
    what every SIP element ignores (RFC 5626 3.5.1), is looked at now and then. Silence `within` so many seconds says
    nothing.
    """
    if hop.transport != "udp" or not (is_ipv4(hop.host) or is_ipv6(hop.host)):
        return False
    with socket(AF_INET6 if is_ipv6(hop.host) else AF_INET, SOCK_DGRAM) as knocking:
        knocking.setblocking(False)
        try:
            knocking.connect((hop.host, hop.port))
            knocking.send(PING.value)
            for _ in range(LOOKS):
                await deferLater(reactor, within / LOOKS)
                with suppress(BlockingIOError):
                    knocking.recv(LARGEST)
                    return False
        except ConnectionRefusedError:
            return True
        except OSError:  # there is no way there, which is another story
            return False
    return False
