"""tshark reads TLS that it has only heard, by the key log of either end: the bytes are those of real connections."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from attrs import define, field
from klein import Klein
from twisted.internet import reactor as the_reactor  # noqa: TID251 - real sockets
from twisted.internet.threads import deferToThreadPool
from twisted.protocols.portforward import ProxyClient, ProxyClientFactory, ProxyFactory, ProxyServer
from twisted.python.threadpool import ThreadPool
from twisted.web.http import Request

from tests.harness.evidence.wires import SYN, pcap, tcp
from tests.witness.foreign import tool
from valkit.net.ca import Authority
from valkit.net.https import HttpsClient
from valkit.net.keylog import VARIABLE
from valkit.net.web import listen

reactor: Any = the_reactor
HOST = "127.0.0.24"
ACK = 0x10
AUTHORITY = Authority.create()
ENDS = ("192.0.2.1", 40_000), ("192.0.2.2", 8443)


class Site:
    """What is asked over TLS."""

    app = Klein()

    @app.route("/secret")
    def secret(self, request: Request) -> bytes:
        """Answer in a body that no capture shows as it passes."""
        assert request.getHeader("Authorization") == "Bearer opaque"
        return b"seen in the clear"


@define
class Heard:
    """What passed a relay, each piece with whether it came from the client."""

    pieces: list[tuple[bool, bytes]] = field(factory=list)

    def factory(self, port: int) -> Any:
        """Give what relays connections to this port."""
        heard = self

        class Down(ProxyClient):
            def dataReceived(self, data: bytes) -> None:
                heard.pieces.append((False, data))
                cast(Any, super()).dataReceived(data)

        class DownFactory(ProxyClientFactory):
            protocol = Down
            noisy = False

        class Up(ProxyServer):
            clientProtocolFactory = DownFactory  # noqa: N815 - as Twisted named it

            def dataReceived(self, data: bytes) -> None:
                heard.pieces.append((True, data))
                cast(Any, super()).dataReceived(data)

        relay: Any = cast(Any, ProxyFactory)(HOST, port)
        relay.protocol, relay.noisy = Up, False
        return relay

    def capture(self) -> bytes:
        """Give the same as a capture of one TCP connection."""
        client, server = ENDS
        frames = [
            tcp(b"", 0, SYN, client, server),
            tcp(b"", 0, SYN | ACK, server, client),
            tcp(b"", 1, ACK, client, server),
        ]
        sent = {True: 1, False: 1}
        for from_client, data in self.pieces:
            source, target = (client, server) if from_client else (server, client)
            frames.append(tcp(data, sent[from_client], source=source, target=target))
            sent[from_client] += len(data)
        return pcap(frames)


@pytest.fixture
def threads() -> Iterator[ThreadPool]:
    """Give threads in which a client may block, gone after the test."""
    pool = ThreadPool(1, 1)
    pool.start()
    yield pool
    pool.stop()


async def heard_over(version: ssl.TLSVersion | None, threads: ThreadPool, monkeypatch: Any, keys: Path) -> bytes:
    """Ask once by way of a relay: a foreign client in this version, our server logging; or our client, itself logging.

    Gives the capture.
    """
    if version is not None:
        monkeypatch.setenv(VARIABLE, str(keys))
    site, heard = await listen(reactor, Site().app, HOST, 0, tls=AUTHORITY.server(HOST)), Heard()
    relay = reactor.listenTCP(0, heard.factory(int(site.url.rpartition(":")[2])), interface=HOST)
    try:
        port = relay.getHost().port
        if version is not None:
            monkeypatch.delenv(VARIABLE)
            await deferToThreadPool(reactor, threads, ask, version, port)
        else:
            monkeypatch.setenv(VARIABLE, str(keys))
            client = HttpsClient(reactor, AUTHORITY.trusting())
            answer = await client.get(f"https://{HOST}:{port}/secret", {"Authorization": "Bearer opaque"})
            assert answer.body == b"seen in the clear"
    finally:
        await relay.stopListening()
        await site.close()
    return heard.capture()


def ask(version: ssl.TLSVersion, port: int) -> None:
    """Ask with Python's own TLS; blocks."""
    context = ssl.create_default_context(cadata=AUTHORITY.pem.decode())
    context.minimum_version = context.maximum_version = version
    with socket.create_connection((HOST, port), 10) as plain, context.wrap_socket(plain, server_hostname=HOST) as tls:
        tls.sendall(b"GET /secret HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer opaque\r\nConnection: close\r\n\r\n")
        said = b""
        while more := tls.recv(4096):
            said += more
    assert b"seen in the clear" in said


def read(capture: Path, *options: str) -> list[str]:
    """Let tshark read it; gives method, token and status of what is HTTP in it."""
    command = [tool("tshark"), "-r", str(capture), *options, "-d", f"tcp.port=={ENDS[1][1]},tls", "-Y", "http"]
    command += ["-T", "fields", "-E", "separator=|"]
    for name in ("http.request.method", "http.authorization", "http.response.code"):
        command += ["-e", name]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()


@pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3, None], ids=["1.2 server", "1.3 server", "client"]
)
async def test_tshark_reads_tls_by_the_key_log_and_not_without(
    version: ssl.TLSVersion | None, threads: ThreadPool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The request with its token and its answer; which is why a user is warned."""
    tool("tshark")
    monkeypatch.delenv(VARIABLE, raising=False)
    capture, keys = tmp_path / "tls.pcap", tmp_path / "keys"
    capture.write_bytes(await heard_over(version, threads, monkeypatch, keys))
    assert read(capture) == []
    assert read(capture, "-o", f"tls.keylog_file:{keys}") == ["GET|Bearer opaque|", "||200"]
