"""One SIP element's sockets and transactions: messages in and out, handlers called, answers awaited (RFC 3261 18).

`SipEndpoint` carries out what `valkit.sip.layer` decides. Nothing that a peer sends raises an exception here: what
cannot be read is answered as its `ParseError` says, or dropped and counted. A handler gets a request and where it came
from, and gives the response, at once or later; None says that there is none.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from math import inf
from typing import Any, Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.defer import TimeoutError as Overdue
from twisted.internet.error import ConnectError, ConnectingCancelledError, DNSLookupError
from twisted.internet.error import ConnectionRefusedError as Refused
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from valkit.ids import Ids
from valkit.net.addresses import in_via, is_ipv4, is_ipv6
from valkit.net.bounds import DEFAULT_BOUNDS, Bounds
from valkit.net.connections import Connections
from valkit.net.counters import Counters
from valkit.net.listening import Listening
from valkit.net.paths import Path, way_back
from valkit.net.stream import Connection
from valkit.net.tls import Tls
from valkit.net.tracing import AT_WORK
from valkit.net.udp import UdpPath
from valkit.sip.errors import Ended, Misuse, NoAnswer, ParseError
from valkit.sip.hop import PORTS, Hop
from valkit.sip.layer import Answered, Deliver, Effects, Failed, Layer, Provisional, Send, Transaction
from valkit.sip.limits import LIMITS, Limits
from valkit.sip.message import FaultyRequest, FaultyResponse, Message, Request, Response, parse
from valkit.sip.transaction import DEFAULT_TIMERS, Timers
from valkit.sip.way_back import marked, stream_target

Outcome = Response | None
Handler = Callable[[Request, Hop], Outcome | Awaitable[Outcome]]
"""Answers a request that came from a hop; an exception is logged and answered 500, a ParseError as it says."""

MTU_SAFE = 1300
"""Bytes of the largest request that goes over UDP where the path's MTU is unknown (18.1.1)."""


NO_TCP_FOR = 60.0
"""Seconds for which a host that refused TCP is not asked again."""

LOOK_UP_TIMEOUT = 10.0
"""Seconds in which a name must be looked up: over some texts a resolver fails without a word."""

UNREACHABLE = (ConnectError, ConnectingCancelledError, DNSLookupError, Overdue, OSError, ValueError)
"""How looking up and connecting fail; ValueError where a text can be no name, for a resolver or in a certificate."""


class Tap(Protocol):
    """Sees every message, and may lose or repeat it: for traces and faults in scenarios."""

    def sending(self, message: Message, source: Hop, target: Hop) -> int:
        """Say how many copies go on the wire: 0 loses the message, 2 repeats it."""

    def received(self, message: Message, source: Hop, target: Hop) -> bool:
        """Say whether the message arrives at all."""


class SipEndpoint:
    """One SIP element's sockets + transaction layer."""

    log = Logger()

    def __init__(
        self,
        reactor: Any,
        clock: IReactorTime,
        ids: Ids,
        handler: Handler,
        *,
        admits: Callable[[Hop], bool] = lambda _: True,
        timers: Timers = DEFAULT_TIMERS,
        limits: Limits = LIMITS,
        bounds: Bounds = DEFAULT_BOUNDS,
        tls: Tls | None = None,
        tap: Tap | None = None,
    ) -> None:
        """Use the reactor for sockets only, the clock for time, `ids` for branches.

        Whom `admits` turns away is answered too, but nothing is kept of it: strangers take no capacity, and of the
        connections only so many.
        """
        self._reactor, self._clock, self._ids = reactor, clock, ids
        self._handler, self._admits = handler, admits
        self._limits = limits
        self._tap = tap
        self._layer: Layer[Path] = Layer(
            timers, capacity=bounds.requests, memory=bounds.responses, size=bounds.responses_size
        )
        self._connections = Connections(
            reactor,
            clock,
            limits=limits,
            bounds=bounds.streams,
            admits=admits,
            tls=tls,
            received=self._received,
            malformed=self._malformed,
            lost=self._lost,
        )
        self.counters = Counters(self._layer.counts, self._connections.counts)
        self._listening = Listening(reactor, self._connections, self._received)
        self._waiting: dict[Transaction[Path], Deferred[Response]] = {}
        self._at_work: set[Deferred[None]] = set()
        self._no_tcp: dict[Hop, float] = {}
        """UDP hops whose host refused TCP, and until when large requests go there in datagrams at once."""
        self._alarm: IDelayedCall | None = None
        self._alarm_at = inf
        self._closed = False
        self._carry_out: dict[type, Callable[[Any], None]] = {
            Send: self._send,
            Deliver: self._deliver,
            Answered: self._answered,
            Failed: self._fail,
            Provisional: lambda _: None,
        }

    # --- life

    @property
    def addresses(self) -> tuple[Hop, ...]:
        """Where it listens."""
        return self._listening.addresses

    @property
    def transactions(self) -> int:
        """How many transactions it holds: under way at either side, or kept for retransmissions."""
        return len(self._layer)

    async def listen(self, hops: Iterable[Hop]) -> tuple[Hop, ...]:
        """Open sockets and give their addresses; port 0 asks for a free one, CannotListenError if there is none."""
        return await self._listening.open(tuple(hops))

    async def close(self) -> None:
        """Stop: no socket, timer or unfinished handler remains, and whoever awaits a response gets NoAnswer."""
        self._closed = True
        for work in list(self._at_work):
            work.cancel()
        for transaction in list(self._waiting):
            self._fail(Failed(transaction, "transport"), "this element stops")
        await self._listening.close()
        await self._connections.close()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    # --- client side

    async def request(self, request: Request, to: Hop) -> Response:
        """Send a request with a Via of ours on top and wait for its final response; NoAnswer when none comes."""
        if self._closed:
            raise NoAnswer("transport", "this element has stopped")
        if to.transport not in PORTS:
            raise NoAnswer("transport", f"{to.transport!a} is no transport of this element")
        branch = self._ids.branch()
        if to.transport != "udp":
            return await self._exchange(request, branch, await self._connection(to))
        datagrams = await self._datagrams(to)
        size = len(bytes(self._stamped(request, branch, datagrams)))
        if size <= MTU_SAFE or self._no_tcp.get(to, 0.0) > self._clock.seconds():
            return await self._exchange(request, branch, datagrams)
        return await self._exchange(request, branch, await self._instead_of(datagrams, to))

    async def _instead_of(self, datagrams: UdpPath, to: Hop) -> Path:
        """Find the way for what is too large for a datagram: TCP, unless the peer has none (18.1.1)."""
        try:
            return await self._connection(to._replace(transport="tcp"))
        except NoAnswer as error:
            if not isinstance(error.__cause__, Refused):
                raise
        now = self._clock.seconds()
        self._no_tcp = {hop: until for hop, until in self._no_tcp.items() if until > now}
        self._no_tcp[to] = now + NO_TCP_FOR
        return datagrams

    async def _exchange(self, request: Request, branch: str, path: Path) -> Response:
        waiting: Deferred[Response] = Deferred()
        stamped = self._stamped(request, branch, path)
        transaction, effects = self._layer.send(stamped, path, self._clock.seconds())
        self._waiting[transaction] = waiting
        self._perform(effects)
        try:
            return await waiting
        finally:
            if self._waiting.pop(transaction, None) is not None:  # the caller gave up waiting
                self._layer.forget(transaction)

    def _stamped(self, request: Request, branch: str, path: Path) -> Request:
        """Put our Via on top: how and where responses find us (18.1.1)."""
        transport, host, port = self._listening.sent_by(path)
        rport = ";rport" if transport == "udp" else ""
        via = f"SIP/2.0/{transport.upper()} {in_via(host)}:{port};branch={branch}{rport}"
        return request.adding("Via", via, first=True)

    async def _datagrams(self, to: Hop) -> UdpPath:
        """Find the socket that can reach a hop, looking up its name if it has one."""
        host = to.host
        if not (is_ipv4(host) or is_ipv6(host)):
            host = await self._look_up(host)
        socket = self._listening.socket_towards(host)
        if socket is None:
            raise NoAnswer("transport", f"this element has no UDP socket that reaches {to}")
        return socket.path(to._replace(host=host))

    async def _look_up(self, name: str) -> str:
        try:
            return str(await self._reactor.resolve(name).addTimeout(LOOK_UP_TIMEOUT, self._clock))
        except UNREACHABLE as error:
            raise NoAnswer("transport", f"the name {name} is not known") from error

    async def _connection(self, to: Hop) -> Connection:
        """Find or open the connection to a hop, starting from the address we listen on."""
        try:
            return await self._connections.to(to, self._listening.host_towards(to.host))
        except UNREACHABLE as error:
            raise NoAnswer("transport", f"no connection to {to}: {error}") from error

    # --- server side

    def _received(self, data: bytes, path: Path) -> None:
        """Take in one datagram, or one message of a stream."""
        if not data.strip(b"\r\n\0"):
            return  # what keeps a flow alive (RFC 5626 3.5), and what NATs are fed
        try:
            message = parse(data, self._limits)
            self._check(message)
            if self._tap is not None and not self._tap.received(message, path.remote, path.local):
                return
            self.counters.received += 1
            now = self._clock.seconds()
            if isinstance(message, Request):
                effects = self._request_received(message, path, now)
            else:
                effects = self._layer.response_received(message, now)
        except ParseError as error:
            self._malformed(error, path)
        else:
            self._perform(effects)

    def _check(self, message: Request | Response) -> None:
        """Refuse what breaks the rules, but for the answer to a request of ours that does: it repeats its faults."""
        try:
            message.validate()
        except ParseError:
            if isinstance(message, Request) or self._layer.begun_amiss(message) is None:
                raise

    def _request_received(self, request: Request, path: Path, now: float) -> Effects[Path]:
        request = marked(request, path.remote)
        back = way_back(request, path)
        if self._admits(path.remote):
            return self._layer.request_received(request, back, now)
        return [] if request.method in {"ACK", "CANCEL"} else [Deliver(request, back, None)]  # 8.2.7

    def _malformed(self, error: ParseError, path: Path) -> None:
        """Answer what could not be read, without remembering it, if it is to be answered at all."""
        self.counters.malformed += 1
        if isinstance(error, FaultyResponse):
            self._unreadable(error, path)
        if not isinstance(error, FaultyRequest):
            return
        try:
            request = marked(error.request, path.remote)
            answer = request.refused(error)
            if answer is not None:
                self._perform([Send(bytes(answer), way_back(request, path), None, answer)])
        except (ParseError, Misuse):
            pass  # nobody knows where to: its Via is what could not be read, or not be written again

    def _unreadable(self, error: FaultyResponse, path: Path) -> None:
        """Tell whoever waits for an answer that it came, and is too large: nothing else will come."""
        response = error.response
        try:
            if self._tap is not None and not self._tap.received(response, path.remote, path.local):
                return
            transaction = self._layer.awaiting(response)
        except ParseError:
            return  # nobody knows whose it is
        if transaction is not None and response.status >= 200:
            self._fail(Failed(transaction, "transport"), f"the {response.status} from {path.remote} {error.why}")
            self._layer.forget(transaction)

    def _deliver(self, effect: Deliver[Path]) -> None:
        """Let the handler answer; a response given at once costs no Deferred."""
        before = AT_WORK.set(effect.request)
        try:
            self._hand_over(effect)
        finally:
            AT_WORK.reset(before)

    def _hand_over(self, effect: Deliver[Path]) -> None:
        try:
            outcome = self._handler(effect.request, effect.path.remote)
        except Exception:  # noqa: BLE001 - the network's shell: whatever a handler does, the next message is served
            self._handler_failed(Failure(), effect)
            return
        if outcome is None or isinstance(outcome, Response):
            self._respond(outcome, effect)
        else:
            self._await(outcome, effect)

    def _await(self, outcome: Awaitable[Outcome], effect: Deliver[Path]) -> None:
        if not isinstance(outcome, Deferred):
            self._track(self._respond_later(outcome, effect))
            return
        # what a store gives by the thousand needs no coroutine of its own
        self._at_work.add(outcome)
        outcome.addBoth(self._come_to, outcome, effect)

    def _come_to(self, result: Outcome | Failure, outcome: Deferred[Any], effect: Deliver[Path]) -> None:
        self._at_work.discard(outcome)
        if isinstance(result, Failure):
            self._handler_failed(result, effect)
        else:
            self._respond(result, effect)

    async def _respond_later(self, outcome: Awaitable[Outcome], effect: Deliver[Path]) -> None:
        try:
            response = await outcome
        except Exception:  # noqa: BLE001 - as in _deliver
            self._handler_failed(Failure(), effect)
        else:
            self._respond(response, effect)

    def _track(self, work: Coroutine[Any, Any, None]) -> None:
        """Let work go on by itself until it ends or the element stops."""
        deferred = Deferred.fromCoroutine(work)
        self._at_work.add(deferred)
        deferred.addBoth(lambda _: self._at_work.discard(deferred))

    def _respond(self, response: Outcome, effect: Deliver[Path]) -> None:
        if effect.transaction is not None and response is not None:
            self._perform(self._layer.respond(effect.transaction, response, self._clock.seconds()))
        elif effect.transaction is not None:
            self._layer.forget(effect.transaction)
        elif response is not None and effect.request.method != "ACK":  # nothing answers an ACK
            self._perform([Send(bytes(response), effect.path, None, response)])

    def _handler_failed(self, failure: Failure, effect: Deliver[Path]) -> None:
        if self._closed and failure.check(CancelledError):
            return
        if isinstance(failure.value, ParseError):
            self.counters.malformed += 1
            self._respond(effect.request.refused(failure.value), effect)
        else:
            self.counters.failed += 1
            self.log.failure("the handler of {method} failed", failure, method=effect.request.method)
            self._respond(effect.request.answer(500), effect)

    # --- what the layer decided

    def _perform(self, effects: Effects[Path]) -> None:
        for effect in effects:
            self._carry_out[type(effect)](effect)
        due = self._layer.next
        if due is not None and due < self._alarm_at:
            self._set_alarm(due)

    def _send(self, effect: Send[Path]) -> None:
        copies = 1 if self._tap is None else self._tapped(effect, self._tap)
        if copies and not effect.path.send(effect.data):
            self._unsent(effect)
            return
        self.counters.sent += copies
        for _ in range(1, copies):
            effect.path.send(effect.data)

    @staticmethod
    def _tapped(effect: Send[Path], tap: Tap) -> int:
        message = effect.message or parse(effect.data)
        return tap.sending(message, effect.path.local, effect.path.towards)

    def _unsent(self, effect: Send[Path]) -> None:
        """Send a response whose connection is gone over a new one (18.2.2); tell the transaction of anything else.

        For an answer that belongs to no transaction none is opened: its peer may be anybody.
        """
        message, path = effect.message, effect.path
        if effect.transaction is None or not isinstance(message, Response) or self._closed:
            self._broken(effect)
        elif isinstance(path, Connection):
            self._track(self._send_anew(effect, stream_target(message.via, path.remote)))
        else:
            self._broken(effect)

    async def _send_anew(self, effect: Send[Path], to: Hop) -> None:
        try:
            path = await self._connection(to)
        except NoAnswer:
            self._broken(effect)
        else:
            self._perform([effect._replace(path=path, message=None)])  # without its message, so not a third time

    def _broken(self, effect: Send[Path]) -> None:
        self.counters.unsent += 1
        if effect.transaction is not None:
            self._perform(self._layer.broken(effect.transaction, self._clock.seconds()))

    def _answered(self, effect: Answered[Path]) -> None:
        waiting = self._waiting.pop(effect.transaction, None)
        if waiting is not None:
            waiting.callback(effect.response)

    def _fail(self, effect: Failed[Path], detail: str = "") -> None:
        waiting = self._waiting.pop(effect.transaction, None)
        if waiting is not None:
            towards = str(effect.transaction.path.towards)
            waiting.errback(Ended(effect.cause, detail) if detail else NoAnswer(effect.cause, towards))

    def _lost(self, connection: Connection, reason: str) -> None:
        """Fail what waits for an answer over this connection (17.1.4)."""
        for transaction in [each for each in self._waiting if each.path is connection]:
            self._fail(Failed(transaction, "transport"), f"{connection.towards}: {reason}")
            self._layer.forget(transaction)

    def _set_alarm(self, due: float) -> None:
        """Have one call for all timers, at the time of the next one."""
        if self._closed:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = due
        self._alarm = self._clock.callLater(max(0.0, due - self._clock.seconds()), self._ring)

    def _ring(self) -> None:
        """Fire what is due: at least what the alarm was set for, though rounding may have made it ring too early."""
        now = max(self._alarm_at, self._clock.seconds())
        self._alarm, self._alarm_at = None, inf
        self._perform(self._layer.due(now))
