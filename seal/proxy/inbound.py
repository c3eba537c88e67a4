"""One connection from a client: its requests, one after the other, and the answers to them (RFC 9112).

What is parsed is not passed on: it is said anew, so that nobody behind this proxy can read it otherwise. After a
request that the proxy refuses, and after one whose end it does not know, the connection ends.
"""

import json
from http import HTTPStatus
from typing import Any

import h11
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

from seal.proxy.callers import Caller
from seal.proxy.deadline import Deadline
from seal.proxy.deciding import Head
from seal.proxy.errors import Refusal, Refused
from seal.proxy.exchange import Exchange
from seal.proxy.faults import fault_of
from seal.proxy.headers import Pairs, values
from seal.proxy.settings import METHODS
from seal.proxy.site import Site
from valkit.net.channel import OPENING
from valkit.net.tracing import NAME, traced
from valkit.net.web import names_shown

LINGER = 2.0
"""Seconds for which what a client still sends is thrown away when it has been told that this was all."""


TRACEPARENT = NAME.encode()


class Inbound(Protocol):
    """A client's connection."""

    transport: Any

    def __init__(self, site: Site) -> None:
        self._site = site
        self._limits = site.limits
        self._wire = h11.Connection(h11.SERVER, max_incomplete_event_size=self._limits.header)
        self._exchange: Exchange | None = None
        self._leaving = False
        self._reading_head = False
        self._asked_for_head = False
        self._ahead = 0
        """Bytes that came before their turn."""
        self.deadline = Deadline(site.reactor, self._late)

    @property
    def request_whole(self) -> bool:
        """Whether the request has come to its end."""
        return self._wire.their_state in {h11.DONE, h11.MUST_CLOSE, h11.CLOSED}

    # --- the way down

    def inform(self, status: int, headers: Pairs) -> None:
        """Pass on an interim answer."""
        if self._wire.our_state is h11.SEND_RESPONSE:
            self._send(h11.InformationalResponse(status_code=status, headers=list(headers)))

    def invite(self) -> None:
        """Tell a client that waits to be told to send its body."""
        if self._wire.they_are_waiting_for_100_continue:
            self.inform(100, ())

    def answer(self, status: int, reason: bytes, headers: Pairs) -> None:
        """Pass on the head of an answer. Raises Refused if it is none that can be said."""
        close = () if self.request_whole else ((b"connection", b"close"),)
        try:
            self._send(h11.Response(status_code=status, reason=reason, headers=[*headers, *close]))
        except h11.LocalProtocolError as error:
            raise Refused(Refusal.BROKEN, fault_of(error)) from None

    def say(self, data: bytes) -> None:
        """Pass on a part of its body."""
        self._send(h11.Data(data=data))

    def end(self) -> None:
        """Pass on its end, and go on to the next request."""
        self._send(h11.EndOfMessage())
        self._exchange = None
        if self._wire.our_state is h11.DONE and self.request_whole:
            self._next()
        else:
            self._leave()

    def refuse(self, refused: Refused) -> None:
        """Answer the request ourselves, or end the connection where an answer has begun."""
        self._exchange = None
        if self._wire.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.abort()
            return
        refusal = refused.refusal
        body = json.dumps({"error": refusal.cause, "error_description": refusal.sentence}).encode() + b"\n"
        headers, phrase = _own_headers(refusal, len(body), self._site.name), HTTPStatus(refusal.status).phrase
        self._send(h11.Response(status_code=refusal.status, reason=phrase.encode(), headers=headers))
        if self._asked_for_head:
            body = b""
        self._send(h11.Data(data=body))
        self._send(h11.EndOfMessage())
        self._leave()

    def abort(self) -> None:
        """End the connection at once: the answer is not whole, and the client is to see that."""
        self._exchange = None
        self.transport.abortConnection()

    # --- what Twisted calls

    def connectionMade(self) -> None:
        """Wait for a request."""
        self.deadline.renew(min(OPENING, self._limits.idle))

    def dataReceived(self, data: bytes) -> None:
        """Take in what the client says."""
        if self._leaving:
            return
        if self._exchange is not None and self.request_whole:
            self._ahead += len(data)
            if self._ahead > self._limits.header:
                self.transport.pauseProducing()
        elif self._exchange is None and not self._reading_head:
            self._reading_head = True
            self.deadline.renew(self._limits.head)
        self._wire.receive_data(data)
        self._read()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Let go of what was under way."""
        del reason
        self.deadline.stop()
        self._leaving = True
        if self._exchange is not None:
            self._exchange.lost()

    def _read(self) -> None:
        try:
            while not self._leaving and self._take(self._wire.next_event()):
                pass
        except h11.RemoteProtocolError as error:
            self._misread(error)

    def _take(self, event: Any) -> bool:
        match event:
            case h11.Request():
                self._requested(event)
            case h11.Data() if self._exchange is not None:
                self._exchange.data(bytes(event.data))
            case h11.EndOfMessage() if self._exchange is not None:
                self._exchange.ended()
            case h11.ConnectionClosed():
                self.transport.loseConnection()
                return False
            case h11.Data() | h11.EndOfMessage():
                pass
            case _:
                return False
        return True

    def _requested(self, event: h11.Request) -> None:
        self._reading_head = False
        self._asked_for_head = event.method == b"HEAD"
        head = Head(event.method, event.target, _traced(tuple(event.headers)), event.http_version.decode())
        caller = Caller(self.transport.getPeer().host, names_shown(self.transport))
        self.deadline.at_most(self._limits.longest)
        exchange = self._exchange = Exchange(self._site, self, head, caller)
        exchange.begin()

    def _misread(self, error: h11.RemoteProtocolError) -> None:
        refusal = {431: Refusal.HEADERS_TOO_LARGE, 501: Refusal.NOT_UNDERSTOOD}.get(
            error.error_status_hint, Refusal.MALFORMED
        )
        refused = Refused(refusal, fault_of(error))
        if self._exchange is not None:
            self._exchange.failed(refused)
        else:
            self._site.refused(refused, self.transport.getPeer().host)
            self.refuse(refused)

    def _next(self) -> None:
        self._wire.start_next_cycle()
        self._ahead = 0
        self._asked_for_head = False
        self.deadline.at_most(None)
        self._reading_head = bool(self._wire.trailing_data[0])
        self.deadline.renew(self._limits.head if self._reading_head else self._limits.idle)
        self.transport.resumeProducing()
        self._read()

    def _leave(self) -> None:
        """Say that this was all, and end the connection when the client says so too: it gets to read why."""
        self._leaving = True
        self.deadline.at_most(None)
        self.deadline.renew(LINGER)
        self.transport.resumeProducing()
        self.transport.loseConnection()

    def _late(self) -> None:
        if self._exchange is not None:
            self._exchange.late()
        elif self._reading_head and not self._leaving:
            refused = Refused(Refusal.TOO_SLOW)
            self._site.refused(refused, self.transport.getPeer().host)
            self.refuse(refused)
        else:
            self.transport.abortConnection()

    def _send(self, event: Any) -> None:
        data = self._wire.send(event)
        if data:
            self.transport.write(data)


def _traced(headers: Pairs) -> Pairs:
    """Have a request belong to the trace of its client, or else to one that begins here: its server is told of it."""
    said = values(headers, TRACEPARENT)[:1]
    if said and (text := said[0].decode("ascii", "replace")) == traced(text):
        return headers
    kept = tuple((name, value) for name, value in headers if name not in {TRACEPARENT, b"tracestate"})
    return (*kept, (TRACEPARENT, traced("").encode()))


def _own_headers(refusal: Refusal, length: int, name: str) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(length).encode()),
        (b"cache-control", b"no-store"),
        (b"proxy-status", f"{name}; error={refusal.kind}".encode()),
        (b"connection", b"close"),
    ]
    if refusal is Refusal.TUNNEL:
        headers.append((b"allow", ", ".join(METHODS).encode()))
    if refusal is Refusal.OVERLOADED:
        headers.append((b"retry-after", b"1"))
    return headers
