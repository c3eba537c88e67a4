"""What a program of the lab says over HTTPS, written into the trace: an agent in place of the one it would have.

A request is written down when its TLS connection stands, its answer when it has come whole. Secrets are hidden before
anything is kept. A fault of the scenario cuts the connection instead, when a request or an answer is due on it.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from attrs import define, field, frozen
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IHandshakeListener, IProtocol, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.protocol import Protocol
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.components import proxyForInterface
from twisted.python.failure import Failure
from twisted.web.client import URI, Agent
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IAgentEndpointFactory, IBodyProducer, IResponse
from zope.interface import implementer

from harness.lab.wire import Wire
from harness.seen import disclosure
from valkit.net.https import VerifiedServers
from valkit.net.tls import Tls
from valkit.sip.hop import Hop
from valkit.trace import Http, Note

Ends = tuple[Hop, Hop]
"""The addresses of a connection, that of who asks first."""

Said = tuple[Mapping[str, str], Mapping[str, str]]
"""What a message says, and the tokens in it."""

CONNECTING = 10.0
"""Seconds until a connection must stand."""


@implementer(IAgent)
@frozen
class Overheard:
    """Asks as `valkit.net.https.agent` does, and tells what is said."""

    reactor: Any
    tls: Tls
    who: str
    """Who asks with it."""
    wire: Wire

    def request(
        self,
        method: bytes,
        uri: bytes,
        headers: Headers | None = None,
        bodyProducer: IBodyProducer | None = None,  # noqa: N803  as Twisted named it
    ) -> Deferred[IResponse]:
        """Send a request."""
        call = _Call(self, method.decode(), uri.decode(), headers or Headers())
        agent = Agent.usingEndpointFactory(self.reactor, _Endpoints(self, call.stands))
        body = None if bodyProducer is None else _OverheardBody(bodyProducer, call)
        self.wire.asking(call)
        asked: Deferred[IResponse] = agent.request(method, uri, headers, body)
        return asked.addCallbacks(call.answering, call.failed)


@define(eq=False)
class _Call:
    """One request and its answer."""

    agent: Overheard
    method: str
    url: str
    headers: Headers
    said: bytearray = field(factory=bytearray)
    ends: Ends | None = None

    @property
    def peer(self) -> str:
        return self.agent.wire.cast.host_name(urlsplit(self.url).hostname or "")

    def stands(self, version: str, ends: Ends) -> bool:
        """Write down that the connection stands, and what is said over it; say whether it is."""
        self.ends = ends
        self._note("tls established", host=urlsplit(self.url).hostname or "", version=version)
        told = self.url, _header(self.headers), bytes(self.said)
        said, tokens = disclosure.of_request(*told), disclosure.tokens_of_request(*told)
        document = disclosure.document_in(*told[1:])
        return self._write(self.agent.who, self.peer, ends, None, (said, tokens), document)

    def answering(self, response: Any) -> Any:
        """Give the response on, so that what is read of it is heard."""
        return _OverheardResponse(response, self)

    def answered(self, response: Any, body: bytes) -> bool:
        """Write down the answer; say whether it comes through."""
        assert self.ends is not None, "an answer came over no connection"
        self.agent.wire.heard(self)
        told = _header(response.headers), body
        said, tokens = disclosure.of_answer(*told), disclosure.tokens_of_answer(*told)
        back, document = (self.ends[1], self.ends[0]), disclosure.document_in(*told)
        return self._write(self.peer, self.agent.who, back, response.code, (said, tokens), document)

    def failed(self, failure: Failure) -> Failure:
        """Write down that nothing came."""
        self.agent.wire.heard(self)
        self._note("unreachable")
        return failure

    def _note(self, what: str, **more: str) -> None:
        wire = self.agent.wire
        fields = {"peer": self.peer, "name": wire.cast.title(self.peer), **more}
        wire.note(Note(wire.now(), self.agent.who, what, fields))

    def _write(  # noqa: PLR0917 - the order is that of a message: ends, start line, what it says
        self, source: str, target: str, ends: Ends, status: int | None, said: Said, document: Any
    ) -> bool:
        wire, path = self.agent.wire, urlsplit(self.url).path
        fields, tokens = said
        http = Http(wire.now(), source, target, ends, self.method, path, status, fields, tokens, document=document)
        return wire.http(http)


def _header(headers: Headers) -> Callable[[str], str]:
    def value(name: str) -> str:
        values = headers.getRawHeaders(name)
        return values[0] if values else ""

    return value


@implementer(IAgentEndpointFactory)
@frozen
class _Endpoints:
    """Gives endpoints that tell when TLS stands."""

    agent: Overheard
    stands: Callable[[str, Ends], bool]

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:
        """Give the endpoint for an address."""
        servers = VerifiedServers(self.agent.reactor, self.agent.tls, CONNECTING)
        return _TellingEndpoint(servers.endpointForURI(uri), self.stands)


@implementer(IStreamClientEndpoint)
@frozen
class _TellingEndpoint:
    """An endpoint that tells when TLS stands."""

    endpoint: IStreamClientEndpoint
    stands: Callable[[str, Ends], bool]

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:  # noqa: N803  as Twisted named it
        """Connect; gives the protocol of the factory."""
        connected: Deferred[Any] = self.endpoint.connect(_Telling(cast(Any, protocolFactory), self.stands))
        return connected.addCallback(lambda wrapper: wrapper.wrappedProtocol)


@implementer(IHandshakeListener)
class _TellingProtocol(ProtocolWrapper):
    """Tells when TLS stands, and passes on all else."""

    def handshakeCompleted(self) -> None:
        """Tell it; a connection that is not to be is ended."""
        tls, factory = cast(Any, self.transport), cast("_Telling", self.factory)
        ends = (_hop(tls.getHost()), _hop(tls.getPeer()))
        version = tls._tlsConnection.get_protocol_version_name()  # noqa: SLF001  nothing else has it
        if not factory.stands(version, ends):
            tls.abortConnection()


class _Telling(WrappingFactory):
    """Makes such protocols around those of another factory."""

    protocol = _TellingProtocol
    noisy = False  # one for each connection is nothing to write down

    def __init__(self, wrapped: Any, stands: Callable[[str, Ends], bool]) -> None:
        super().__init__(wrapped)  # type: ignore[no-untyped-call]  # as Twisted wrote it
        self.stands = stands


def _hop(address: Any) -> Hop:
    return Hop("tls", address.host, address.port)


@implementer(IBodyProducer)
class _OverheardBody:
    """A request's body, heard while it is sent."""

    def __init__(self, body: Any, call: _Call) -> None:
        self.length = body.length
        self._body = body
        self._call = call

    def startProducing(self, consumer: Any) -> Any:
        """Send it to the consumer, and hear it."""
        return self._body.startProducing(_Tee(consumer, self._call.said))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._body, name)


@frozen
class _Tee:
    """A consumer beside another."""

    consumer: Any
    said: bytearray

    def write(self, data: bytes) -> None:
        """Take in data."""
        self.said.extend(data)
        self.consumer.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.consumer, name)


class _OverheardResponse(proxyForInterface(IResponse, "response")):  # type: ignore[misc]  # made while running
    """A response whose body is heard while it is read."""

    def __init__(self, response: Any, call: _Call) -> None:
        super().__init__(response)
        self._call = call

    def deliverBody(self, protocol: Any) -> None:
        """Deliver the body, and hear it."""
        self.response.deliverBody(_OverheardReading(protocol, self.response, self._call))


class _OverheardReading(Protocol):
    """Passes a body on to its reader."""

    def __init__(self, reader: Any, response: Any, call: _Call) -> None:
        self._reader = reader
        self._response = response
        self._call = call
        self._heard = bytearray()

    def connectionMade(self) -> None:
        """Begin."""
        self._reader.makeConnection(self.transport)

    def dataReceived(self, data: bytes) -> None:
        """Pass a part on."""
        self._heard += data
        self._reader.dataReceived(data)

    def connectionLost(self, reason: Any = None) -> None:
        """End, whatever is thought of what was heard."""
        arrives = False
        try:
            arrives = self._call.answered(self._response, bytes(self._heard))
        finally:
            self._reader.connectionLost(reason if arrives else Failure(ConnectionLost()))
