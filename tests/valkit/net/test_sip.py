"""SipEndpoint between elements in memory: what goes over the wire, when, and what is left afterwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.logger import LogEvent

from tests.support import Awaited, Caller, Network, element, register, result_of
from valkit.ids import SeededIds
from valkit.net.bounds import Bounds
from valkit.net.sip import LOOK_UP_TIMEOUT, SipEndpoint
from valkit.sip import Hop, Message, NoAnswer, Request, Response, parse

CLIENT, SERVER = "192.0.2.1", "192.0.2.2"
UDP, TCP = Hop("udp", SERVER, 5060), Hop("tcp", SERVER, 5060)


class Served:
    """A handler that keeps what it got and answers 200."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.sources: list[Hop] = []

    def __call__(self, request: Request, source: Hop) -> Response:
        """Answer a request."""
        self.requests.append(request)
        self.sources.append(source)
        return request.answer(200)


def silent(request: Request, source: Hop) -> None:
    """Answer nothing."""


def wire(network: Network) -> list[str]:
    """Give the start lines of all datagrams so far."""
    return [datagram.message.start_line for datagram in network.datagrams]


# --- over UDP


def test_a_request_and_its_answer() -> None:
    """The server gets the request with our Via on top, marked with where it came from; the answer comes back."""
    network, served = Network(), Served()
    element(network, SERVER, served)
    client = element(network, CLIENT, silent)
    asked = Awaited(client.request(register(Subject="x"), UDP))
    network.run()
    assert asked.result.status == 200
    (request,) = served.requests
    assert served.sources == [Hop("udp", CLIENT, 5060)]
    assert (request.via.transport, request.via.sent_by) == ("UDP", f"{CLIENT}:5060")
    assert (request.via.received, request.via.rport) == (CLIENT, "5060")
    assert request.headers.get("Subject") == "x"


@pytest.mark.parametrize(
    ("name", "value"), [("Call-ID", ""), ("CSeq", "1 PUBLISH"), ("CSeq", "x"), ("From", "<"), ("To", "<"), ("To", None)]
)
def test_the_answer_to_a_request_that_breaks_the_rules_is_heard(name: str, value: str | None) -> None:
    """At once, though it repeats what was wrong (RFC 3261 8.2.6.2): whoever sent it wanted to know."""
    network = Network()
    element(network, SERVER, Served())
    client = element(network, CLIENT, silent)
    broken = register().without(name) if value is None else register().with_header(name, value)
    asked = Awaited(client.request(broken, UDP))
    network.run()
    assert asked.result.status == 400
    assert wire(network) == [broken.start_line, asked.result.start_line]


@pytest.mark.parametrize(("name", "value"), [("Call-ID", ""), ("CSeq", "1 PUBLISH"), ("From", "<")])
def test_an_answer_with_faults_of_its_own_is_no_answer(name: str, value: str) -> None:
    """Not to a request that keeps the rules."""
    network = Network()
    element(network, SERVER, lambda request, _: request.answer(200).with_header(name, value))
    asked = Awaited(element(network, CLIENT, silent).request(register(), UDP))
    network.run(60)
    assert isinstance(asked.result, NoAnswer)


def test_loss_is_made_good() -> None:
    """With two datagrams lost the request is sent again at 0.5 and 1.5 s, and handled once."""
    network, served = Network(), Served()
    element(network, SERVER, served)
    client = element(network, CLIENT, silent)
    lost = iter([True, True])
    network.loses = lambda _: next(lost, False)
    asked = Awaited(client.request(register(), UDP))
    network.run(10)
    assert asked.result.status == 200
    assert [each.at for each in network.datagrams if isinstance(each.message, Request)] == [0.0, 0.5, 1.5]
    assert len(served.requests) == 1


def test_a_lost_answer_is_repeated_byte_for_byte() -> None:
    """The retransmitted request gets the same response, and the handler is not asked again."""
    network, served = Network(), Served()
    element(network, SERVER, served)
    client = element(network, CLIENT, silent)
    lost = iter([False, True])
    network.loses = lambda _: next(lost, False)
    asked = Awaited(client.request(register(), UDP))
    network.run(10)
    assert asked.result.status == 200
    first, second = [each.data for each in network.datagrams if isinstance(each.message, Response)]
    assert first == second
    assert len(served.requests) == 1


def test_silence_fails_after_64_t1() -> None:
    """Nobody there: eleven sends, then NoAnswer for timeout at 32 s."""
    network = Network()
    client = element(network, CLIENT, silent)
    asked = Awaited(client.request(register(), UDP))
    network.run(31.9)
    assert not asked.results
    network.run(0.1)
    assert isinstance(asked.result, NoAnswer)
    assert asked.result.cause == "timeout"
    assert len(network.datagrams) == 11


def test_answers_go_where_via_says() -> None:
    """Without rport to sent-by's port, wherever the request came from (18.2.2)."""
    network = Network()
    element(network, SERVER, Served())
    received: list[tuple[bytes, tuple[str, int]]] = []

    class Stranger:
        """A client with two sockets."""

        def makeConnection(self, port: object) -> None:
            """Need nothing."""

        def datagramReceived(self, data: bytes, source: tuple[str, int]) -> None:
            """Keep what comes."""
            received.append((data, source))

    network.listenUDP(7000, Stranger(), CLIENT, 65_535)
    via = f"SIP/2.0/UDP {CLIENT}:7000;branch=z9hG4bK1"
    network.carry((CLIENT, 9999), (SERVER, 5060), bytes(register().adding("Via", via, first=True)))
    network.run()
    ((data, source),) = received
    assert parse(data).via.sent_by == f"{CLIENT}:7000"
    assert source == (SERVER, 5060)


@pytest.mark.parametrize("junk", [b"\r\n\r\n", b"\0", b"\0\0\0\0", b""])
def test_what_keeps_a_flow_alive_is_no_message(junk: bytes) -> None:
    """Keep-alive datagrams are neither answered nor counted as malformed."""
    network = Network()
    server = element(network, SERVER, silent)
    network.carry((CLIENT, 1), (SERVER, 5060), junk)
    network.run()
    assert (len(network.datagrams), server.counters.malformed) == (1, 0)


@pytest.mark.parametrize(
    "junk",
    [
        b"hello",
        b"SIP/2.0 200 OK\r\n\r\n",
        b"\xff" * 70_000,
        b"REGISTER sip:a SIP/2.0\r\nVia: nonsense\r\n\r\n",
        b"ACK sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bK1\r\n\r\n",
        b'OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 1.2.3.4;branch=z9hG4bKx;a="x\ny"\r\n\r\n',
        b"A" + b" " * 60_000 + b"\r\n\r\n",
    ],
)
def test_what_cannot_be_answered_is_dropped_and_counted(junk: bytes) -> None:
    """No answer, no exception, and the next message is served."""
    network, served = Network(), Served()
    server = element(network, SERVER, served)
    client = element(network, CLIENT, silent)
    network.carry((CLIENT, 1), (SERVER, 5060), junk)
    network.run()
    assert (len(network.datagrams), server.counters.malformed) == (1, 1)
    asked = Awaited(client.request(register(), UDP))
    network.run()
    assert asked.result.status == 200


def test_a_bad_request_is_answered_without_being_remembered() -> None:
    """CSeq does not fit the method: 400 to whom Via says, and no transaction is kept."""
    network, served = Network(), Served()
    server = element(network, SERVER, served)
    via = f"SIP/2.0/UDP {CLIENT}:7000;branch=z9hG4bK1"
    bad = register(CSeq="1 INVITE").adding("Via", via, first=True)
    network.carry((CLIENT, 7000), (SERVER, 5060), bytes(bad))
    network.run()
    assert wire(network)[1:] == ["SIP/2.0 400 CSeq does not name REGISTER"]
    assert network.datagrams[1].target == (CLIENT, 7000)
    assert (served.requests, server.counters.malformed, server.transactions) == ([], 1, 0)


PLAIN = bytes(register(30).adding("Via", f"SIP/2.0/UDP {CLIENT}:7000;branch=z9hG4bK1;rport", first=True))
CHANGES = st.lists(st.tuples(st.integers(0, len(PLAIN)), st.integers(0, 8), st.binary(max_size=8)), max_size=4)


def changed(changes: list[tuple[int, int, bytes]]) -> bytes:
    """Give a request with pieces of it replaced by anything."""
    data = PLAIN
    for place, length, other in changes:
        data = data[:place] + other + data[place + length :]
    return data


@given(CHANGES)
def test_whatever_a_peer_sends_the_next_request_is_served(changes: list[tuple[int, int, bytes]]) -> None:
    """Over UDP, or in a stream: no exception, and a well-formed request after it, on a new connection, is answered."""
    network, served = Network(), Served()
    element(network, SERVER, served)
    client = element(network, CLIENT, silent)
    network.carry((CLIENT, 7000), (SERVER, 5060), changed(changes))
    network.connectTCP(SERVER, 5060, Caller(changed(changes)), bindAddress=(CLIENT, 1))
    network.run(1)
    asked = [Awaited(client.request(register(Call_ID="after"), hop)) for hop in (UDP, TCP)]
    network.run(1)
    assert [each.result.status for each in asked] == [200, 200]


# --- handlers


def test_a_handler_may_answer_later() -> None:
    """A coroutine's response goes out when it is there; retransmissions are absorbed meanwhile."""
    network = Network()
    ready: Deferred[None] = Deferred()
    calls: list[Request] = []

    async def handler(request: Request, _: Hop) -> Response:
        calls.append(request)
        await ready
        return request.answer(202)

    element(network, SERVER, handler)
    client = element(network, CLIENT, silent)
    asked = Awaited(client.request(register(), UDP))
    network.run(2)
    assert (len(calls), len(network.datagrams)) == (1, 3)
    ready.callback(None)
    network.run()
    assert asked.result.status == 202


def test_a_handler_that_fails_is_logged_once_and_answered_500(failures: list[LogEvent]) -> None:
    """The log has the failure, the peer 500, and the next request is served."""
    network = Network()

    def handler(request: Request, _: Hop) -> Response:
        return request.answer(200 // (request.call_id != "bad"))

    server = element(network, SERVER, handler)
    client = element(network, CLIENT, silent)
    bad, good = Awaited(client.request(register(Call_ID="bad"), UDP)), Awaited(client.request(register(), UDP))
    network.run()
    assert (bad.result.status, good.result.status) == (500, 200)
    assert failures.pop()["log_failure"].type is ZeroDivisionError
    assert server.counters.failed == 1


def test_a_coroutine_that_fails_is_logged_once_and_answered_500(failures: list[LogEvent]) -> None:
    """The same for a handler that answers later."""
    network = Network()

    async def handler(request: Request, _: Hop) -> Response:
        raise KeyError(request.method)

    element(network, SERVER, handler)
    client = element(network, CLIENT, silent)
    asked = Awaited(client.request(register(), UDP))
    network.run()
    assert asked.result.status == 500
    assert failures.pop()["log_failure"].type is KeyError


def test_a_header_found_bad_by_the_handler_is_answered_400() -> None:
    """A ParseError from reading a header late is the peer's fault: answered as it says, not logged."""
    network = Network()

    def handler(request: Request, _: Hop) -> Response:
        return request.answer(200 + (request.expires or 0))

    server = element(network, SERVER, handler)
    client = element(network, CLIENT, silent)
    asked = Awaited(client.request(register(Expires="soon"), UDP))
    network.run()
    assert asked.result.status == 400
    assert (server.counters.malformed, server.counters.failed) == (1, 0)


def test_a_handler_that_keeps_silent_is_asked_again() -> None:
    """None answers nothing and nothing is kept: each retransmission is a new request."""
    network, calls = Network(), list[Request]()
    server = element(network, SERVER, lambda request, _: calls.append(request))
    Awaited(element(network, CLIENT, silent).request(register(), UDP))
    network.run(2)
    assert (len(calls), server.transactions) == (3, 0)


def test_too_many_at_once_are_told_503() -> None:
    """Beyond its bound the endpoint says 503, and serves again when there is room."""
    network = Network()
    ready: Deferred[None] = Deferred()

    async def handler(request: Request, _: Hop) -> Response:
        await ready
        return request.answer(200)

    element(network, SERVER, handler, bounds=Bounds(requests=1))
    client = element(network, CLIENT, silent)
    first, second = Awaited(client.request(register(), UDP)), Awaited(client.request(register(), UDP))
    network.run()
    assert second.result.status == 503
    ready.callback(None)
    third = Awaited(client.request(register(), UDP))
    network.run()
    assert (first.result.status, third.result.status) == (200, 200)


# --- strangers


def stranger(method: str, transport: str = "UDP", sent_by: str = f"{CLIENT}:7000") -> bytes:
    """Write a request of somebody whom the server does not admit."""
    headers = {"From": "<sip:m@x>;tag=1", "To": "<sip:m@x>", "Call-ID": "c", "CSeq": f"7 {method}"}
    request = Request.create(method, "sip:home.example", headers.items())
    return bytes(request.adding("Via", f"SIP/2.0/{transport} {sent_by};branch=z9hG4bK1", first=True))


@pytest.mark.parametrize("method", ["REGISTER", "INVITE"])
def test_a_stranger_is_answered_and_not_remembered(method: str) -> None:
    """Each request of theirs is answered anew (8.2.7): none takes a transaction, none is sent again by a timer."""
    network, served = Network(), Served()
    server = element(network, SERVER, served, admits=lambda source: source.host != CLIENT, bounds=Bounds(requests=1))
    for _ in range(3):
        network.carry((CLIENT, 7000), (SERVER, 5060), stranger(method))
    network.run()
    assert server.transactions == 0
    assert wire(network).count("SIP/2.0 200 OK") == 3
    assert len({each.data for each in network.datagrams if each.target == (CLIENT, 7000)}) == 1
    network.run(40)
    assert len(network.datagrams) == 6


@pytest.mark.parametrize("method", ["ACK", "CANCEL"])
def test_who_remembers_nothing_passes_over_what_refers_to_it(method: str) -> None:
    """A stranger's ACK and CANCEL are ignored, as an element without transactions has to (8.2.7)."""
    network, served = Network(), Served()
    element(network, SERVER, served, admits=lambda _: False)
    network.carry((CLIENT, 7000), (SERVER, 5060), stranger(method))
    network.run()
    assert (served.requests, len(network.datagrams)) == ([], 1)


def test_strangers_leave_room_for_others() -> None:
    """While strangers' requests are being worked on, however many, one who is admitted is served."""
    network = Network()
    ready: Deferred[None] = Deferred()

    async def handler(request: Request, source: Hop) -> Response:
        if source.host == "192.0.2.66":
            await ready
        return request.answer(200)

    element(network, SERVER, handler, admits=lambda source: source.host == CLIENT, bounds=Bounds(requests=1))
    for _ in range(3):
        network.carry(("192.0.2.66", 7000), (SERVER, 5060), stranger("INVITE"))
    client = element(network, CLIENT, silent)
    asked = Awaited(client.request(register(), UDP))
    network.run()
    assert asked.result.status == 200
    ready.callback(None)
    network.run()
    assert wire(network).count("SIP/2.0 200 OK") == 4


@pytest.mark.parametrize("admitted", [True, False])
def test_no_via_makes_us_connect_to_a_third_party(admitted: bool) -> None:
    """Whose connection is gone names another's address in vain; for a stranger's answer none is opened at all."""
    network = Network()
    ready: Deferred[None] = Deferred()

    async def handler(request: Request, _: Hop) -> Response:
        await ready
        return request.answer(200)

    server = element(network, SERVER, handler, admits=lambda _: admitted)
    request = stranger("REGISTER", "TCP", f"{CLIENT}:7000;received=203.0.113.9;maddr=203.0.113.9")
    network.connectTCP(SERVER, 5060, Caller(request), bindAddress=(CLIENT, 1))
    network.run()
    network.streams[0].abortConnection()
    network.run()
    ready.callback(None)
    network.run()
    assert network.attempts[1:] == ([(CLIENT, 7000)] if admitted else [])
    assert server.counters.unsent == 1


# --- over TCP


def test_what_is_too_large_for_a_datagram_goes_over_tcp() -> None:
    """Above 1300 bytes the request takes TCP, from the host we listen on, and its Via says so (18.1.1)."""
    network, served = Network(), Served()
    element(network, SERVER, served)
    client = element(network, CLIENT, silent)
    asked = Awaited(client.request(register(1500), UDP))
    network.run()
    assert asked.result.status == 200
    assert network.datagrams == []
    assert served.sources[0][:2] == ("tcp", CLIENT)
    assert (served.requests[0].via.transport, served.requests[0].via.sent_by) == ("TCP", f"{CLIENT}:5060")
    assert served.requests[0].via.rport is None


@pytest.mark.parametrize("size", [70_000, 2_000_000])
def test_an_answer_that_is_too_large_is_told_at_once(size: int) -> None:
    """It came, so nobody waits for it until time runs out; whoever watches sees what could be read of it."""

    def talkative(request: Request, source: Hop) -> Response:
        return request.answer(200, body=bytes(size), content_type="text/plain")

    network, seen = Network(), list[Message]()
    element(network, SERVER, talkative)

    class Watching:
        def sending(self, message: Message, source: Hop, target: Hop) -> int:
            return 1

        def received(self, message: Message, source: Hop, target: Hop) -> bool:
            seen.append(message)
            return True

    client = element(network, CLIENT, silent, tap=Watching())
    asked = Awaited(client.request(register(), TCP))
    network.run()
    assert isinstance(asked.result, NoAnswer)
    assert str(asked.result) == f"no answer (transport): the 200 from tcp:{SERVER}:5060 is larger than 65535 bytes"
    assert [(each.start_line, each.body) for each in seen] == [("SIP/2.0 200 OK", b"")]
    assert client.transactions == 0


def test_a_peer_without_tcp_gets_it_in_a_datagram() -> None:
    """TCP refused: the same request goes over UDP and says so, and the next one at once, for a minute."""
    network, served = Network(), Served()
    element(network, SERVER, served, "udp")
    client = element(network, CLIENT, silent)
    for pause in (0, 10, 60):
        network.run(pause)
        asked = Awaited(client.request(register(1500), UDP))
        network.run()
        assert asked.result.status == 200
    assert {request.via.transport for request in served.requests} == {"UDP"}
    assert network.attempts == [(SERVER, 5060)] * 2


def test_a_connection_is_reused() -> None:
    """Requests to one hop share a connection, even those that wait for it to open; the answers find their way."""
    network, served = Network(), Served()
    element(network, SERVER, served)
    client = element(network, CLIENT, silent)
    asked = [Awaited(client.request(register(), TCP)) for _ in range(3)]
    network.run()
    asked.append(Awaited(client.request(register(), TCP)))
    network.run()
    assert [each.result.status for each in asked] == [200] * 4
    assert len(network.streams) == 2


def test_a_request_back_takes_the_connection_it_came_on() -> None:
    """To the hop a request came from, its own connection leads (18): a UE behind its own connection is reached."""
    network, served, phone = Network(), Served(), Served()
    server = element(network, SERVER, served)
    client = element(network, CLIENT, phone)
    Awaited(client.request(register(), TCP))
    network.run()
    asked = Awaited(server.request(register(), served.sources[0]))
    network.run()
    assert asked.result.status == 200
    assert (len(phone.requests), len(network.streams)) == (1, 2)


def test_nobody_listens() -> None:
    """A refused connection is NoAnswer for transport, at once."""
    network = Network()
    asked = Awaited(element(network, CLIENT, silent).request(register(), TCP))
    network.run()
    assert isinstance(asked.result, NoAnswer)
    assert asked.result.cause == "transport"


def test_a_connection_lost_fails_what_waits_on_it() -> None:
    """When the peer goes away the requests on its connection fail at once, the others do not."""
    network = Network()
    element(network, SERVER, never)
    client = element(network, CLIENT, silent)
    over_tcp, over_udp = Awaited(client.request(register(), TCP)), Awaited(client.request(register(), UDP))
    network.run()
    network.streams[0].abortConnection()
    network.run()
    assert over_tcp.result.cause == "transport"
    assert not over_udp.results
    assert client.transactions == 1
    result_of(client.close())


async def never(request: Request, source: Hop) -> None:
    """Never come to an answer."""
    await Deferred[None]()


def test_an_answer_whose_connection_is_gone_takes_a_new_one() -> None:
    """The response goes to the address in Via over a connection opened for it (18.2.2)."""
    network = Network()
    ready: Deferred[None] = Deferred()

    async def handler(request: Request, _: Hop) -> Response:
        await ready
        return request.answer(200)

    element(network, SERVER, handler)
    peer = Caller()
    network.listenTCP(7000, peer, 50, CLIENT)
    via = f"SIP/2.0/TCP {CLIENT}:7000;branch=z9hG4bK1"
    network.connectTCP(SERVER, 5060, Caller(bytes(register().adding("Via", via, first=True))), bindAddress=(CLIENT, 1))
    network.run()
    network.streams[0].abortConnection()
    network.run()
    ready.callback(None)
    network.run()
    assert parse(peer.data).start_line == "SIP/2.0 200 OK"


# --- the tap


class Taps:
    """A tap that notes what passes and does as it is told."""

    def __init__(self, copies: int = 1, *, arrives: bool = True) -> None:
        self.copies, self.arrives = copies, arrives
        self.seen: list[tuple[str, str, Hop, Hop]] = []

    def sending(self, message: Message, source: Hop, target: Hop) -> int:
        """Send as many."""
        self.seen.append(("sending", message.start_line, source, target))
        return self.copies

    def received(self, message: Message, source: Hop, target: Hop) -> bool:
        """Let it in, or not."""
        self.seen.append(("received", message.start_line, source, target))
        return self.arrives


def test_a_tap_sees_every_message() -> None:
    """Request and response, out and in, with both ends; retransmissions too."""
    network, tap = Network(), Taps()
    element(network, SERVER, Served(), tap=tap)
    client = element(network, CLIENT, silent)
    lost = iter([False, True])
    network.loses = lambda _: next(lost, False)
    Awaited(client.request(register(), UDP))
    network.run(2)
    here, there = Hop("udp", SERVER, 5060), Hop("udp", CLIENT, 5060)
    received = ("received", "REGISTER sip:home.example SIP/2.0", there, here)
    assert tap.seen == [received, ("sending", "SIP/2.0 200 OK", here, there)] * 2


@pytest.mark.parametrize(("copies", "expected"), [(0, 0), (1, 1), (2, 2)])
def test_a_tap_loses_and_repeats_what_is_sent(copies: int, expected: int) -> None:
    """As many copies go on the wire as the tap says."""
    network, served = Network(), Served()
    element(network, SERVER, served)
    client = element(network, CLIENT, silent, tap=Taps(copies))
    Awaited(client.request(register(), UDP))
    network.run()
    assert wire(network).count("REGISTER sip:home.example SIP/2.0") == expected
    assert len(served.requests) == min(expected, 1)


def test_a_tap_loses_what_arrives() -> None:
    """What the tap does not let in was never received."""
    network, served = Network(), Served()
    server = element(network, SERVER, served, tap=Taps(arrives=False))
    Awaited(element(network, CLIENT, silent).request(register(), UDP))
    network.run()
    assert (served.requests, server.counters.received) == ([], 0)


# --- names, and the end


def test_a_name_is_looked_up() -> None:
    """A hop may have a name; one that does not exist is NoAnswer."""
    network = Network()
    network.names["server.example"] = SERVER
    element(network, SERVER, Served())
    client = element(network, CLIENT, silent)
    hops = [Hop("udp", f"{name}.example", 5060) for name in ("server", "x")]
    known, unknown = [Awaited(client.request(register(), hop)) for hop in hops]
    network.run()
    assert known.result.status == 200
    assert (unknown.result.cause, "x.example" in str(unknown.result)) == ("transport", True)


def test_a_name_that_no_resolver_answers_is_given_up() -> None:
    """A resolver that fails without a word keeps no request."""
    network = Network()
    network.resolve = lambda name: Deferred()  # type: ignore[method-assign]
    client = element(network, CLIENT, silent)
    asked = Awaited(client.request(register(), Hop("udp", "never.example", 5060)))
    network.run(LOOK_UP_TIMEOUT)
    assert asked.result.cause == "transport"
    assert not network.clock.getDelayedCalls()


@pytest.mark.parametrize("transport", ["sctp", "foo", "\0"])
def test_what_is_no_transport_of_ours_is_not_tried(transport: str) -> None:
    """A URI may name any."""
    network = Network()
    client = element(network, CLIENT, silent)
    with pytest.raises(NoAnswer, match="no transport"):
        result_of(client.request(register(), Hop(transport, SERVER, 5060)))
    assert network.attempts == []


def test_what_no_datagram_holds_fails_at_once() -> None:
    """Where TCP is refused and UDP cannot carry it either, the request fails without waiting."""
    network = Network()
    client = element(network, CLIENT, silent)
    asked = Awaited(client.request(register(65_507), UDP))
    network.run()
    assert asked.result.cause == "transport"
    assert (client.counters.unsent, client.transactions) == (1, 0)


def test_an_element_without_a_fitting_socket() -> None:
    """Without a UDP socket of the peer's IP version there is no way."""
    network = Network()
    client = element(network, CLIENT, silent)
    for endpoint, hop in ((element(network, "192.0.2.9", silent, "tcp"), UDP), (client, Hop("udp", "2001:db8::1", 1))):
        with pytest.raises(NoAnswer, match="no UDP socket"):
            result_of(endpoint.request(register(), hop))


def test_who_gives_up_waiting_leaves_nothing() -> None:
    """A cancelled request is not sent again, and its late answer is stray."""
    network, served = Network(), Served()
    element(network, SERVER, served)
    client = element(network, CLIENT, silent)
    asked = Awaited(client.request(register(), UDP))
    asked.deferred.cancel()
    network.run(60)
    assert (client.transactions, len(served.requests), client.counters.transactions.stray) == (0, 1, 1)


def test_closing_leaves_nothing() -> None:
    """No timer, port or connection remains; requests and handlers under way end; nothing is logged."""
    network = Network()
    server, client = element(network, SERVER, never), element(network, CLIENT, silent)
    asked = [Awaited(client.request(register(), hop)) for hop in (UDP, TCP)]
    network.run()
    ended = [Awaited(each.close()) for each in (client, server)]
    network.run()
    assert [each.result for each in ended] == [None, None]
    assert [each.result.cause for each in asked] == ["transport", "transport"]
    assert not network.clock.getDelayedCalls()
    assert all(stream.closed for stream in network.streams)
    assert client.addresses == ()
    with pytest.raises(NoAnswer, match="stopped"):
        result_of(client.request(register(), UDP))
    result_of(SipEndpoint(network, network.clock, SeededIds(1), silent).listen([UDP]))


def test_closing_while_a_connection_opens() -> None:
    """What was still being opened is given up, and whoever waited for it is told."""
    network = Network()
    client = element(network, CLIENT, silent)
    network.delay = 5.0
    asked = Awaited(client.request(register(), TCP))
    ended = Awaited(client.close())
    network.run(10)
    assert ended.result is None
    assert asked.result.cause == "transport"


def test_a_wish_to_close_is_not_refused_by_a_peer_that_does_not_read() -> None:
    """What a peer does not take within a second is cut off."""
    network = Network()
    server = element(network, SERVER, Served())
    network.connectTCP(SERVER, 5060, Caller())
    network.run()
    network.streams[1].loseConnection = lambda: None  # type: ignore[method-assign]
    ended = Awaited(server.close())
    network.run(0.9)
    assert not ended.results
    network.run(0.1)
    assert ended.result is None
