"""Connections: framing, keep-alive, and what peers that are slow, idle or hostile get."""

from tests.support import Awaited, Caller, Network, element, register
from valkit.net.bounds import Bounds, StreamBounds
from valkit.net.sip import SipEndpoint
from valkit.net.stream import LINGER
from valkit.sip import Hop, Limits, Request, Response

CLIENT, SERVER = "192.0.2.1", "192.0.2.2"
TCP = Hop("tcp", SERVER, 5060)


def accepted(request: Request, _: Hop) -> Response:
    """Answer 200."""
    return request.answer(200)


def large(request: Request, _: Hop) -> Response:
    """Answer 200 with a body that fills a window by itself."""
    return request.answer(200, body=b"x" * 70_000, content_type="text/plain")


def call(network: Network, first: bytes = b"") -> Caller:
    """Give a peer that has connected to the server."""
    caller = Caller(first)
    network.connectTCP(SERVER, 5060, caller, bindAddress=(CLIENT, 1))
    network.run()
    return caller


def message(number: int = 0) -> bytes:
    """Give a request as a peer of ours sends it over TCP."""
    via = f"SIP/2.0/TCP {CLIENT}:7000;branch=z9hG4bK{number}"
    return bytes(register().adding("Via", via, first=True))


def start(network: Network, **bounds: float) -> SipEndpoint:
    """Give a server with these bounds on its connections."""
    return element(network, SERVER, accepted, bounds=Bounds(streams=StreamBounds(**bounds)))  # type: ignore[arg-type]


def test_messages_are_cut_out_of_the_stream() -> None:
    """However the bytes come, each message is answered, in order, on the same connection (18.3)."""
    network = Network()
    start(network)
    caller = call(network)
    for byte in message(1) + message(2):
        caller.transport.write(bytes([byte]))
    network.run()
    assert caller.data.count(b"SIP/2.0 200 OK\r\n") == 2
    assert caller.data.index(b"z9hG4bK1") < caller.data.index(b"z9hG4bK2")


def test_a_ping_gets_a_pong() -> None:
    """A double CRLF between messages is answered with a single one (RFC 5626 3.5.1)."""
    network = Network()
    server = start(network)
    caller = call(network, b"\r\n\r\n")
    assert caller.data == b"\r\n"
    assert (server.counters.received, server.counters.malformed) == (0, 0)


def test_a_flood_of_pings_gets_one_pong() -> None:
    """Thousands at once cost one answer."""
    network = Network()
    start(network)
    assert call(network, b"\r\n\r\n" * 10_000).data == b"\r\n"


def test_a_peer_that_leaves_its_answers_unread_does_not_keep_a_connection() -> None:
    """An idle connection with bytes still unsent, too few to choke it, is closed, and soon after that cut."""
    network = Network()
    start(network, idle=120.0)
    caller = call(network)
    caller.transport.pauseProducing()
    caller.transport.write(message())
    network.run(120)
    assert not caller.lost
    network.run(LINGER)
    assert caller.lost
    assert not network.clock.getDelayedCalls()


def test_an_idle_connection_is_closed() -> None:
    """After `idle` seconds without a message the server closes; a message or a ping in time puts it off."""
    network = Network()
    start(network, idle=120.0)
    caller = call(network)
    network.run(119)
    caller.transport.write(b"\r\n\r\n")
    network.run(119)
    assert not caller.lost
    network.run(1)
    assert caller.lost
    assert not network.clock.getDelayedCalls()


def test_a_message_that_never_ends_is_cut_off() -> None:
    """Bytes that make no message do not keep a connection alive."""
    network = Network()
    start(network, idle=120.0)
    caller = call(network, message()[:-10])
    for _ in range(12):
        network.run(10)
        caller.transport.write(b"x")
    network.run(1)
    assert caller.lost


def test_a_message_that_is_too_large_is_answered_and_the_connection_kept() -> None:
    """An element behind a proxy shares its connection with all who come that way (513)."""
    network = Network()
    server = element(network, SERVER, accepted, limits=Limits(size=2000))
    caller = call(network, message().replace(b"Content-Length: 0", b"Content-Length: 2000") + bytes(2000) + message(1))
    network.run()
    assert [line[:12] for line in caller.data.split(b"\r\n") if line.startswith(b"SIP/")] == [
        b"SIP/2.0 513 ",
        b"SIP/2.0 200 ",
    ]
    assert not caller.lost
    assert server.counters.malformed == 1


def test_a_stream_that_cannot_be_read_is_answered_and_closed() -> None:
    """Without one Content-Length nobody knows where to go on: the message gets its 400, and the connection ends."""
    network = Network()
    server = element(network, SERVER, accepted)
    caller = call(network, message().replace(b"Content-Length: 0", b"Content-Length: x"))
    network.run()
    assert caller.data.startswith(b"SIP/2.0 400 ")
    assert caller.lost
    assert server.counters.malformed == 1


def test_a_peer_that_does_not_read_is_not_read_from() -> None:
    """While responses pile up no further request is taken; when the peer reads again, all are answered."""
    network = Network()
    server = element(network, SERVER, large)
    caller = call(network)
    caller.transport.pauseProducing()
    for number in range(4):
        caller.transport.write(message(number))
        network.run()
    assert server.counters.received < 4
    caller.transport.resumeProducing()
    network.run()
    assert caller.data.count(b"SIP/2.0 200 OK\r\n") == 4


def test_a_peer_that_never_reads_is_cut_off() -> None:
    """With more waiting for it than `backlog` the connection is aborted, and its requests fail."""
    network = Network()
    server = start(network, backlog=100_000)
    phone = Caller(message())
    network.connectTCP(SERVER, 5060, phone, bindAddress=(CLIENT, 1))
    network.run()
    phone.transport.pauseProducing()
    asked = [Awaited(server.request(register(50_000), Hop("tcp", CLIENT, 1))) for _ in range(4)]
    network.run()
    assert phone.lost
    assert [each.result.cause for each in asked] == ["transport"] * 4


def test_connections_are_bounded() -> None:
    """One too many from a host, or altogether, is closed at once; when one goes there is room again."""
    network = Network()
    server = start(network, connections=3, per_host=2)
    callers = [Caller() for _ in range(3)]
    for caller in callers:
        network.connectTCP(SERVER, 5060, caller, bindAddress=(CLIENT, 1))
    others = [Caller() for _ in range(2)]
    for caller in others:
        network.connectTCP(SERVER, 5060, caller, bindAddress=("192.0.2.9", 1))
    network.run()
    assert [caller.lost for caller in callers + others] == [False, False, True, False, True]
    assert server.counters.connections.refused == 2
    callers[0].transport.abortConnection()
    network.run()
    assert not call(network).lost


def callers_from(network: Network, host: str, number: int) -> list[Caller]:
    """Open connections from a host, one a second, and send a request on the first."""
    opened = [Caller(message(1) if not each else b"SIP/2") for each in range(number)]
    for caller in opened:
        network.connectTCP(SERVER, 5060, caller, bindAddress=(host, 1))
        network.run(1.0)
    return opened


def test_hosts_that_hold_all_connections_keep_nobody_out() -> None:
    """Whoever has fewer gets one, in place of that which is idle for longest of the host with the most."""
    network = Network()
    start(network, connections=5, per_host=3)
    greedy = callers_from(network, "192.0.2.9", 3)
    others = callers_from(network, "192.0.2.10", 2)
    greedy[0].transport.write(message(2))
    network.run()
    assert not call(network).lost
    assert [caller.lost for caller in greedy + others] == [False, True, False, False, False]
    assert call(network).lost, "nobody has more than it would have"


def test_a_stranger_takes_no_place_of_one_who_is_served() -> None:
    """However many those have whom the element admits; and what the element opened itself stays open."""
    network = Network()
    bounds = Bounds(streams=StreamBounds(connections=9, per_host=9, strangers=4))
    server = element(network, SERVER, accepted, admits=lambda source: source.host == CLIENT, bounds=bounds)
    served = callers_from(network, CLIENT, 3)
    strangers = callers_from(network, "192.0.2.9", 2)
    assert [caller.lost for caller in served + strangers] == [False, False, False, False, True]
    assert not call(network).lost
    assert server.counters.connections.refused == 1


def test_strangers_leave_connections_for_those_who_are_served() -> None:
    """Whom the element does not admit gets no connection once so many are open, from however many hosts they come."""
    network = Network()
    bounds = Bounds(streams=StreamBounds(connections=3, per_host=2, strangers=2))
    server = element(network, SERVER, accepted, admits=lambda source: source.host == CLIENT, bounds=bounds)
    strangers = [Caller() for _ in range(3)]
    for number, stranger in enumerate(strangers):
        network.connectTCP(SERVER, 5060, stranger, bindAddress=(f"192.0.2.{10 + number}", 1))
    network.run()
    assert [stranger.lost for stranger in strangers] == [False, False, True]
    assert not call(network).lost
    assert server.counters.connections.refused == 1
