"""The transaction layer of one SIP element (RFC 3261 17): which transaction a message belongs to, and what follows.

`Layer` finds the transaction by the rules of 17.1.3 and 17.2.3, steps its machine, and gives back effects: what is to
be sent where, what goes up to the transaction's user. Its timers are deadlines: `next` says when `due` is to be called.
It reads no clock and knows no socket; a way to a peer is a `Path`, of which only reliability matters here.
"""

from collections.abc import Callable
from typing import Generic, Literal, NamedTuple, NewType, Protocol, TypeVar

from attrs import define, field

from valkit.ids import MAGIC_COOKIE
from valkit.sip.agenda import Agenda
from valkit.sip.errors import Misuse, ParseError
from valkit.sip.kept import Kept
from valkit.sip.message import METHODS, Message, Request, Response
from valkit.sip.transaction import (
    CLIENT,
    DEFAULT_TIMERS,
    INVITE_CLIENT,
    INVITE_SERVER,
    SERVER,
    Action,
    Event,
    Input,
    State,
    Table,
    Timer,
    Timers,
    heard,
    step,
)

Key = NewType("Key", str)
"""Which transaction a message belongs to, as a text: the key that a log line shows is the key the layer uses."""


class Path(Protocol):
    """A way to a peer, as far as the layer looks at it."""

    @property
    def reliable(self) -> bool:
        """Whether the transport itself sees to it that what is sent arrives: TCP and TLS, not UDP."""


P = TypeVar("P", bound=Path)


@define(eq=False)
class Transaction(Generic[P]):
    """One request and its responses, at one side; made, stepped and forgotten by its layer only."""

    key: Key
    table: Table = field(repr=False)
    path: P = field(repr=False)
    """Where the request goes, or where responses go back to."""
    request: Request = field(repr=False)
    """The request that made it."""
    state: State = State.NEW
    alias: Key | None = field(default=None, repr=False)
    """The key by which the ACK of an RFC 2543 client finds it (17.2.3)."""
    sent: "Send[P] | None" = field(default=None, repr=False)
    """The last message that went out, for sending it again."""
    running: dict[Timer, float] = field(factory=dict, repr=False)
    """Its timers and how long each runs."""
    fired: dict[Timer, int] = field(factory=dict, repr=False)

    @property
    def serving(self) -> bool:
        """Whether it is a server transaction."""
        return self.table is SERVER or self.table is INVITE_SERVER


class Send(NamedTuple, Generic[P]):
    """Put these bytes on this path; if that fails, tell the layer that the transaction's path is `broken`."""

    data: bytes
    path: P
    transaction: Transaction[P] | None
    """None: a response sent statelessly or from memory, which nobody waits for."""
    message: Message | None
    """What the bytes are; None for a response that is kept as bytes only."""


class Deliver(NamedTuple, Generic[P]):
    """Hand a request to the element: a new one to be answered, or an ACK, which is not."""

    request: Request
    path: P
    transaction: Transaction[P] | None
    """Whose response it wants; None: an ACK without one (18.2.1), or a request that is not remembered (8.2.7)."""


class Provisional(NamedTuple, Generic[P]):
    """A response 1xx for the user of a client transaction."""

    transaction: Transaction[P]
    response: Response


class Answered(NamedTuple, Generic[P]):
    """A final response for the user of a client transaction; an INVITE may be answered 2xx more than once."""

    transaction: Transaction[P]
    response: Response


class Failed(NamedTuple, Generic[P]):
    """No final response will come to a client; at a server, the final response to an INVITE found nobody."""

    transaction: Transaction[P]
    cause: Literal["timeout", "transport"]


Effect = Send[P] | Deliver[P] | Provisional[P] | Answered[P] | Failed[P]
Effects = list[Effect[P]]


@define
class Counts:
    """What the layer saw, for metrics."""

    absorbed: int = 0
    """Retransmitted requests that never reached the element, ACKs for refusals among them."""
    stray: int = 0
    """Responses that belong to no transaction."""
    busy: int = 0
    """Requests answered 503 because too many were being worked on."""


def key_of(message: Request | Response) -> Key:
    """Say which transaction a message belongs to (17.1.3, 17.2.3); ParseError where its headers do not tell.

    The same text for a request, its retransmissions, its responses and the ACK for its refusal. That responses carry
    our own sent-by (18.1.2) is so part of the match.
    """
    via = message.via
    method = message.method if isinstance(message, Request) else message.cseq.method
    if method == "ACK":
        method = "INVITE"  # an ACK belongs to the transaction of its INVITE
    branch = via.branch
    if branch is None or not branch.startswith(MAGIC_COOKIE):
        return _key_without_branch(message, method, message.to.tag)
    return Key(f"{branch} {via.sent_by} {method}")


def _key_without_branch(message: Request | Response, method: str, to_tag: str | None) -> Key:
    """Name the transaction of a peer that follows RFC 2543, by the headers 17.2.3 names for it."""
    uri = message.uri if isinstance(message, Request) else ""
    parts = uri, to_tag, message.from_.tag, message.call_id, message.cseq.number, method, message.via
    return Key(" ".join(map(str, parts)))


def _keeps_the_rules(request: Request) -> bool:
    """Whether a request can be read by whoever gets it."""
    try:
        request.validate()
    except ParseError:
        return False
    return True


AWAITING_ACK = frozenset({State.COMPLETED, State.ACCEPTED})
"""In which an INVITE's server transaction has had its final response."""

Work = tuple[Transaction[P], Timer]


class Layer(Generic[P]):
    """The transactions of one element, both sides of them, and the responses it may have to repeat."""

    def __init__(
        self, timers: Timers = DEFAULT_TIMERS, *, capacity: int = 20_000, memory: int = 700_000, size: int = 1 << 29
    ) -> None:
        """Work on at most `capacity` requests at once; keep at most `memory` responses of `size` bytes in all.

        As many answered INVITEs may wait for their ACK; with more the one that was answered first is given up.
        """
        self.counts = Counts()
        self._timers = timers
        self._capacity = capacity
        self._clients: dict[Key, Transaction[P]] = {}
        self._servers: dict[Key, Transaction[P]] = {}
        self._working = 0
        """How many requests have no final response yet."""
        self._answered: dict[Transaction[P], None] = {}
        """INVITE transactions that have one and go on, the first one first."""
        self._kept = Kept(timers.lifetime, memory, size)
        self._agenda: Agenda[Work[P]] = Agenda()
        self._deeds: dict[Action, Callable[[Transaction[P], Message | None], Effects[P]]] = {
            Action.SEND: self._send,
            Action.RESEND: self._resend,
            Action.SEND_TRYING: self._send_trying,
            Action.SEND_ACK: self._send_ack,
            Action.DELIVER: self._deliver,
            Action.INFORM_TIMEOUT: lambda transaction, _: [Failed(transaction, "timeout")],
            Action.INFORM_TRANSPORT: lambda transaction, _: [Failed(transaction, "transport")],
        }

    def __len__(self) -> int:
        return len(self._clients) + len(self._servers) + len(self._kept)

    @property
    def next(self) -> float | None:
        """When `due` is to be called at the latest; None while no timer runs."""
        return self._agenda.next

    # --- client side

    def send(self, request: Request, path: P, now: float) -> tuple[Transaction[P], Effects[P]]:
        """Begin a client transaction with a request whose top Via is ours; Misuse if its branch is in use."""
        key = key_of(request)
        if key in self._clients or request.method == "ACK":
            raise Misuse(f"{request.method} cannot begin a transaction with the key {key}")
        table = INVITE_CLIENT if request.method == "INVITE" else CLIENT
        transaction = self._clients[key] = Transaction(key, table, path, request)
        return transaction, self._step(transaction, Input.BEGIN, request, now)

    def response_received(self, response: Response, now: float) -> Effects[P]:
        """Give a response to the client transaction it belongs to; a stray one is dropped (18.1.2)."""
        transaction = self.awaiting(response)
        if transaction is None:
            self.counts.stray += 1
            return []
        return self._step(transaction, heard(response.status), response, now)

    def awaiting(self, response: Response) -> Transaction[P] | None:
        """Give the client transaction that a response belongs to; None if it is a stray one."""
        try:
            found = self._clients.get(key_of(response))
        except ParseError:
            found = None
        return found or self.begun_amiss(response)

    def begun_amiss(self, response: Response) -> Transaction[P] | None:
        """Give the client transaction of a request that breaks the rules, if this answers it; else None.

        An answer repeats From, To, Call-ID and CSeq with their faults (8.2.6.2): the branch alone tells whose it is.
        ParseError if there is no Via to tell.
        """
        via = response.via
        keys = (Key(f"{via.branch} {via.sent_by} {method}") for method in METHODS)
        found = next((self._clients[key] for key in keys if key in self._clients), None)
        return None if found is None or _keeps_the_rules(found.request) else found

    # --- server side

    def request_received(self, request: Request, path: P, now: float) -> Effects[P]:
        """Absorb a retransmission, or begin a server transaction and deliver its request (18.2.1)."""
        key = key_of(request)
        kept = self._kept.get(key, now)
        if kept is not None:
            self.counts.absorbed += 1
            return [Send(kept, path, None, None)]
        transaction = self._servers.get(key)
        if transaction is not None:
            return self._repeated(transaction, request, now)
        if request.method == "ACK":
            return [Deliver(request, path, None)]
        if self._working >= self._capacity:
            return [self._refuse(request, path)]
        self._working += 1
        table = INVITE_SERVER if request.method == "INVITE" else SERVER
        transaction = self._servers[key] = Transaction(key, table, path, request)
        return self._step(transaction, Input.BEGIN, request, now)

    def respond(self, transaction: Transaction[P], response: Response, now: float) -> Effects[P]:
        """Answer a request that was delivered; a second final response is ignored (17.2.2)."""
        if transaction.table is INVITE_SERVER and not transaction.key.startswith(MAGIC_COOKIE):
            transaction.alias = _key_without_branch(transaction.request, "INVITE", response.to.tag)
            self._servers[transaction.alias] = transaction
        effects = self._step(transaction, heard(response.status), response, now)
        if transaction.state in AWAITING_ACK:
            self._settle(transaction)
        return effects

    def _settle(self, transaction: Transaction[P]) -> None:
        """Count an INVITE as answered; who sends thousands and acknowledges none takes nobody's place."""
        if transaction not in self._answered:
            self._working -= 1
            self._answered[transaction] = None
        if len(self._answered) > self._capacity:
            self.forget(next(iter(self._answered)))

    def _repeated(self, transaction: Transaction[P], request: Request, now: float) -> Effects[P]:
        effects = self._step(transaction, Input.ACK if request.method == "ACK" else Input.REQUEST, request, now)
        self.counts.absorbed += not any(isinstance(effect, Deliver) for effect in effects)
        return effects

    def _refuse(self, request: Request, path: P) -> Effect[P]:
        """Say 503 without remembering it (8.2.7): there is no room for another transaction."""
        self.counts.busy += 1
        busy = request.answer(503, headers=(("Retry-After", str(int(self._timers.lifetime))),))
        return Send(bytes(busy), path, None, busy)

    # --- both sides

    def broken(self, transaction: Transaction[P], now: float) -> Effects[P]:
        """Take in that the transaction's path failed (17.1.4, 17.2.4)."""
        return self._step(transaction, Input.TRANSPORT_ERROR, None, now)

    def due(self, now: float) -> Effects[P]:
        """Fire the timers whose time has come, each as of its own time."""
        effects: Effects[P] = []
        for at, (transaction, timer) in self._agenda.due(now):
            del transaction.running[timer]
            transaction.fired[timer] = transaction.fired.get(timer, 0) + 1
            effects += self._step(transaction, timer, None, at)
        return effects

    def forget(self, transaction: Transaction[P]) -> None:
        """Drop a transaction that its user has given up; what still arrives for it is stray, or a new request."""
        for timer, wait in transaction.running.items():
            self._agenda.cancel((transaction, timer), wait)
        side = self._servers if transaction.serving else self._clients
        if side.pop(transaction.key, None) is not None and transaction.serving:
            self._working -= transaction not in self._answered
            self._answered.pop(transaction, None)
        if transaction.alias is not None:
            side.pop(transaction.alias, None)
        transaction.state = State.TERMINATED
        transaction.running.clear()
        transaction.sent = None  # it names the transaction; a circle would stay in memory until garbage is sought

    # --- one step, and what its actions mean

    def _step(self, transaction: Transaction[P], event: Event, message: Message | None, now: float) -> Effects[P]:
        transaction.state, actions = step(transaction.table, transaction.state, event)
        effects: Effects[P] = []
        for action in actions:
            if isinstance(action, Action):
                effects += self._deeds[action](transaction, message)
            else:
                self._start(transaction, action, now)
        if transaction.state is State.TERMINATED:
            self.forget(transaction)
        elif transaction.running:
            self._stop_unheard(transaction)
        return effects

    def _start(self, transaction: Transaction[P], timer: Timer, now: float) -> None:
        """Let a timer run. One of no length ends the transaction here and now, for that is all such timers do."""
        if timer is Timer.J and not transaction.path.reliable:
            return self._keep(transaction, now)
        wait = self._timers.seconds(
            timer, transaction.state, reliable=transaction.path.reliable, fired=transaction.fired.get(timer, 0)
        )
        if wait == 0:
            transaction.state, _ = step(transaction.table, transaction.state, timer)
        elif wait is not None:
            transaction.running[timer] = wait
            self._agenda.add((transaction, timer), wait, now)
        return None

    def _keep(self, transaction: Transaction[P], now: float) -> None:
        """Let `Kept` carry out what Figure 8 has left in state Completed: repeat the response until Timer J."""
        if transaction.sent is not None:
            self._kept.put(transaction.key, transaction.sent.data, now)
        transaction.state = State.TERMINATED

    def _stop_unheard(self, transaction: Transaction[P]) -> None:
        """Cancel the timers that mean nothing in the state reached."""
        for timer in [each for each in transaction.running if (transaction.state, each) not in transaction.table]:
            self._agenda.cancel((transaction, timer), transaction.running.pop(timer))

    @staticmethod
    def _send(transaction: Transaction[P], message: Message | None) -> Effects[P]:
        assert message is not None, "only a message makes a machine send"
        transaction.sent = Send(bytes(message), transaction.path, transaction, message)
        return [transaction.sent]

    @staticmethod
    def _resend(transaction: Transaction[P], _: Message | None) -> Effects[P]:
        return [] if transaction.sent is None else [transaction.sent]

    def _send_trying(self, transaction: Transaction[P], _: Message | None) -> Effects[P]:
        return self._send(transaction, transaction.request.answer(100)) if transaction.sent is None else []

    @staticmethod
    def _send_ack(transaction: Transaction[P], response: Message | None) -> Effects[P]:
        assert response is not None, "only a response is acknowledged"
        ack = ack_for(transaction.request, response)
        return [Send(bytes(ack), transaction.path, transaction, ack)]

    @staticmethod
    def _deliver(transaction: Transaction[P], message: Message | None) -> Effects[P]:
        if isinstance(message, Request):
            return [Deliver(message, transaction.path, transaction)]
        assert isinstance(message, Response), "only a message is delivered"
        return [(Provisional if message.status < 200 else Answered)(transaction, message)]


def ack_for(invite: Request, response: Message) -> Request:
    """Build the ACK for a refusal, as the INVITE's client transaction sends it (17.1.1.3)."""
    headers = [
        ("Via", str(invite.via)),
        ("Max-Forwards", "70"),
        *(("Route", route) for route in invite.headers.all("route")),
        ("From", invite.headers.get("from") or ""),
        ("To", response.headers.get("to") or ""),
        ("Call-ID", invite.call_id),
        ("CSeq", f"{invite.cseq.number} ACK"),
    ]
    return Request.create("ACK", invite.uri, headers)
