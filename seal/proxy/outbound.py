"""One connection to a server behind the proxy: a request up, its answer down, and then the next one (RFC 9112)."""

from typing import Any, Protocol

import h11
from OpenSSL import SSL
from service_identity import VerificationError
from twisted.internet.error import ConnectionDone
from twisted.internet.error import TimeoutError as TooLong
from twisted.internet.protocol import Protocol as Connection
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure

from seal.proxy.deciding import Onward
from seal.proxy.errors import Refusal, Refused
from seal.proxy.faults import fault_of
from seal.proxy.headers import Pairs
from valkit.sip.hop import Hop

HEAD = 64 * 1024
"""Bytes of the largest head of an answer."""


class Receiver(Protocol):
    """Who hears the answer."""

    def informed(self, status: int, headers: Pairs) -> None:
        """Hear of an interim answer (1xx)."""

    def answered(self, status: int, reason: bytes, headers: Pairs) -> None:
        """Hear the head of the answer."""

    def down(self, data: bytes) -> None:
        """Hear a part of its body."""

    def done(self) -> None:
        """Hear that it is whole."""

    def failed(self, refused: Refused) -> None:
        """Hear that it does not come, or not whole."""

    def pauseProducing(self) -> None:
        """Send no more: the server does not keep up."""

    def resumeProducing(self) -> None:
        """Send again."""


class Outbound(Connection):
    """A connection that serves one request at a time; `idle` hears of it when it could serve another."""

    transport: Any

    def __init__(self) -> None:
        self._wire = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD)
        self._receiver: Receiver | None = None
        self.used = False
        """Whether it has served a request before."""
        self.gone = False

    @property
    def reusable(self) -> bool:
        """Whether it can serve another request."""
        return not self.gone and self._receiver is None and self._wire.our_state is h11.IDLE

    @property
    def ends(self) -> tuple[Hop, Hop]:
        """The addresses that it goes from and to."""
        here, there = self.transport.getHost(), self.transport.getPeer()
        return Hop("tls", here.host, here.port), Hop("tls", there.host, there.port)

    def begin(self, receiver: Receiver, onward: Onward) -> None:
        """Send the head of a request."""
        self._receiver = receiver
        target = onward.url[len(onward.route.to) :]
        framing = _framing(onward)
        self.transport.registerProducer(_Upstream(receiver), True)
        self._send(h11.Request(method=onward.method, target=target, headers=[*onward.headers, *framing]))

    def data(self, data: bytes) -> None:
        """Send a part of its body."""
        if self._wire.our_state is h11.SEND_BODY:
            self._send(h11.Data(data=data))

    def end(self) -> None:
        """Send its end."""
        if self._wire.our_state is h11.SEND_BODY:
            self._send(h11.EndOfMessage())
            self.transport.unregisterProducer()

    def pause(self) -> None:
        """Read no more of the answer for now."""
        if not self.gone:
            self.transport.pauseProducing()

    def resume(self) -> None:
        """Read on."""
        if not self.gone:
            self.transport.resumeProducing()

    def abort(self) -> None:
        """Give the connection up; nobody hears of it any more."""
        self._receiver = None
        self._cut()

    # --- what Twisted calls

    def dataReceived(self, data: bytes) -> None:
        """Take in what the server says; from one that was not asked, that is nothing to be understood."""
        if self._receiver is None:
            self._cut()
            return
        self._wire.receive_data(data)
        self._read()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell who waits: an answer that ends with the connection is whole, if the connection ended as it should."""
        self.gone = True
        receiver = self._receiver
        if receiver is None:
            return
        if reason.check(ConnectionDone) and self._wire.their_state is h11.SEND_BODY:
            self._wire.receive_data(b"")
            self._read()
        if self._receiver is not None:
            self._fail(refusal_for(reason.value))

    def _read(self) -> None:
        try:
            while self._receiver is not None and self._take(self._receiver, self._wire.next_event()):
                pass
        except h11.RemoteProtocolError as error:
            self._fail(Refused(Refusal.BROKEN, fault_of(error)))

    def _take(self, receiver: Receiver, event: Any) -> bool:
        match event:
            case h11.InformationalResponse():
                receiver.informed(event.status_code, tuple(event.headers))
            case h11.Response():
                receiver.answered(event.status_code, event.reason, tuple(event.headers))
            case h11.Data():
                receiver.down(bytes(event.data))
            case h11.EndOfMessage():
                self._finish(receiver)
                return False
            case h11.ConnectionClosed():
                return False
            case _:
                return False
        return True

    def _finish(self, receiver: Receiver) -> None:
        self._receiver = None
        self.used = True
        said_more, _ = self._wire.trailing_data
        if self._wire.our_state is h11.DONE and self._wire.their_state is h11.DONE and not said_more:
            self._wire.start_next_cycle()
            self.resume()
        else:
            self._cut()
        receiver.done()

    def _fail(self, refused: Refused) -> None:
        receiver, self._receiver = self._receiver, None
        self._cut()
        if receiver is not None:
            receiver.failed(refused)

    def _cut(self) -> None:
        if not self.gone:
            self.gone = True
            self.transport.abortConnection()

    def _send(self, event: Any) -> None:
        self.transport.write(self._wire.send(event))


class _Upstream:
    """Passes on that the server does not keep up."""

    def __init__(self, receiver: Receiver) -> None:
        self.pauseProducing = receiver.pauseProducing
        self.resumeProducing = receiver.resumeProducing

    def stopProducing(self) -> None:
        """Do nothing: `connectionLost` tells."""


def _framing(onward: Onward) -> Pairs:
    if onward.length is None:
        return ((b"transfer-encoding", b"chunked"),)
    if onward.length or onward.method in {b"POST", b"PUT", b"PATCH"}:
        return ((b"content-length", str(onward.length).encode()),)
    return ()


def refusal_for(error: BaseException | None) -> Refused:
    """Say what a connection that failed is to the client."""
    match error:
        case SSL.Error() | VerificationError():
            return Refused(Refusal.UNTRUSTED, type(error).__name__ if str(error) == "" else str(error))
        case TooLong():
            return Refused(Refusal.SILENT, "no connection in time")
        case ConnectionDone():
            return Refused(Refusal.BROKEN, "the connection ended before the answer did")
    return Refused(Refusal.UNREACHABLE, str(error) or type(error).__name__)
