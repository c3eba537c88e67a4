"""What an endpoint counts is what happened."""

from tests.support import Awaited, Network, element, register
from valkit.sip import Hop, Request, Response

CLIENT, SERVER = "192.0.2.1", "192.0.2.2"


def accepted(request: Request, _: Hop) -> Response:
    """Answer 200."""
    return request.answer(200)


def test_the_numbers_add_up() -> None:
    """One answer lost, one request over TCP, one piece of junk: each is counted once, where it belongs."""
    network = Network()
    server, client = element(network, SERVER, accepted), element(network, CLIENT, accepted)
    lost = iter([False, True])
    network.loses = lambda _: next(lost, False)
    for transport in ("udp", "tcp"):
        Awaited(client.request(register(), Hop(transport, SERVER, 5060)))
        network.run(1)
    network.carry((CLIENT, 1), (SERVER, 5060), b"junk")
    network.run()
    there, here = server.counters, client.counters
    assert (there.received, there.sent, there.malformed, there.failed, there.unsent) == (3, 3, 1, 0, 0)
    assert (there.transactions.absorbed, there.transactions.stray, there.transactions.busy) == (1, 0, 0)
    assert (there.connections.opened, there.connections.refused) == (1, 0)
    assert (here.received, here.sent, here.malformed) == (2, 3, 0)
