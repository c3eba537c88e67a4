"""TLS with real sockets: what the profile of TS 33.210 lets through, and that servers are always verified."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography import x509
from twisted.internet import reactor as the_reactor  # noqa: TID251 - real sockets
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.threads import deferToThreadPool
from twisted.logger import LogEvent
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from tests.support import register
from valkit.ids import SeededIds
from valkit.net.bounds import Bounds, StreamBounds
from valkit.net.ca import Authority
from valkit.net.keylog import VARIABLE
from valkit.net.sip import SipEndpoint
from valkit.net.tls import Tls, names_in
from valkit.sip import Hop, NoAnswer, Request, Response

reactor: Any = the_reactor
HOST = "127.0.0.21"
AUTHORITY = trustme.CA()
OTHER_AUTHORITY = trustme.CA()


def issued(authority: trustme.CA, *names: str) -> tuple[bytes, bytes]:
    """Give a certificate with its chain, and its key."""
    certificate = authority.issue_cert(*names)
    return b"".join(each.bytes() for each in certificate.cert_chain_pems), certificate.private_key_pem.bytes()


def tls(authority: trustme.CA = AUTHORITY, *names: str, trusts: trustme.CA = AUTHORITY, **more: bool) -> Tls:
    """Give an element's side."""
    certificate, key = issued(authority, *(names or (HOST,)))
    return Tls(trusts.cert_pem.bytes(), certificate, key, **more)


def accepted(request: Request, source: Hop) -> Response:
    """Answer 200, saying over what it came."""
    return request.answer(200, headers=[("Subject", source.transport)])


async def ask(server_side: Tls, client_side: Tls | None) -> Response:
    """Send one request from one element to another over TLS."""
    server = SipEndpoint(reactor, reactor, SeededIds(1), accepted, tls=server_side)
    client = SipEndpoint(reactor, reactor, SeededIds(2), accepted, tls=client_side)
    (hop,) = await server.listen([Hop("tls", HOST, 0)])
    try:
        return await client.request(register(), hop)
    finally:
        await client.close()
        await server.close()


async def test_a_request_over_tls() -> None:
    """A client that trusts the server's authority needs no certificate of its own; Via says TLS."""
    answer = await ask(tls(), Tls(AUTHORITY.cert_pem.bytes()))
    assert answer.headers.get("Subject") == "tls"
    assert answer.via.transport == "TLS"


async def test_both_show_certificates() -> None:
    """Between network nodes the server wants the client's certificate too, and takes one of its authority."""
    assert (await ask(tls(verify_clients=True), tls(AUTHORITY, "127.0.0.22"))).status == 200


@pytest.mark.parametrize(
    ("server_side", "client_side"),
    [
        (tls(OTHER_AUTHORITY), tls()),
        (tls(AUTHORITY, "127.0.0.99"), tls()),
        (tls(AUTHORITY, "server.example"), tls()),
        (tls(verify_clients=True), tls(OTHER_AUTHORITY)),
        (tls(verify_clients=True), Tls(AUTHORITY.cert_pem.bytes())),
    ],
    ids=["foreign server", "another address", "a name instead", "foreign client", "client without certificate"],
)
async def test_whom_nobody_vouches_for_gets_nothing(server_side: Tls, client_side: Tls) -> None:
    """A certificate that is foreign, for somebody else, or missing where it is wanted: NoAnswer for transport."""
    with pytest.raises(NoAnswer, match="transport"):
        await ask(server_side, client_side)


async def test_without_certificates_there_is_no_tls() -> None:
    """An element that was given none can neither listen nor send, and says why."""
    element = SipEndpoint(reactor, reactor, SeededIds(1), accepted)
    with pytest.raises(NoAnswer, match="no certificates"):
        await element.listen([Hop("tls", HOST, 0)])
    with pytest.raises(NoAnswer, match="no certificates"):
        await element.request(register(), Hop("tls", HOST, 5061))
    await element.close()


async def test_a_name_that_no_certificate_has_is_not_reached() -> None:
    """TLS cannot ask for it, which is the peer's fault and not that of whoever sends there."""
    element = SipEndpoint(reactor, reactor, SeededIds(1), accepted, tls=tls())
    with pytest.raises(NoAnswer, match="no connection"):
        await element.request(register(), Hop("tls", "a_b.example", 5061))
    await element.close()


async def test_connections_without_a_handshake_are_counted_and_ended(failures: list[LogEvent]) -> None:
    """One too many is closed at once, without a word in the log; the others have so long to begin with TLS."""
    bounds = Bounds(streams=StreamBounds(per_host=2, handshake=0.3))
    server = SipEndpoint(reactor, reactor, SeededIds(1), accepted, tls=tls(), bounds=bounds)
    (hop,) = await server.listen([Hop("tls", HOST, 0)])
    peers = [Listener(), Listener(), Listener()]
    for peer in peers:
        await connectProtocol(TCP4ClientEndpoint(reactor, hop.host, hop.port), peer)
    await peers[2].lost
    assert [peer.lost.called for peer in peers] == [False, False, True]
    assert server.counters.connections.refused == 1
    await gatherResults([peer.lost for peer in peers[:2]])
    await server.close()
    assert not failures


class Listener(Protocol):
    """A peer that opens a connection and says nothing."""

    def __init__(self) -> None:
        self.lost: Deferred[None] = Deferred()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Note the end."""
        self.lost.callback(None)


@pytest.fixture
def threads() -> Iterator[ThreadPool]:
    """Give threads in which a peer may block, gone after the test."""
    pool = ThreadPool(1, 1)
    pool.start()
    yield pool
    pool.stop()


@pytest.mark.parametrize(
    ("version", "ciphers", "speaks"),
    [
        (ssl.TLSVersion.TLSv1_3, "ALL", True),
        (ssl.TLSVersion.TLSv1_2, "ECDHE+AESGCM", True),
        (ssl.TLSVersion.TLSv1_2, "ECDHE+CHACHA20", False),
        (ssl.TLSVersion.TLSv1_2, "ECDHE+AES:!AESGCM", False),
        (ssl.TLSVersion.TLSv1_2, "RSA+AESGCM:!ECDHE:!DHE:!kEDH", False),
        (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0", False),
    ],
)
async def test_versions_and_suites(version: ssl.TLSVersion, ciphers: str, speaks: bool, threads: ThreadPool) -> None:
    """TLS 1.2 with ephemeral keys and AES-GCM, and TLS 1.3; nothing older, nothing weaker (TS 33.210 6.2)."""
    server = SipEndpoint(reactor, reactor, SeededIds(1), accepted, tls=tls())
    (hop,) = await server.listen([Hop("tls", HOST, 0)])
    context = ssl.create_default_context(cadata=AUTHORITY.cert_pem.bytes().decode())
    context.set_ciphers(ciphers)
    old = version < ssl.TLSVersion.TLSv1_2
    with pytest.warns(DeprecationWarning, match="TLS") if old else nullcontext():
        context.minimum_version = context.maximum_version = version
    try:
        assert await deferToThreadPool(reactor, threads, handshake, context, hop) is speaks
    finally:
        await server.close()


def handshake(context: ssl.SSLContext, hop: Hop) -> bool:
    """Say whether a handshake succeeds; blocks."""
    try:
        with (
            socket.create_connection((hop.host, hop.port), 5) as plain,
            context.wrap_socket(plain, server_hostname=hop.host),
        ):
            return True
    except (ssl.SSLError, OSError):
        return False


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"authorities": b""}, "no certificate in PEM"),
        ({"authorities": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}, "broken one"),
        ({"certificate": b"nonsense"}, "no certificate in PEM"),
        ({"key": b"nonsense"}, "private key is not in PEM"),
        ({"certificate": None}, "needs a certificate"),
    ],
)
def test_what_cannot_be_read_is_said(changes: dict[str, bytes | None], message: str) -> None:
    """A file that is not what it should be is a ValueError that names it, without showing it."""
    certificate, key = issued(AUTHORITY, HOST)
    parts: dict[str, Any] = {"authorities": AUTHORITY.cert_pem.bytes(), "certificate": certificate, "key": key}
    broken = Tls(**{**parts, **changes})
    with pytest.raises(ValueError, match=message):
        (broken.client if "authorities" in changes else lambda _: broken.server())(HOST)


def test_the_key_is_not_shown() -> None:
    """Neither repr nor str of an element's side has its private key in it."""
    side = tls()
    assert side.key is not None
    assert b"PRIVATE" in side.key
    assert "PRIVATE" not in repr(side)


def test_the_names_in_a_certificate() -> None:
    """In lower case, addresses among them; nothing is taken from the subject."""
    certificate = Authority.create().server("Proxy.Home.Example", "127.0.0.9").certificate
    assert names_in(x509.load_pem_x509_certificate(certificate or b"")) == {"proxy.home.example", "127.0.0.9"}
    assert names_in(Authority.create().certificate) == frozenset()


def test_what_opens_connections_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each host, each side and each key log: another authority or certificate is another side."""
    side = Tls(AUTHORITY.cert_pem.bytes())
    assert side.client(HOST) is Tls(AUTHORITY.cert_pem.bytes()).client(HOST)
    others = [side.client("other.example"), Tls(OTHER_AUTHORITY.cert_pem.bytes()).client(HOST), tls().client(HOST)]
    unlogged = side.client(HOST)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "keys"))
    assert len({id(each) for each in [unlogged, side.client(HOST), *others]}) == 5
