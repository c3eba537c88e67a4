"""What a core is told: its addresses, its subscribers, and which application servers hear of them.

Keys stand in the file as hexadecimal digits and are never shown again. A model becomes the values that the core works
with by the methods here.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sipcore_stub.contacts import Policy
from sipcore_stub.hss import Identity, Subscriber
from sipcore_stub.ifc import Criterion, DefaultHandling, HeaderIs, MethodIs, RegistrationType, Trigger, TriggerPoint
from sipcore_stub.registering import Rules
from valkit.aka.milenage import Milenage
from valkit.settings import Duration, Settings, YesNo, written_as
from valkit.sip.hop import Hop
from valkit.sip.uri import SipUri, parse_uri


def _octets(size: int) -> object:
    def parse(text: str) -> bytes:
        octets = bytes.fromhex(text)
        if len(octets) != size:
            raise ValueError
        return octets

    return written_as(parse, f"{2 * size} hexadecimal digits")


def _server(text: str) -> str:
    uri = SipUri.parse(text)
    if not re.fullmatch(r"[\d.]+|\[.*\]", uri.host):
        raise ValueError
    return text


Key = Annotated[bytes, _octets(16)]
Amf = Annotated[bytes, _octets(2)]
Sqn = Annotated[bytes, _octets(6)]
Address = Annotated[Hop, written_as(Hop.parse, "udp:127.0.0.21:5060")]
Uri = Annotated[str, written_as(lambda text: parse_uri(text).aor(), "sip:alice@home.example")]
Server = Annotated[str, written_as(_server, "sip:127.0.0.31:5060, an address and no name")]

REGISTRATIONS = {
    "initial": RegistrationType.INITIAL,
    "again": RegistrationType.AGAIN,
    "gone": RegistrationType.GONE,
}


class ElementSettings(Settings):
    """One CSCF."""

    listen: tuple[Address, ...] = Field(min_length=1)
    """Addresses it listens at; the first is the one by which it names itself in Path, Service-Route and Contact."""


class CriterionSettings(Settings):
    """An initial filter criterion in short form: a method, and perhaps an event, lead to a server."""

    method: str
    """REGISTER for third-party registration, or the method of requests that the server is to get."""
    server_name: Server
    """SIP URI of the application server; `;transport=tcp` or `tls` chooses the transport."""
    event: str | None = None
    """Event package that the request must name; none means any."""
    registrations: tuple[Literal["initial", "again", "gone"], ...] = ()
    """For REGISTER: the kinds the server hears of; none given means all."""
    priority: int = 0
    """Which of several servers is first: the one with the lower number."""
    default_handling: Literal["SESSION_CONTINUED", "SESSION_TERMINATED"] = "SESSION_CONTINUED"
    """What a failure of the server does: nothing, or it ends the session or registration."""
    include_register_request: YesNo = True
    """Whether the third-party REGISTER carries the UE's REGISTER, and so the token."""
    include_register_response: YesNo = False
    """Whether it carries the 200 to it."""
    service_info: str | None = None
    """A text the server gets in each third-party REGISTER."""

    def criterion(self) -> Criterion:
        """Give the criterion as the S-CSCF evaluates it."""
        kinds = frozenset(REGISTRATIONS[name] for name in self.registrations)
        triggers = [Trigger(MethodIs(self.method, kinds))]
        if self.event is not None:
            package = re.compile(rf"\A{re.escape(self.event)}\s*(;|\Z)")
            triggers.append(Trigger(HeaderIs("Event", package)))
        return Criterion(
            server_name=self.server_name,
            trigger=TriggerPoint(tuple(triggers)),
            priority=self.priority,
            default_handling=DefaultHandling[self.default_handling],
            service_info=self.service_info,
            include_register_request=self.include_register_request,
            include_register_response=self.include_register_response,
        )


class IdentitySettings(Settings):
    """A public identity of a subscriber."""

    impu: Uri
    """sip: or tel: URI."""
    barred: YesNo = False
    """Whether it is never told to the UE nor asserted."""


class SubscriberSettings(Settings):
    """One IMPI."""

    impi: str
    """Private identity, such as alice@home.example."""
    k: Key = Field(repr=False)
    """K in hexadecimal."""
    op: Key | None = Field(default=None, repr=False)
    """OP of the operator; give it or opc."""
    opc: Key | None = Field(default=None, repr=False)
    """OPc of the subscriber; give it or op."""
    amf: Amf = b"\x80\x00"
    """AMF in hexadecimal; bit 0 is set as TS 33.401 wants it."""
    sqn: Sqn = bytes(6)
    """The last sequence number used, in hexadecimal."""
    impus: tuple[IdentitySettings | Uri, ...] = Field(min_length=1)
    """The implicit registration set; the first that is not barred is the default identity."""
    filter_criteria: tuple[CriterionSettings, ...] | None = None
    """The subscriber's own criteria; without them, those of the core."""

    @model_validator(mode="after")
    def _one_operator_key(self) -> Self:
        if (self.op is None) is (self.opc is None):
            raise ValueError("has to have either op or opc (expected exactly one of them)")
        return self

    def subscriber(self, criteria: tuple[CriterionSettings, ...]) -> Subscriber:
        """Give the subscriber as the HSS keeps it; `criteria` are the core's."""
        functions = Milenage(self.k, self.opc) if self.opc else Milenage.from_op(self.k, self.op or b"")
        own = criteria if self.filter_criteria is None else self.filter_criteria
        return Subscriber(
            impi=self.impi,
            functions=functions,
            amf=self.amf,
            sqn=int.from_bytes(self.sqn),
            identities=tuple(_identity(each) for each in self.impus),
            criteria=tuple(each.criterion() for each in own),
        )


def _identity(given: IdentitySettings | str) -> Identity:
    return Identity(given) if isinstance(given, str) else Identity(given.impu, given.barred)


class ExpirySettings(Settings):
    """How long registrations are."""

    minimum: Duration = 60.0
    """Less is refused with 423 and Min-Expires."""
    maximum: Duration = 600_000.0
    """More is shortened to this."""
    default: Duration = 3600.0
    """For a UE that asks for nothing."""

    def policy(self) -> Policy:
        """Give the same in whole seconds."""
        return Policy(round(self.minimum), round(self.maximum), round(self.default))


def _listening(host: str) -> ElementSettings:
    return ElementSettings(listen=(Hop("udp", host, 5060), Hop("tcp", host, 5060)))


def _each_identity_once(subscribers: tuple[SubscriberSettings, ...]) -> tuple[SubscriberSettings, ...]:
    impis: set[str] = set()
    owners: dict[str, str] = {}
    for each in subscribers:
        if each.impi in impis:
            raise ValueError(f"the IMPI {each.impi} stands here twice")
        impis.add(each.impi)
        for given in each.impus:
            impu = given if isinstance(given, str) else given.impu
            owner = owners.setdefault(impu, each.impi)
            if owner != each.impi:
                raise ValueError(f"the IMPU {impu} stands here twice, under {owner} and {each.impi}")
    return subscribers


class CoreSettings(Settings):
    """A whole core."""

    domain: str
    """Home domain: the registrar's name, and the realm of every challenge."""
    subscribers: Annotated[tuple[SubscriberSettings, ...], AfterValidator(_each_identity_once)]
    """All who can register."""
    filter_criteria: tuple[CriterionSettings, ...] = ()
    """Criteria of every subscriber that has none of its own."""
    pcscf: ElementSettings = Field(default_factory=lambda: _listening("127.0.0.21"))
    """Where UEs send their requests."""
    icscf: ElementSettings = Field(default_factory=lambda: _listening("127.0.0.22"))
    """Where the P-CSCF sends registrations."""
    scscf: ElementSettings = Field(default_factory=lambda: _listening("127.0.0.23"))
    """The registrar, and what application servers hear from."""
    expiry: ExpirySettings = ExpirySettings()
    """How long registrations are."""
    qop: tuple[Literal["auth", "auth-int"], ...] = ("auth", "auth-int")
    """What challenges offer; with auth-int the digest covers the body, and so the token. Empty leaves qop out."""
    await_auth: Duration = 240.0
    """How long a challenge stands unanswered (reg-await-auth)."""
    third_party_after: Duration = 0.005
    """How long the S-CSCF waits after its 200 before it tells the application servers."""

    trusted_hosts: tuple[str, ...] = ()
    """Hosts beside the core's own that it takes requests from as from its own elements: P-CSCFs of somebody else."""

    @property
    def trusted(self) -> frozenset[str]:
        """The trust domain: whose word I- and S-CSCF take for who a user is (RFC 3324, RFC 3325 3)."""
        own = (hop.host for element in (self.pcscf, self.icscf) for hop in element.listen)
        return frozenset((*own, *self.trusted_hosts))

    def rules(self, service_route: str) -> Rules:
        """Give what the registrar goes by; the Service-Route comes from the address it listens at."""
        return Rules(
            realm=self.domain,
            service_route=service_route,
            policy=self.expiry.policy(),
            qop=",".join(self.qop) or None,
            await_auth=self.await_auth,
        )
