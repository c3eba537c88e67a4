"""A proxy between a client that says raw bytes over TLS and servers that tell what they got, all over sockets."""

import json
from typing import Any, cast

from attrs import define, evolve, field
from klein import Klein
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.web.http import Request

from seal.proxy.app import Connections, rules
from seal.proxy.pool import Pool
from seal.proxy.settings import ProxySettings
from seal.proxy.site import Site
from valkit.net.ca import Authority
from valkit.net.tls import Tls
from valkit.net.web import WebPort, json_answer, listen, open_port
from valkit.trace import Note

reactor: Any = the_reactor
AUTHORITY = Authority.create()
STRANGERS = Authority.create()
HOST, BEHIND = "127.0.0.9", "127.0.0.10"
NAME = "proxy.home.example"
SKMS = "skms.home.example"


ENOUGH = 1 << 26
"""Bytes that no buffer on the way holds."""


class Pouring:
    """Writes as much as is taken, and counts it."""

    def __init__(self, sink: Any, end: Any = None) -> None:
        self.poured = 0
        self._sink = sink
        self._end = end
        self._flows = False

    def resumeProducing(self) -> None:
        """Write."""
        if not self._flows:
            self._flows = True
            reactor.callLater(0, self._pour)

    def pauseProducing(self) -> None:
        """Write no more for now."""
        self._flows = False

    def stopProducing(self) -> None:
        """Write no more."""
        self._flows, self.poured = False, ENOUGH

    def _pour(self) -> None:
        for _ in range(64):
            if self._flows and self.poured < ENOUGH:
                self.poured += 65_536
                self._sink.write(bytes(65_536))
        if self.poured < ENOUGH:
            self._flows = self._flows and bool(reactor.callLater(0, self._pour))
        elif self._end is not None:
            self._end()


class Saying(Protocol):
    """A server that says one thing, whatever it is asked."""

    transport: Any

    def __init__(self, said: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") -> None:
        self.said = said

    def dataReceived(self, data: bytes) -> None:
        """Say it."""
        self.transport.write(self.said)


class Early(Saying):
    """A server that has something to say before its answer."""

    def __init__(self) -> None:
        hints = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
        super().__init__(hints + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


class Fickle(Saying):
    """A server that answers once, and ends the connection when it is asked again."""

    asked = 0

    def dataReceived(self, data: bytes) -> None:
        """Answer, or not."""
        self.asked += 1
        if self.asked == 1:
            super().dataReceived(data)
        else:
            self.transport.loseConnection()


class Deaf(Protocol):
    """A server that reads no more than the beginning."""

    transport: Any

    def dataReceived(self, data: bytes) -> None:
        """Read nothing any more."""
        self.transport.pauseProducing()


class Backend:
    """A server that tells what it got."""

    app = Klein()
    pouring: Pouring

    def __init__(self) -> None:
        self.asked = 0
        self.gone: list[bytes] = []
        """Paths of requests whose client went away."""

    @app.route("/echo", methods=["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
    def echo(self, request: Request) -> bytes:
        """Tell method, target, headers and the size of the body."""
        self.asked += 1
        assert request.content is not None
        headers = [(n.decode(), v.decode()) for n, each in request.requestHeaders.getAllRawHeaders() for v in each]
        body = request.content.read()
        told = {"method": request.method.decode(), "uri": request.uri.decode(), "headers": headers, "size": len(body)}
        request.setHeader("Keep-Alive", "timeout=5")
        request.setHeader("X-Kept", "yes")
        return json_answer(request, told)

    @app.route("/much/<int:size>")
    def much(self, request: Request, size: int) -> bytes:
        """Say much, and how much."""
        request.setHeader("Content-Length", str(size))
        return b"x" * size

    @app.route("/pour")
    def pour(self, request: Request) -> Deferred[bytes]:
        """Say more than any buffer holds, as fast as it is taken."""

        def end() -> None:
            untyped: Any = request
            untyped.unregisterProducer()
            untyped.finish()

        request.setHeader("Content-Length", str(ENOUGH))
        self.pouring = Pouring(request, end)
        request.notifyFinish().addErrback(lambda _: self.pouring.stopProducing())
        cast(Any, request).registerProducer(self.pouring, True)
        self.pouring.resumeProducing()
        return Deferred()

    @app.route("/chunks")
    async def chunks(self, request: Request) -> None:
        """Say something in parts."""
        for part in (b"a", b"b", b"c"):
            request.write(part)
        request.finish()

    @app.route("/never")
    def never(self, request: Request) -> Deferred[bytes]:
        """Think about it until the client has gone."""
        path = bytes(request.path)
        request.notifyFinish().addErrback(lambda _: self.gone.append(path))
        return Deferred()

    @app.route("/cut")
    def cut(self, request: Request) -> Deferred[bytes]:
        """Begin an answer, and end the connection."""
        channel: Any = request.channel
        request.setHeader("Content-Length", "100")
        request.write(b"half")
        reactor.callLater(0.05, channel.transport.abortConnection)
        request.notifyFinish().addErrback(lambda _: None)
        return Deferred()


class Raw(Protocol):
    """A client that says what it is told to, and keeps what it hears."""

    transport: Any

    def __init__(self) -> None:
        self.heard = bytearray()
        self.closed: Deferred[bytes] = Deferred()
        self._waiting: list[tuple[bytes, Deferred[bytes]]] = []

    def dataReceived(self, data: bytes) -> None:
        """Hear something."""
        self.heard += data
        for end, waiting in tuple(self._waiting):
            if end in self.heard:
                self._waiting.remove((end, waiting))
                waiting.callback(bytes(self.heard))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Hear nothing more."""
        self.closed.callback(bytes(self.heard))

    def until(self, end: bytes) -> Deferred[bytes]:
        """Give what was heard when this is in it."""
        waiting: Deferred[bytes] = Deferred()
        if end in self.heard:
            waiting.callback(bytes(self.heard))
        else:
            self._waiting.append((end, waiting))
        return waiting.addTimeout(30, reactor)

    def whole(self) -> Deferred[bytes]:
        """Give what was heard when the connection has ended."""
        return self.closed.addTimeout(30, reactor)


@define
class Scene:
    """A proxy with a server behind it."""

    backend: Backend
    behind: WebPort
    port: WebPort
    pool: Pool
    notes: list[Note]
    clients: list[Raw] = field(factory=list)

    @property
    def causes(self) -> list[str]:
        """Why requests were refused, in order."""
        return [note.fields["cause"] for note in self.notes if note.what == "request refused"]

    async def client(self, shown: Tls | None = None, source: str | None = None) -> Raw:
        """Open a connection to the proxy, from this address."""
        tls = shown or AUTHORITY.trusting()
        port = int(self.port.url.rpartition(":")[2])
        endpoint = wrapClientTLS(tls.client(HOST), HostnameEndpoint(reactor, HOST, port, bindAddress=source))
        raw: Raw = await cast(Any, endpoint).connect(Factory.forProtocol(Raw))
        self.clients.append(raw)
        return raw

    async def said(self, request: bytes, shown: Tls | None = None, source: str | None = None) -> bytes:
        """Give all that is answered to these bytes, until the proxy ends the connection."""
        raw = await self.client(shown, source)
        raw.transport.write(request)
        return await raw.whole()

    async def close(self) -> None:
        """End it."""
        for raw in self.clients:
            if not raw.closed.called:
                raw.transport.abortConnection()
        await self.port.close()
        self.pool.close()
        await self.behind.close()


async def serve(behind: Tls | None = None, to: str | None = None, **told: Any) -> Scene:
    """Start a proxy in front of a server."""
    backend, notes, clock = Backend(), list[Note](), Clock()
    server = await listen(reactor, backend.app, BEHIND, 0, bound=1 << 26, tls=behind or AUTHORITY.server(BEHIND))
    settings = ProxySettings.model_validate(
        {
            "name": NAME,
            "servers": [{"hosts": [SKMS], "to": to or server.url}],
            "partners": [{"domain": "partner", "hosts": ["*.partner.example"], "to": server.url, "methods": ["GET"]}],
            "network_functions": [{"identities": ["sip:val@home.example", "dispatch"], "names": ["val.home.example"]}],
            **told,
        }
    )
    limits = settings.limits
    shown = evolve(AUTHORITY.server(HOST, NAME), ask_clients=True)
    pool = Pool(reactor, lambda _: shown, limits)
    site = Site(rules(settings), limits, pool, reactor, clock, notes.append)
    port = await open_port(
        reactor, Connections(site), HOST, 0, tls=shown, most=limits.connections, per_host=limits.per_host
    )
    return Scene(backend, server, port, pool, notes)


def get(path: str = "/echo", *headers: str, host: str = SKMS, method: str = "GET") -> bytes:
    """Write a request whose answer ends the connection."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def told(answer: bytes) -> dict[str, Any]:
    """Give what the server says that it got; AssertionError if it did not answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), answer
    said: dict[str, Any] = json.loads(body)
    return said


def status(answer: bytes) -> int:
    """Give the status of an answer."""
    assert answer.startswith(b"HTTP/1.1 "), answer
    return int(answer[9:12])
