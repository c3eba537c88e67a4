"""The way that a response takes."""

from typing import cast

from tests.support import register
from valkit.net.bounds import StreamBounds
from valkit.net.paths import way_back
from valkit.net.stream import Connection, Owner
from valkit.net.udp import UdpPath, UdpSocket
from valkit.sip import LIMITS, Hop, Request

CLIENT = Hop("udp", "192.0.2.1", 7000)
PATH = UdpPath(UdpSocket(lambda _data, _path: None), CLIENT, (CLIENT.host, CLIENT.port))


def sent_by(port: int) -> Request:
    """Give a request whose Via names this port."""
    return register().adding("Via", f"SIP/2.0/UDP {CLIENT.host}:{port};branch=z9hG4bK1", first=True)


def test_a_response_goes_to_the_port_that_via_names() -> None:
    """From the same socket, and to the same host; where that is how the request came, the way is the same."""
    assert way_back(sent_by(7000), PATH) is PATH
    assert way_back(sent_by(7001), PATH) == PATH._replace(target=(CLIENT.host, 7001))


class Bound:
    """What a connection asks of its owner when it is made."""

    limits, bounds = LIMITS, StreamBounds()


def test_a_connection_is_its_own_way_back() -> None:
    """Whatever the Via says."""
    connection = Connection(cast(Owner, Bound()), "tcp", None)
    assert way_back(sent_by(7001), connection) is connection
