"""Two domains joined in memory: VAL servers and gateways as functions, with a wire that fails where the test says."""

import json
from collections.abc import Callable
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred, fail
from twisted.internet.task import Clock

from tests.valserver.parts import NOW, SCSCF, TOKENS, judge, register, token
from tests.valserver.parts import Server as SipServer
from valkit.carriers import val_info
from valkit.migration import MEDIA_TYPE, MigrationRequest, ReturnRequest, written
from valkit.sip import Request, Response
from valkit.sip.multipart import Part, build_multipart
from valkit.trace import Note
from valserver.errors import Refusal, Refused, StoreUnavailable
from valserver.facts import Change
from valserver.migration.errors import Unavailable
from valserver.migration.messages import Message, Outcome, decoded, encoded, outcome_decoded, outcome_said
from valserver.migration.policy import Partner, Policy
from valserver.migration.rules import Kept, State
from valserver.migration.serving import Migrations
from valserver.migration.standing import Standings
from valserver.migration.store import MemoryMigrations
from valserver.requests.authorization import Authorizer, Service
from valserver.requests.handler import Handler
from valserver.settings import ServerSettings
from valserver.stores.store import MemoryStore

HOME, AWAY = "home.example", "partner.example"
GUEST = "alice@home"
SCOPE = "openid 3gpp:seal:val_service 3gpp:seal:migration_service"
HOPS = ("server to gateway", "gateway to gateway", "gateway to server")
Fails = Callable[[str, Message], bool]


def message(body: bytes | None, token: str | None, resource: str = "sip:migration@partner.example") -> Request:
    """Build the MESSAGE as the core passes it on."""
    parts = [] if token is None else [Part.create(*val_info(token, "phone"))]
    parts += [] if body is None else [Part.create(MEDIA_TYPE, body)]
    content_type, content = build_multipart(parts)
    headers = [
        ("Via", "SIP/2.0/UDP 127.0.0.23:5060;branch=z9hG4bKm"),
        ("From", "<sip:alice@partner.example>;tag=u"),
        ("To", f"<{resource}>"),
        ("Call-ID", "migrate-1"),
        ("CSeq", "1 MESSAGE"),
        ("P-Asserted-Identity", "<sip:alice@partner.example>"),
    ]
    return Request.create("MESSAGE", resource, headers, content, content_type)


class Migrated(MemoryMigrations):
    """A store that cannot be written while the test says so."""

    broken = False

    def put(self, kept: Kept) -> Deferred[None]:
        """Keep a record, or fail."""
        return fail(StoreUnavailable("no space")) if self.broken else super().put(kept)


class Bindings(MemoryStore):
    """Bindings that cannot be changed while the test says so."""

    broken = False

    def apply(self, changes: tuple[Change, ...]) -> None:
        """Carry out the changes, or refuse."""
        if self.broken:
            raise Refused(Refusal.OVERLOADED)
        super().apply(changes)


@define(eq=False)
class Flight:
    """A message under way between two domains: it arrives when the test says so, or more than once, or never."""

    source: "Side"
    said: Message
    answer: Deferred[Outcome] = field(factory=Deferred)
    lives: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.lives = self.source.lives

    @property
    def waits(self) -> bool:
        """Whether its sender still waits for an answer, and has not been started anew meanwhile."""
        return not self.answer.called and self.lives == self.source.lives


@define(eq=False)
class Side:
    """One domain's VAL server."""

    domain: str
    partner: Partner
    world: "World"
    settings: dict[str, Any] = field(factory=dict)
    sip: SipServer = field(init=False)
    store: Migrated = field(factory=Migrated)
    bindings: Bindings = field(factory=Bindings)
    notes: list[Note] = field(factory=list)
    standings: Standings = field(init=False)
    lives: int = field(init=False, default=0)

    def __attrs_post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start, or start again with what the stores have."""
        self.lives += 1
        self.sip = SipServer(self.bindings, self.settings, clock=Clock())
        other = AWAY if self.domain == HOME else HOME
        self.standings = Standings(
            Policy(self.domain, {other: self.partner}),
            self.store,
            self.ask,
            self.sip.ledger,
            self.world.clock,
            self.notes.append,
        )
        services = ServerSettings.model_validate(self.settings or {"tokens": TOKENS}).authorizations
        judging = Authorizer(
            Service(judge(each, scope="3gpp:seal:migration_service"), name, frozenset(each.taken))
            for name, each in services.items()
        )
        told = self.sip.events.append
        self.sip.handler.migrates = Migrations(self.standings, judging, frozenset(), self.world.clock, told).serve

    def agree(self, partner: Partner) -> None:
        """Have something else agreed with the other domain from now on."""
        self.partner = partner
        self.standings.policy = Policy(self.domain, dict.fromkeys(self.standings.policy.partners, partner))

    def restart(self) -> None:
        """End at once and start again; what was under way hears of no answer."""
        self.standings.stop()
        self.begin()
        self.standings.start()

    async def ask(self, said: Message) -> Outcome:
        """Send a message to the other side by way of both gateways, as bytes."""
        return await self.world.carried(self, said)

    def hear(self, said: Message) -> object:
        """Give what is answered to a message, or the error; None if nothing is yet."""
        found: list[object] = []
        Deferred.fromCoroutine(self.standings.heard(decoded(encoded(said)))).addBoth(found.append)
        return getattr(found[0], "value", found[0]) if found else None

    def waits(self, request: Request) -> list[int]:
        """Give a list in which the status of the answer to a MESSAGE will stand."""
        statuses: list[int] = []
        answer: Any = self.sip.handler(request, self.world.source)
        answer.addCallback(lambda response: statuses.append(response.status))
        return statuses

    def bind(self, user: str) -> None:
        """Have a user bound here by a token, if it is served here."""
        if self.serves(user):
            impu = f"sip:{user.partition('@')[0]}@{self.domain}"
            self.sip.asked(register(token(user), impu=impu, cseq=len(self.notes) + 1))

    def binds(self, user: str) -> bool:
        """Whether this VAL user is bound here."""
        return bool(self.sip.ledger.bound_to(user))

    def asked(self, request: Request) -> Response | None:
        """Give the answer to a MESSAGE, None if there is none yet."""
        answers: list[Response] = []
        handler: Handler = self.sip.handler
        answer: Any = handler(request, self.world.source)
        if isinstance(answer, Deferred):
            answer.addCallback(answers.append)
            return answers[0] if answers else None
        assert isinstance(answer, Response)
        return answer

    def serves(self, user: str) -> bool:
        """Whether this VAL user would be served here."""
        try:
            self.standings.require_served(user)
        except Exception:  # noqa: BLE001  NotServed, whose kind is looked at elsewhere
            return False
        return True

    @property
    def told(self) -> list[str]:
        """What was noted, in order."""
        return [note.what for note in self.notes]


@define(eq=False)
class World:
    """Both, and what is between them."""

    fails: Fails = lambda _where, _message: False
    """Whether a request is lost at this hop; with `answer` before it, the answer on its way back."""
    clock: Clock = field(factory=Clock)
    carried_bytes: list[bytes] = field(factory=list)
    holds: bool = False
    """Whether messages are held, to be delivered by the test."""
    flights: list[Flight] = field(factory=list)
    home: Side = field(init=False)
    away: Side = field(init=False)
    source: Any = None

    def __attrs_post_init__(self) -> None:
        self.source = SCSCF
        self.clock.advance(NOW)
        self.home = Side(HOME, Partner(leave=frozenset({"alice"})), self)
        self.away = Side(AWAY, Partner(pattern=("", "@home")), self)

    async def carried(self, source: Side, said: Message) -> Outcome:
        """Carry a message over the hops, and its answer back; or hold it until the test delivers it."""
        if self.holds:
            self.flights.append(Flight(source, said))
            return await self.flights[-1].answer
        target = self.away if source is self.home else self.home
        data = encoded(said)
        for hop in HOPS:
            self.carried_bytes.append(data)
            if self.fails(hop, said):
                raise Unavailable(f"{hop} is cut")
            data = encoded(decoded(data))
        answer = written_answer(await heard(target, decoded(data)))
        for hop in reversed(HOPS):
            self.carried_bytes.append(answer)
            if self.fails(f"answer, {hop}", said):
                raise Unavailable(f"{hop} is cut on the way back")
            answer = written_answer(outcome_decoded(answer))
        return outcome_decoded(answer)

    def deliver(self, flight: Flight, *, answered: bool = True) -> None:
        """Let a held message arrive, once more if it has already; its answer is lost, or goes back if it is awaited."""
        outcome = (self.away if flight.source is self.home else self.home).hear(flight.said)
        if answered and flight.waits and isinstance(outcome, Outcome):
            flight.answer.callback(outcome)

    def give_up(self, flight: Flight) -> None:
        """Let its sender wait no longer; it may still arrive."""
        if flight.waits:
            flight.answer.errback(Unavailable("it takes too long"))

    def pass_time(self, seconds: float = 200.0) -> None:
        """Let whoever is to be told be told."""
        for _ in range(int(seconds)):
            self.clock.advance(1.0)


async def heard(side: Side, said: Message) -> Outcome:
    """Have a message taken in; what cannot be kept is no answer, as the site has it."""
    try:
        return await side.standings.heard(said)
    except StoreUnavailable as error:
        raise Unavailable(str(error)) from error


def written_answer(outcome: Outcome) -> bytes:
    """Write an answer."""
    return json.dumps(outcome_said(outcome)).encode()


def to_partner(token: str | None, id_: str = "attempt-1", user: str = "alice", domain: str = HOME) -> Request:
    """Ask the partner to be served there."""
    return message(written(MigrationRequest(id_, domain, user, 1)), token)


def back_home(token: str | None, id_: str = "return-1") -> Request:
    """Ask the primary to be served at home again."""
    return message(written(ReturnRequest(id_)), token, "sip:migration@home.example")


def tokens(user: str = GUEST, **claims: Any) -> str:
    """Mint the partner's token for a guest."""
    return token(user, **{"scope": SCOPE, **claims})


def status(side: Side, request: Request) -> int:
    """Give the status of an answer that comes at once."""
    answer = side.asked(request)
    assert answer is not None
    return answer.status


def states(world: World) -> tuple[State | None, State | None]:
    """Give how the migration stands, at home and at the partner."""
    found = [side.store.get((HOME, "alice", AWAY)) for side in (world.home, world.away)]
    return tuple(kept and kept.state for kept in found)  # type: ignore[return-value]  # two of them


def served(world: World) -> tuple[bool, bool]:
    """Say where alice would be served: at home, at the partner."""
    return world.home.serves("alice"), world.away.serves(GUEST)
