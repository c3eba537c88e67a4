"""Two domains joined in memory: VAL servers and gateways as functions, with a wire that fails where the test says."""

from collections.abc import Callable
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from tests.valserver.parts import NOW, SCSCF, judge
from tests.valserver.parts import Server as SipServer
from valkit.carriers import val_info
from valkit.migration import MEDIA_TYPE, MigrationRequest, ReturnRequest, written
from valkit.sip import Request, Response
from valkit.sip.multipart import Part, build_multipart
from valkit.trace import Note
from valserver.handler import Handler
from valserver.migration.errors import Unavailable
from valserver.migration.messages import Message, Outcome, decoded, encoded, outcome_decoded, outcome_encoded
from valserver.migration.rules import Partner, Policy
from valserver.migration.serving import Migrations
from valserver.migration.store import MemoryMigrations, MigrationStore
from valserver.service_settings import AuthorizationSettings

HOME, AWAY = "home.example", "partner.example"
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


@define(eq=False)
class Side:
    """One domain's VAL server."""

    domain: str
    partner: Partner
    world: "World"
    sip: SipServer = field(init=False)
    store: MigrationStore = field(factory=MemoryMigrations)
    notes: list[Note] = field(factory=list)
    migrations: Migrations = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start, or start again with what the store has."""
        self.sip = SipServer(clock=Clock())
        other = AWAY if self.domain == HOME else HOME
        settings = AuthorizationSettings.model_validate(
            {"tokens": {"issuer": "https://idms.home.example", "keys": "k", "scope": "3gpp:seal:migration_service"}}
        )
        self.migrations = Migrations(
            Policy(self.domain, {other: self.partner}),
            self.store,
            self.ask,
            judge(settings),
            frozenset({"val-info"}),
            frozenset(),
            self.sip.ledger,
            self.world.clock,
            self.notes.append,
        )
        self.sip.handler.migrates = self.migrations.serve

    async def ask(self, said: Message) -> Outcome:
        """Send a message to the other side by way of both gateways, as bytes."""
        return await self.world.carried(self, said)

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
            self.migrations.require_served(user)
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
    home: Side = field(init=False)
    away: Side = field(init=False)
    source: Any = None

    def __attrs_post_init__(self) -> None:
        self.source = SCSCF
        self.clock.advance(NOW)
        self.home = Side(HOME, Partner(leave=frozenset({"alice"})), self)
        self.away = Side(AWAY, Partner(pattern=("", "@home")), self)

    async def carried(self, source: Side, said: Message) -> Outcome:
        """Carry a message over the hops, and its answer back."""
        target = self.away if source is self.home else self.home
        data = encoded(said)
        for hop in HOPS:
            self.carried_bytes.append(data)
            if self.fails(hop, said):
                raise Unavailable(f"{hop} is cut")
            data = encoded(decoded(data))
        answer = outcome_encoded(await target.migrations.heard(decoded(data)))
        for hop in reversed(HOPS):
            self.carried_bytes.append(answer)
            if self.fails(f"answer, {hop}", said):
                raise Unavailable(f"{hop} is cut on the way back")
            answer = outcome_encoded(outcome_decoded(answer))
        return outcome_decoded(answer)

    def pass_time(self, seconds: float = 200.0) -> None:
        """Let whoever is to be told be told."""
        for _ in range(int(seconds)):
            self.clock.advance(1.0)


def to_partner(token: str | None, id_: str = "attempt-1", user: str = "alice", domain: str = HOME) -> Request:
    """Ask the partner to be served there."""
    return message(written(MigrationRequest(id_, domain, user, 1)), token)


def back_home(token: str | None, id_: str = "return-1") -> Request:
    """Ask the primary to be served at home again."""
    return message(written(ReturnRequest(id_)), token, "sip:migration@home.example")
