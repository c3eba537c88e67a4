"""The way to a host: nobody is asked where an address is."""

from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.internet.endpoints import HostnameEndpoint, TCP4ClientEndpoint, TCP6ClientEndpoint
from twisted.internet.error import ConnectError
from twisted.internet.protocol import Factory, Protocol

from valkit.net.endpoints import endpoint

reactor: Any = the_reactor


@pytest.mark.parametrize(
    ("host", "kind"),
    [("127.0.0.1", TCP4ClientEndpoint), ("::1", TCP6ClientEndpoint), ("idms.home.example", HostnameEndpoint)],
)
def test_only_a_name_is_looked_up(host: str, kind: type[object]) -> None:
    """That takes a thread, and may take long."""
    assert type(endpoint(reactor, host, 443, 1.0)) is kind


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_both_lead_there_from_an_address_of_ours(host: str) -> None:
    """And say in one way that nobody listens."""
    port = reactor.listenTCP(0, Factory.forProtocol(Protocol), interface="127.0.0.1")
    way = endpoint(reactor, host, port.getHost().port, 10.0, ("127.0.0.1", 0))
    connection: Any = await way.connect(Factory.forProtocol(Protocol))
    assert connection.transport.getHost().host == "127.0.0.1"
    connection.transport.abortConnection()
    await port.stopListening()
    with pytest.raises(ConnectError):
        await way.connect(Factory.forProtocol(Protocol))
