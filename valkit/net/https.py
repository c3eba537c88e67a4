"""HTTPS from the client's side: connections to verified servers only, always, and answers of a bounded size and time.

Redirects are not followed: where an answer sends us is for the caller to judge. An HTTP proxy in the sense of 3GPP
(TS 24.547 annex A.2.1) is the server that TLS is set up with, by its own name; Host and path name the one behind it.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar
from math import inf
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit, urlunsplit

from attrs import field, frozen
from OpenSSL import SSL
from service_identity import VerificationError
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.defer import TimeoutError as TooLong
from twisted.internet.endpoints import wrapClientTLS
from twisted.internet.error import ConnectError, ConnectingCancelledError, ConnectionClosed, DNSLookupError
from twisted.internet.error import TimeoutError as ConnectingTooLong
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure
from twisted.web.client import URI, Agent, CookieAgent, HTTPConnectionPool, ResponseDone, ResponseFailed
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers, InvalidHeaderName
from twisted.web.iweb import IAgent, IAgentEndpointFactory, IBodyProducer
from zope.interface import implementer

from valkit.net.endpoints import endpoint
from valkit.net.tls import Tls
from valkit.net.tracing import onward

TIMEOUT = 10.0
"""Seconds that a request may take, from the first packet to the last byte of the answer."""
LARGEST = 256 * 1024
"""Bytes of the largest answer."""
Agents = Callable[[Tls], Any]
"""Gives an agent that trusts whom `Tls` says: a lab's, which writes down what is said."""
FORM = "application/x-www-form-urlencoded"


class HttpsError(Exception):
    """There is no answer: the server is not reached, not the one that was meant, too slow, or says too much."""


@implementer(IAgentEndpointFactory)
@frozen
class VerifiedServers:
    """The way to the host that is asked for and nobody else, trusting the authorities of `tls`."""

    reactor: Any
    tls: Tls
    timeout: float
    """Seconds within which a connection must stand."""

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:
        """Give the endpoint for an address, which is one of https."""
        host = uri.host.decode("ascii").strip("[]")
        way: IStreamClientEndpoint = wrapClientTLS(
            self.tls.client(host), endpoint(self.reactor, host, uri.port, self.timeout)
        )
        return way


def agent(reactor: Any, tls: Tls, *, timeout: float = 10.0, pool: HTTPConnectionPool | None = None) -> Any:
    """Give an agent for treq; a connection that takes longer than `timeout` seconds to stand is given up."""
    return Agent.usingEndpointFactory(reactor, VerifiedServers(reactor, tls, timeout), pool=pool)


@implementer(IAgent)
@frozen
class ByProxy:
    """Asks by way of an HTTP proxy, such as `https://proxy.home.example:8445`: TLS ends there, Host says who is meant.

    Not a proxy in the sense of RFC 9110 3.7, which would be told CONNECT or the whole address: 3GPP's is a reverse
    proxy for its own provider's servers, and a gateway to the partners'.
    """

    agent: Any
    proxy: str

    def request(
        self,
        method: bytes,
        uri: bytes,
        headers: Headers | None = None,
        bodyProducer: IBodyProducer | None = None,  # noqa: N803  as Twisted named it
    ) -> Deferred[Any]:
        """Ask the server of this address."""
        meant = urlsplit(uri)
        sent = Headers() if headers is None else headers.copy()
        sent.setRawHeaders(b"Host", [meant.netloc])
        way = self.proxy.rstrip("/").encode() + urlunsplit((b"", b"", meant.path or b"/", meant.query, b""))
        asked: Deferred[Any] = self.agent.request(method, way, sent, bodyProducer)
        return asked


@frozen
class HttpsAnswer:
    """What a server answered; it may hold a token, so the body is never shown."""

    status: int
    _headers: Headers = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        """Give the first value of a header."""
        values = self._headers.getRawHeaders(name)
        return values[0] if values else None

    @property
    def media_type(self) -> str:
        """The type of the body in lower case, without parameters."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()


@frozen
class Exchange:
    """One request and its answer. Both may hold secrets: whoever shows one, redacts it."""

    method: str
    url: str = field(repr=False)
    form: Mapping[str, str] = field(repr=False)
    answer: HttpsAnswer


class HttpsClient:
    """Asks servers that the authorities of `tls` vouch for.

    With `cookies` it keeps them as a browser does; `seen` hears of every exchange, for traces.
    What is asked belongs to the trace of the request that is being worked on (`valkit.net.tracing`).
    `through` is the agent to ask with in place of the usual one; `proxy` is the HTTP proxy to ask by way of.
    """

    def __init__(
        self,
        reactor: Any,
        tls: Tls,
        *,
        timeout: float = TIMEOUT,
        largest: int = LARGEST,
        cookies: CookieJar | None = None,
        seen: Callable[[Exchange], None] | None = None,
        through: Any = None,
        proxy: str | None = None,
    ) -> None:
        opened = through or agent(reactor, tls, timeout=timeout)
        opened = opened if proxy is None else ByProxy(opened, proxy)
        self._agent = opened if cookies is None else CookieAgent(opened, cookies)
        self._reactor = reactor
        self._timeout = timeout
        self._largest = largest
        self._seen = seen

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpsAnswer:
        """Ask for a resource. Raises HttpsError."""
        return self._heard("GET", url, {}, await self._ask("GET", url, headers or {}, None))

    async def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> HttpsAnswer:
        """Send a form. Raises HttpsError."""
        sent = {"Content-Type": FORM, **(headers or {})}
        return self._heard("POST", url, form, await self._ask("POST", url, sent, urlencode(form).encode()))

    async def request(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        within: float = inf,
    ) -> HttpsAnswer:
        """Ask for anything else, with a body that `headers` say the type of; `within` so many seconds, if that is less.

        Raises HttpsError.
        """
        return self._heard(method, url, {}, await self._ask(method, url, headers or {}, body, within))

    def _heard(self, method: str, url: str, form: Mapping[str, str], answer: HttpsAnswer) -> HttpsAnswer:
        if self._seen is not None:
            self._seen(Exchange(method, url, form, answer))
        return answer

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, within: float = inf
    ) -> HttpsAnswer:
        if not _is_address(url):
            raise HttpsError(f"{shown(url)} is no https address")
        asked = Deferred.fromCoroutine(self._answer(method, url, headers, body))
        try:
            return await asked.addTimeout(min(self._timeout, within), self._reactor)
        except _FAILURES as error:
            raise HttpsError(f"{shown(url)} gives no answer: {_reason(error)}") from None

    async def _answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> HttpsAnswer:
        sent = Headers({name: [value] for name, value in {**onward(), **headers}.items()})
        producer = None if body is None else _Bytes(body)
        response: Any = await self._agent.request(method.encode(), url.encode(), sent, producer)
        collected = _Collected(self._largest)
        response.deliverBody(collected)
        return HttpsAnswer(response.code, response.headers, await collected.done)


def basic(name: str, password: str) -> str:
    """Give the Authorization header with which a client names itself (RFC 6749 2.3.1: each part form-encoded)."""
    return "Basic " + b64encode(f"{quote_plus(name)}:{quote_plus(password)}".encode()).decode()


def shown(url: str) -> str:
    """Show an address without its query, which may hold a code."""
    text = ascii(url.partition("?")[0])[1:-1]
    return text if len(text) <= 120 else f"{text[:117]}..."


def _is_address(url: str) -> bool:
    """Say whether this can be asked: a server of discovery may name any text, such as one with a port of 99999."""
    try:
        return url.startswith("https://") and url.isascii() and urlsplit(url).port != 0
    except ValueError:
        return False


_FAILURES = (
    ConnectError,
    ConnectingCancelledError,  # our own time ran out while the connection was being made
    ConnectionClosed,
    DNSLookupError,
    ResponseFailed,
    TooLong,
    CancelledError,
    SSL.Error,
    HttpsError,
    ValueError,  # what Twisted says to an address that it cannot read
)


def _reason(error: BaseException | None) -> str:
    match error:
        case ResponseFailed(reasons=[Failure(value=first), *_]):
            return _reason(first)
        case TooLong() | CancelledError() | ConnectingCancelledError() | ConnectingTooLong():
            return "it takes too long"
        case SSL.Error():
            return "its certificate does not hold" if "certificate" in str(error) else "there is no TLS with it"
        case VerificationError():
            return "its certificate is another server's"
        case InvalidHeaderName() | Exception(args=(str(), bytes())):  # the latter is ParseError, which nobody exports
            return "what it says is no HTTP"
    return str(error).rstrip(".") if str(error) else type(error).__name__


@implementer(IBodyProducer)
class _Bytes:
    """A request body that is there as a whole."""

    def __init__(self, body: bytes) -> None:
        self.length = len(body)
        self._body = body

    def startProducing(self, consumer: Any) -> Deferred[None]:
        """Write it."""
        consumer.write(self._body)
        return succeed(None)

    def pauseProducing(self) -> None:
        """Do nothing: all is written."""

    def resumeProducing(self) -> None:
        """Do nothing: all is written."""

    def stopProducing(self) -> None:
        """Do nothing: all is written."""


class _Collected(Protocol):
    """Collects a response body up to a size."""

    def __init__(self, largest: int) -> None:
        self._room = largest
        self._parts: list[bytes] = []
        self.done: Deferred[bytes] = Deferred(lambda _: self._end())

    def dataReceived(self, data: bytes) -> None:
        """Take in a part."""
        self._room -= len(data)
        if self._room >= 0:
            self._parts.append(data)
        elif not self.done.called:
            self.done.errback(HttpsError("it says too much"))
            self._end()

    def connectionLost(self, reason: Failure = Failure(ResponseDone())) -> None:  # noqa: B008  as Twisted has it
        """Give the whole, if it is that; a server that ends its answer by closing is taken at its word."""
        if self.done.called:
            return
        if reason.check(ResponseDone, PotentialDataLoss):
            self.done.callback(b"".join(self._parts))
        else:
            self.done.errback(reason)

    def _end(self) -> None:
        transport: Any = self.transport
        if transport is not None:
            getattr(transport, "abortConnection", transport.loseConnection)()
