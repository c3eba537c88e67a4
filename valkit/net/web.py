"""HTTP as every program of ours serves it: bounded request bodies, JSON answers and errors, names of this host only.

Routing is klein's; this is what klein and twisted.web leave out. A site for administration should listen on loopback
and guard against a browser that is led to it (`this_host_only`).
"""

import json
import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, cast
from urllib.parse import unquote_to_bytes

from attrs import frozen
from klein import Klein
from twisted.internet.endpoints import TCP4ServerEndpoint, TCP6ServerEndpoint
from twisted.logger import Logger
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure
from twisted.web import server
from twisted.web.http import Request
from twisted.web.iweb import IRequest
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from valkit.net.channel import CONNECTIONS, PER_HOST, BoundedChannel, BoundedConnections
from valkit.net.tls import Tls, names_in
from valkit.net.tracing import NAME, traced, working_on

BODY = 64 * 1024
"""Bytes of the largest request body by default."""
FIELDS = 1_000
"""Fields that a query may have."""
_TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_LONG = b"HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

NO_TEXT = "a header or the path is no UTF-8 text"

_port = re.compile(":[0-9]+$")
_log = Logger()


class BoundedRequest(server.Request):
    """A request whose body has a bound; twisted.web itself has none."""

    bound = BODY
    _received = 0
    _refused = False

    # twisted.web calls these three while a request comes in; they have no annotations of their own

    def gotLength(self, length: int | None) -> None:
        """Refuse a body that is announced too large."""
        super().gotLength(length)  # type: ignore[no-untyped-call]  # Twisted's own is untyped
        if length is not None and length > self.bound:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:
        """Take in a part of the body, or refuse one that becomes too large without having said so."""
        self._received += len(data)
        if self._received > self.bound:
            self._refuse()
        if not self._refused:
            super().handleContentChunk(data)  # type: ignore[no-untyped-call]  # Twisted's own is untyped

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """Process the request if it was not refused; a query of thousands of fields takes long to read."""
        if path.count(b"&") >= FIELDS:
            self._refuse(_TOO_LONG)
        if not self._refused:
            super().requestReceived(command, path, version)  # type: ignore[no-untyped-call]  # Twisted's own is untyped

    def process(self) -> None:
        """Hand the request to the application, unless its routing could not even read what is asked for."""
        if _can_be_routed(self.path, self.getHeader(b"host") or b""):
            with working_on(traced((self.getHeader(NAME.encode()) or b"").decode("ascii", "replace"))):
                super().process()  # type: ignore[no-untyped-call]  # Twisted's own is untyped
            return
        untyped: Any = self
        untyped.write(json_answer(self, {"error": NO_TEXT}, 400))
        untyped.finish()

    def _refuse(self, answer: bytes = _TOO_LARGE) -> None:
        if not self._refused:
            self._refused = True
            if self.content is not None:
                self.content.close()
            channel: Any = self.channel
            channel.transport.write(answer)
            channel.loseConnection()


@frozen
class HttpError(Exception):
    """What a handler raises to be answered with this status and sentence."""

    status: int
    sentence: str


class _QuietSite(server.Site):
    """A site that logs no line for each request, shows no traceback, and reads no form that nobody asks for.

    twisted.web reads every form: a body of nothing but `&` cost it a third of a second.
    """

    protocol: Any = BoundedChannel
    displayTracebacks = False  # noqa: N815 - as Twisted named it
    noisy = False

    def __init__(self, resource: Any, **options: Any) -> None:
        super().__init__(resource, parsePOSTFormSubmission=False, **options)  # type: ignore[no-untyped-call]  # untyped

    def log(self, request: Any) -> None:
        """Log nothing."""


@frozen
class WebPort:
    """One HTTP address that is listened on."""

    url: str
    _port: Any
    _connections: BoundedConnections

    async def close(self) -> None:
        """Stop listening and end the connections that are left, event streams among them."""
        await self._port.stopListening()
        for connection in list(self._connections.protocols):
            connection.abortConnection()


async def listen(
    reactor: Any, app: Klein, host: str, port: int, *, bound: int = BODY, tls: Tls | None = None
) -> WebPort:
    """Serve the application; port 0 takes a free one. CannotListenError where the address cannot be had.

    With `tls` it is HTTPS; ValueError if that cannot be a server's.
    """
    served: Any = cast(Any, _QuietSite)(app.resource(), requestFactory=_request_factory(bound))
    return await open_port(reactor, served, host, port, tls=tls)


async def open_port(
    reactor: Any,
    factory: Any,
    host: str,
    port: int,
    *,
    tls: Tls | None = None,
    most: int = CONNECTIONS,
    per_host: int = PER_HOST,
) -> WebPort:
    """Serve connections with the protocols of a factory, so many of them; as `listen` does."""
    served = factory
    if tls is not None:
        served = cast(Any, TLSMemoryBIOFactory)(tls.server(), isClient=False, wrappedFactory=served)
    site: Any = BoundedConnections(served, most, per_host)  # outermost: to abort a connection is to abort its socket
    served.noisy = site.noisy = False
    endpoint = TCP6ServerEndpoint if ":" in host else TCP4ServerEndpoint
    listening = await cast(Any, endpoint(reactor, port, interface=host)).listen(site)
    shown = f"[{host}]" if ":" in host else host
    return WebPort(f"http{'' if tls is None else 's'}://{shown}:{listening.getHost().port}", listening, site)


def json_answer(request: Request, value: object, status: int = 200) -> bytes:
    """Set status and type of the answer and give its body."""
    request.setResponseCode(status)
    request.setHeader("Content-Type", "application/json")
    request.setHeader("Cache-Control", "no-store")
    request.setHeader("X-Content-Type-Options", "nosniff")
    body = json.dumps(value, indent=1).encode() + b"\n"
    request.setHeader("Content-Length", str(len(body)))
    return body


def unrouted(request: Request, error: HTTPException) -> int:
    """Give the status of a request that leads nowhere, and name the methods that there are (RFC 9110 15.5.6)."""
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        request.setHeader("Allow", ", ".join(sorted(error.valid_methods)))
    return error.code or 500


def answer_errors_as_json(app: Klein) -> None:
    """Answer every error of a handler, and every path that has none, with `{"error": sentence}`."""

    def told(self: Any, request: IRequest, failure: Failure) -> bytes:  # noqa: ARG001 - klein hands in the owner
        asked = cast(Request, request)
        status, sentence = _told(asked, failure)
        return json_answer(asked, {"error": sentence}, status)

    app.handle_errors(Exception)(told)


def _told(request: Request, failure: Failure) -> tuple[int, str]:
    match failure.value:
        case HttpError() as error:
            return error.status, error.sentence
        case HTTPException() as error:
            return unrouted(request, error), f"{error.name}: {request.path.decode(errors='replace')}"
        case UnicodeDecodeError():
            return 400, NO_TEXT
    _log.failure("A request to {path} failed", failure, path=request.path)
    return 500, "this server has failed; its log says how"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def client_names(request: Request) -> frozenset[str]:
    """Give the names in the verified certificate that the client showed; none if it showed none (TS 33.310 6.1)."""
    channel: Any = request.channel  # none once the client has gone
    return names_shown(channel and channel.transport)


def names_shown(transport: Any) -> frozenset[str]:
    """Give the names in the verified certificate of a connection's other end; none where it showed none."""
    shown = getattr(transport, "getPeerCertificate", lambda: None)()
    return frozenset() if shown is None else names_in(shown.to_cryptography())


def this_host_only(request: Request) -> None:
    """Refuse a request for a name that is not an address: a page in a browser may have led it here (DNS rebinding)."""
    host = _port.sub("", request.getHeader("Host") or "")
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        if host != "localhost":
            raise HttpError(421, "ask by address, not by name") from None


def _can_be_routed(path: bytes, host: bytes) -> bool:
    """Whether path and Host are text, and Host a name: klein reads both before any error handler of ours is there."""
    try:
        unquote_to_bytes(path).decode()
        _port.sub("", host.decode("ascii")).encode("idna")
    except UnicodeError:
        return False
    return True


def _request_factory(bound: int) -> Callable[..., BoundedRequest]:
    return type("BoundedRequest", (BoundedRequest,), {"bound": bound})
