"""UDP with real sockets: sizes, refusals, and many datagrams at once."""

from typing import Any, cast

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251 - real sockets
from twisted.internet.defer import Deferred

from tests.conftest import TIME_LIMIT
from tests.support import register
from valkit.ids import SeededIds
from valkit.net.sip import SipEndpoint
from valkit.net.udp import UdpPath, UdpSocket, refuses
from valkit.sip import Hop, Request, Response

reactor: Any = the_reactor


def sizes(request: Request, _: Hop) -> Response:
    """Answer with how large the body was."""
    return request.answer(200, headers=[("Subject", str(len(request.body)))])


async def start(host: str, *transports: str) -> SipEndpoint:
    """Give an endpoint that listens there."""
    endpoint = SipEndpoint(reactor, reactor, SeededIds(host), sizes)
    await endpoint.listen([Hop(transport, host, 0) for transport in transports])
    return endpoint


async def test_the_largest_datagram() -> None:
    """A message that just fits a datagram arrives whole (18.1.1); the peer has no TCP."""
    server, client = await start("127.0.0.31", "udp"), await start("127.0.0.11", "udp")
    answer = await client.request(register(65_000), server.addresses[0])
    assert answer.headers.get("Subject") == "65000"
    assert server.counters.connections.opened == 0
    await client.close()
    await server.close()


async def test_many_at_once() -> None:
    """Two hundred requests under way together are all answered, each to whom it belongs."""
    server, client = await start("127.0.0.31", "udp"), await start("127.0.0.11", "udp")
    waiting = [Deferred.fromCoroutine(client.request(register(n), server.addresses[0])) for n in range(200)]
    answers = [await each for each in waiting]
    assert [answer.headers.get("Subject") for answer in answers] == [str(n) for n in range(200)]
    assert client.counters.transactions.stray == 0
    await client.close()
    await server.close()


async def test_what_the_system_refuses_to_send() -> None:
    """A datagram beyond the largest, or from a closed socket, is not sent, and nothing is raised."""
    seen: list[bytes] = []
    socket = UdpSocket(lambda data, _: seen.append(data))
    port = reactor.listenUDP(0, socket, "127.0.0.31", 65_535)
    path = socket.path(socket.local)
    assert path.send(b"x" * 60_000)
    assert not path.send(b"x" * 70_000)
    await port.stopListening()
    assert not path.send(b"x")


def test_the_two_ends_of_a_path() -> None:
    """A path knows where a message came from and where the answer goes, which need not be the same."""
    socket = UdpSocket(lambda *_: None)
    socket.local = Hop("udp", "192.0.2.1", 5060)
    path = UdpPath(socket, Hop("udp", "192.0.2.2", 1), ("192.0.2.2", 5060))
    assert (path.local, path.remote, path.towards) == (
        Hop("udp", "192.0.2.1", 5060),
        Hop("udp", "192.0.2.2", 1),
        Hop("udp", "192.0.2.2", 5060),
    )
    assert not path.reliable


def test_a_full_buffer_loses_like_the_network() -> None:
    """When the system has no room the datagram is lost, which retransmission makes good; it is no failure."""

    class Full:
        """A socket whose buffer is full."""

        def getHost(self) -> Hop:
            """Give an address."""
            return Hop("udp", "192.0.2.1", 5060)

        def getHandle(self) -> "Full":
            """Be the socket too."""
            return self

        def sendto(self, _data: bytes, _address: tuple[str, int]) -> int:
            """Have no room."""
            raise BlockingIOError

    socket = UdpSocket(lambda *_: None)
    socket.makeConnection(cast(Any, Full()))
    assert socket.send(b"x", ("192.0.2.2", 1))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_where_nobody_listens_the_machine_says_so(host: str) -> None:
    """By ICMP, which is another thing than silence."""
    listening = await start(host, "udp")
    [hop] = listening.addresses
    assert not await refuses(reactor, hop, 0.1)
    await listening.close()
    assert await refuses(reactor, hop, TIME_LIMIT)


@pytest.mark.parametrize("hop", ["tcp:127.0.0.1:9", "udp:core.example:9", "udp:255.255.255.255:9"])
async def test_nothing_is_known_of_what_cannot_be_asked_so(hop: str) -> None:
    """TCP tells by itself, a name is not looked up, and to everybody nothing is sent."""
    assert not await refuses(reactor, Hop.parse(hop), TIME_LIMIT)
