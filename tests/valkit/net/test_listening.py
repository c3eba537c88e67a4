"""Listening on real sockets: free ports, shared ports, ports in use, and what peers get to see."""

from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251 - real sockets
from twisted.internet.error import CannotListenError

from tests.support import register
from valkit.ids import SeededIds
from valkit.net.sip import SipEndpoint
from valkit.sip import Hop, Request, Response

reactor: Any = the_reactor
HOST = "127.0.0.23"


def accepted(request: Request, _: Hop) -> Response:
    """Answer 200."""
    return request.answer(200)


def endpoint() -> SipEndpoint:
    """Give an endpoint that does not listen yet."""
    return SipEndpoint(reactor, reactor, SeededIds(1), accepted)


async def test_udp_and_tcp_share_a_free_port() -> None:
    """Port 0 twice on one host gives one port, so that large requests find TCP where UDP is (18.2.1)."""
    element = endpoint()
    udp, tcp = await element.listen([Hop("udp", HOST, 0), Hop("tcp", HOST, 0)])
    assert (udp.transport, tcp.transport) == ("udp", "tcp")
    assert udp.port == tcp.port != 0
    assert element.addresses == (udp, tcp)
    await element.close()


async def test_hosts_do_not_share() -> None:
    """Each host has its own free port, and listening again adds to what is there."""
    element = endpoint()
    first = await element.listen([Hop("udp", HOST, 0)])
    second = await element.listen([Hop("udp", "127.0.0.24", 0)])
    assert element.addresses == first + second
    await element.close()
    assert element.addresses == ()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Twisted leaves its socket unclosed
async def test_a_port_in_use() -> None:
    """CannotListenError says which; what the same call had opened is closed again, what was open before stays."""
    one, other = endpoint(), endpoint()
    (taken,) = await one.listen([Hop("tcp", HOST, 0)])
    before = await other.listen([Hop("udp", HOST, 0)])
    with pytest.raises(CannotListenError, match=str(taken.port)):
        await other.listen([Hop("udp", HOST, taken.port), taken])
    assert other.addresses == before
    assert await one.listen([Hop("udp", HOST, taken.port)])
    await one.close()
    await other.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Twisted leaves its socket unclosed
async def test_an_address_that_is_not_ours() -> None:
    """An address this machine does not have cannot be listened on, on a free port or not."""
    element = endpoint()
    for transport in ("udp", "tcp"):
        with pytest.raises(CannotListenError):
            await element.listen([Hop(transport, "203.0.113.1", 0)])
    await element.close()


async def test_a_name_is_no_address_to_listen_on() -> None:
    """UDP listens on addresses only, and says so as it says that an address cannot be had."""
    element = endpoint()
    with pytest.raises(CannotListenError, match="UDP needs an IP address"):
        await element.listen([Hop("udp", "nosuch.invalid", 5060)])
    await element.close()


async def test_a_wildcard_is_not_shown_to_peers() -> None:
    """Who listens on all addresses names in Via the one that the peer sees."""
    seen: list[Request] = []

    def handler(request: Request, _: Hop) -> Response:
        seen.append(request)
        return request.answer(200)

    server, client = SipEndpoint(reactor, reactor, SeededIds(1), handler), endpoint()
    (there,) = await server.listen([Hop("udp", "127.0.0.1", 0)])
    await client.listen([Hop("udp", "0.0.0.0", 0), Hop("tcp", "0.0.0.0", 0)])
    await client.request(register(), there)
    assert seen[0].via.host == "127.0.0.1"
    await client.close()
    await server.close()


async def test_ipv6() -> None:
    """IPv6 addresses are listened on and sent to, and stand in brackets in Via."""
    seen: list[tuple[Request, Hop]] = []

    def handler(request: Request, source: Hop) -> Response:
        seen.append((request, source))
        return request.answer(200)

    server, client = SipEndpoint(reactor, reactor, SeededIds(1), handler), endpoint()
    hops = await server.listen([Hop("udp", "::1", 0), Hop("tcp", "::1", 0)])
    (udp,) = await client.listen([Hop("udp", "::1", 0)])
    for hop in hops:
        assert (await client.request(register(), hop)).status == 200
    assert [request.via.host for request, _ in seen] == ["[::1]", "[::1]"]
    assert seen[0][1] == udp
    await client.close()
    await server.close()
