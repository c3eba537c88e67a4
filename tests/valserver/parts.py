"""What tests of the VAL server are made of: tokens, requests as an S-CSCF sends them, a handler without a socket."""

from typing import Any

from attrs import define, evolve, field
from twisted.internet.task import Clock

from valkit.carriers import val_info
from valkit.ids import SeededIds
from valkit.net.trust.issuers import FileKeys, Issuers, Trusted
from valkit.sip import Hop, Request, Response
from valkit.tokens import Grant as Claims
from valkit.tokens import KeySet, SigningKey, Verifier, jwks, mint
from valserver.app import assembled, authorizer
from valserver.bindings import Rules
from valserver.facts import Event, Registered
from valserver.issuers import policy
from valserver.ledger import Ledger
from valserver.profiles import PROFILES
from valserver.records import Binding, Grant, Record, Registration
from valserver.requests.authorization import Mode, Service
from valserver.requests.handler import Handler
from valserver.service_settings import AuthorizationSettings, ServiceSettings
from valserver.settings import ServerSettings
from valserver.stores.store import BindingStore, MemoryStore

ISSUER = "https://idms.home.example"
AUDIENCE = "val-server"
ALICE = "sip:alice@home.example"
NOW = 1_795_000_000.0
SCSCF = Hop("udp", "127.0.0.23", 5060)
STRANGER = Hop("udp", "192.0.2.66", 5060)
KEY = SigningKey.generate("ES256")
KEYS = KeySet.from_jwks(jwks(KEY))


def token(user: str = "alice", *services: str, lifetime: float = 3_600.0, jti: str = "j1", **claims: object) -> str:
    """Mint a token that holds unless the claims say otherwise."""
    said = Claims(ISSUER, AUDIENCE, user, services or ("dispatch",), jti, NOW, lifetime, extra=claims)
    return mint(KEY, said)


TOKENS = {"issuer": ISSUER, "keys": "unused"}
"""Settings of an issuer."""


def judge(settings: AuthorizationSettings, scope: str | None = None) -> Issuers:
    """Believe tokens of these issuers that our key has signed; with another scope than the service's, if given."""
    profile = PROFILES[settings.profile]
    asked = [policy(tokens, profile, settings.val_service) for tokens in settings.issuers]
    asked = asked if scope is None else [evolve(each, scope=scope) for each in asked]
    return Issuers([Trusted(Verifier(each, KEYS), NoKeys()) for each in asked])


def service(**settings: Any) -> Service:
    """Build a VAL service whose tokens our key has signed."""
    told = ServiceSettings.model_validate({"name": "val", "tokens": TOKENS, **settings})
    name = str(settings.get("name", ""))
    return Service(judge(told), name, frozenset(told.taken), Mode(told.mode))


class NoKeys(FileKeys):
    """A key file that nobody looks at: the keys are there already."""

    def __init__(self) -> None:
        """Have none."""

    def wanted(self) -> None:
        """Know of no others."""

    def watch(self) -> None:
        """Look at nothing."""

    def stop(self) -> None:
        """Look at nothing still."""


def register(
    access_token: str | None = None, *, impu: str = ALICE, expires: int | None = 3_600, cseq: int = 1, **other: str
) -> Request:
    """Build a third-party REGISTER; `other` adds or replaces headers, `_` for `-`."""
    content_type, body = (None, b"") if access_token is None else val_info(access_token, "phone")
    request = Request.create(
        "REGISTER",
        "sip:valserver.home.example",
        [
            ("Via", f"SIP/2.0/UDP 127.0.0.23:5060;branch=z9hG4bK{cseq}"),
            ("From", "<sip:scscf.home.example>;tag=s"),
            ("To", f"<{impu}>"),
            ("Call-ID", "call-1"),
            ("CSeq", f"{cseq} REGISTER"),
            ("Contact", "<sip:scscf.home.example>"),
            *([] if expires is None else [("Expires", str(expires))]),
        ],
        body,
        content_type,
    )
    return changed(request, other)


def publish(
    access_token: str | None = None,
    if_match: str | None = None,
    expires: int | None = 3_600,
    impu: str = ALICE,
    body: bytes | None = None,
    **other: str,
) -> Request:
    """Build a PUBLISH as the core passes it on: with a body of settings unless it has a token, a tag or none."""
    content_type: str | None = "application/poc-settings+xml"
    if access_token is not None:
        content_type, body = val_info(access_token, "phone")
    elif body is None:
        body = b"<poc-settings/>" if if_match is None else b""
    request = Request.create(
        "PUBLISH",
        "sip:val@home.example",
        [
            ("Via", "SIP/2.0/UDP 127.0.0.23:5060;branch=z9hG4bKp"),
            ("From", f"<{impu}>;tag=u"),
            ("To", f"<{impu}>"),
            ("Call-ID", "publish-1"),
            ("CSeq", "1 PUBLISH"),
            ("P-Asserted-Identity", f"<{impu}>"),
            ("Event", "poc-settings"),
            *([] if expires is None else [("Expires", str(expires))]),
            *([] if if_match is None else [("SIP-If-Match", if_match)]),
        ],
        body,
        content_type if body else None,
    )
    return changed(request, other)


def changed(request: Request, other: dict[str, str]) -> Request:
    """Replace headers; an empty text removes one."""
    for name, value in other.items():
        header = name.replace("_", "-")
        request = request.with_header(header, value) if value else request.without(header)
    return request


@define
class Server:
    """A handler over a store, and what it told."""

    store: BindingStore = field(factory=MemoryStore)
    settings: dict[str, Any] = field(factory=dict)
    rules: Rules = field(factory=Rules)
    clock: Clock = field(factory=Clock)
    events: list[Event] = field(factory=list)
    ledger: Ledger = field(init=False)
    handler: Handler = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.clock.advance(NOW)
        believed = {} if "services" in self.settings else {"tokens": TOKENS}
        settings = ServerSettings.model_validate({**believed, "name": "val.home.example", **self.settings})
        self.ledger = Ledger(self.store, self.rules, self.clock, self.events.append)
        judges = {name: judge(each) for name, each in settings.authorizations.items()}
        judging = authorizer(settings, judges)
        self.handler = assembled(settings, self.ledger, judging, self.events.append, SeededIds(1))

    def asked(self, request: Request, source: Hop = SCSCF) -> Response:
        """Give the answer to a request that is answered at once."""
        answer = self.handler(request, source)
        assert isinstance(answer, Response), answer
        return answer

    def bound(self, impu: str = ALICE, service: str = "") -> tuple[str, tuple[str, ...]] | None:
        """Give user and services bound to an IMPU."""
        binding = Binding.of(self.ledger.current(impu, service))
        return None if binding is None else (binding.val_user_id, binding.val_service_ids)

    def told(self) -> list[tuple[str, str]]:
        """Give what and why of each event."""
        return [(event.what, event.cause) for event in self.events]


def record(impu: str = ALICE, user: str | None = "alice", client: str = "phone", ends: float = NOW + 60) -> Record:
    """Build the record of a registered IMPU, bound if a user is given."""
    grants = () if user is None else (Grant("dispatch", client, "j1", NOW + 60),)
    return Record(impu, user, Registration("sip:scscf.home.example", "call-1", 1, ends, grants), ())


def registered(impu: str = ALICE, cseq: int = 1, ends: float = NOW + 60) -> Registered:
    """Build the fact of a registration without token."""
    return Registered(impu, "sip:scscf.home.example", "call-1", cseq, ends, None)
