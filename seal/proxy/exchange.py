"""One request on its way through the proxy: decided on, its body up, its answer down, neither faster than is taken."""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from seal.proxy.callers import Caller
from seal.proxy.deciding import Head, Onward
from seal.proxy.errors import Refusal, Refused
from seal.proxy.headers import Pairs, back
from seal.proxy.outbound import Outbound, refusal_for
from seal.proxy.site import Client, Site
from seal.proxy.tapping import Tapped

AGAIN = frozenset({b"GET", b"HEAD", b"OPTIONS", b"DELETE"})
"""Methods with which a request without a body is sent once more when a kept connection turns out to have ended."""

_log = Logger()


class Exchange:
    """A request and its answer; hears the client (`data`, `ended`, `lost`, `late`) and, as a Receiver, the server."""

    def __init__(self, site: Site, client: Client, head: Head, caller: Caller) -> None:
        self._site = site
        self._limits = site.limits
        self._client = client
        self._head = head
        self._caller = caller
        self._onward: Onward | None = None
        self._connecting: Deferred[Any] | None = None
        self._server: Outbound | None = None
        self._early: list[bytes] = []
        """What came of the body before there was a connection."""
        self._came = 0
        self._held = False
        """Whether the client is kept from sending."""
        self._status = 0
        self._over = False
        self._tapped: Tapped | None = None

    def begin(self) -> None:
        """Decide on the request and connect to its server."""
        try:
            self._onward = self._site.rules.decide(self._head, self._caller)
            self._connect(self._onward)
        except Refused as refused:
            self.failed(refused)

    # --- from the client

    def data(self, data: bytes) -> None:
        """Send a part of the body up."""
        self._came += len(data)
        if self._over:
            return
        if self._came > self._limits.body:
            self.failed(Refused(Refusal.BODY_TOO_LARGE, f"more than {self._limits.body} bytes"))
        elif self._server is None:
            self._early.append(data)
        else:
            self._client.deadline.renew(self._limits.progress)
            self._up(self._server, data)

    def ended(self) -> None:
        """Send its end up."""
        if self._over:
            return
        self._client.deadline.renew(self._limits.answer)
        if self._server is not None:
            self._sent(self._server)

    def lost(self) -> None:
        """Give up: nobody is there any more to answer to."""
        self._close()

    def late(self) -> None:
        """Give up, and say whom we have waited for."""
        if self._status:
            self._close()
            self._client.abort()
        elif self._client.request_whole or self._held:
            self.failed(Refused(Refusal.SILENT))
        else:
            self.failed(Refused(Refusal.TOO_SLOW))

    # --- from the server

    def informed(self, status: int, headers: Pairs) -> None:
        """Pass on an interim answer, but for 100, which was this proxy's to give."""
        if status != 100:
            self._client.inform(status, back(headers, self._site.name))

    def answered(self, status: int, reason: bytes, headers: Pairs) -> None:
        """Pass on the head of the answer."""
        assert self._onward is not None
        try:
            self._client.answer(status, reason, (*back(headers, self._site.name), *_length(headers)))
        except Refused as refused:
            self.failed(refused)
            return
        self._status = status
        if self._tapped is not None:
            self._tapped.answered(status, headers)
        self._client.deadline.renew(self._limits.progress)
        self._client.transport.registerProducer(_Downstream(self), True)

    def down(self, data: bytes) -> None:
        """Pass on a part of its body."""
        if not self._over:
            self._client.deadline.renew(self._limits.progress)
            self._client.say(data)
            if self._tapped is not None:
                self._tapped.down(data)

    def done(self) -> None:
        """Pass on its end."""
        if self._over:
            return
        assert self._onward is not None
        self._client.transport.unregisterProducer()
        self._release()
        if self._tapped is not None:
            self._tapped.done()
        self._site.passed(self._onward, self._status)
        self._client.end()

    def failed(self, refused: Refused) -> None:
        """Answer in the server's place, after one more try where that can do no harm."""
        if self._over:
            return
        if self._can_try_again():
            self._try_again()
            return
        self._close()
        self._site.refused(refused, self._caller.host, self._head)
        self._client.refuse(refused)

    # --- how fast

    def pauseProducing(self) -> None:
        """Let the client send no more: the server does not keep up."""
        if not self._over:
            self._held = True
            self._client.transport.pauseProducing()

    def resumeProducing(self) -> None:
        """Let the client send again."""
        if not self._over:
            self._held = False
            self._client.deadline.renew(self._limits.answer if self._client.request_whole else self._limits.progress)
            self._client.transport.resumeProducing()

    def hold_server(self) -> None:
        """Let the server send no more: the client does not keep up."""
        if self._server is not None:
            self._server.pause()

    def free_server(self) -> None:
        """Let the server send again."""
        if self._server is not None:
            self._client.deadline.renew(self._limits.progress)
            self._server.resume()

    # --- connecting

    def _connect(self, onward: Onward, *, fresh: bool = False) -> None:
        self._client.deadline.renew(self._limits.answer)
        self.pauseProducing()
        connecting: Deferred[Any] = self._site.pool.take(onward.route, self._caller.host, fresh=fresh)
        self._connecting = connecting
        connecting.addCallbacks(self._connected, self._unreachable)
        connecting.addErrback(self._broken)

    def _connected(self, server: Outbound) -> None:
        assert self._onward is not None
        self._connecting, self._server = None, server
        if self._over:
            self._release()
            return
        server.begin(self, self._onward)
        self._tapped = None if self._site.tap is None else Tapped(self._site.tap, self._onward, server.ends)
        for data in self._early:
            self._up(server, data)
        self._early.clear()
        self._client.invite()
        if self._client.request_whole:
            self._sent(server)
        self.resumeProducing()

    def _up(self, server: Outbound, data: bytes) -> None:
        server.data(data)
        if self._tapped is not None:
            self._tapped.up(data)

    def _sent(self, server: Outbound) -> None:
        server.end()
        if self._tapped is not None:
            self._tapped.sent()

    def _unreachable(self, failure: Failure) -> None:
        self._connecting = None
        self._release()
        self.failed(refusal_for(failure.value))

    def _broken(self, failure: Failure) -> None:
        _log.failure("Passing on a request failed", failure)
        self.failed(Refused(Refusal.FAILED))

    def _can_try_again(self) -> bool:
        server, onward = self._server, self._onward
        if server is None or onward is None or self._status:
            return False
        return server.gone and server.used and onward.length == 0 and onward.method in AGAIN

    def _try_again(self) -> None:
        assert self._onward is not None
        self._release()
        try:
            self._connect(self._onward, fresh=True)
        except Refused as refused:
            self.failed(refused)

    # --- letting go

    def _close(self) -> None:
        self._over = True
        if self._status:
            self._client.transport.unregisterProducer()
        if self._connecting is not None:
            self._connecting.cancel()
        if self._server is not None:
            self._server.abort()
            self._release()

    def _release(self) -> None:
        if self._onward is not None:
            server, self._server = self._server, None
            self._site.pool.give_back(self._onward.route, self._caller.host, server)


class _Downstream:
    """Passes on that the client does not keep up."""

    def __init__(self, exchange: Exchange) -> None:
        self.pauseProducing = exchange.hold_server
        self.resumeProducing = exchange.free_server

    def stopProducing(self) -> None:
        """Do nothing: `lost` tells."""


def _length(headers: Pairs) -> Pairs:
    """Give the length that the server announced; none where it says one and sends chunks (RFC 9112 6.1)."""
    chunked = any(name == b"transfer-encoding" for name, _ in headers)
    return tuple((name, value) for name, value in headers if name == b"content-length" and not chunked)[:1]
