"""A lab as its file describes it: a domain or two, who issues tokens, a core, a VAL server, and UEs with their users.

Reading only; `harness.lab.lab` starts what is described here. `like: home` takes over another lab, found as scenarios
find it, and what is written beside it comes on top.
"""

from pathlib import Path
from typing import Any, Literal, Self

from attrs import evolve
from pydantic import Field, field_validator, model_validator

from harness.grammar.files import document_of
from harness.grammar.lab_files import NoSuchLab, lab_file
from harness.plans.addresses import PHONES
from harness.plans.elsewhere import ExternalCore, ExternalIdms, ExternalUe, ExternalValServer
from harness.seen.cast import (
    CMS,
    CORE,
    GATEWAY,
    GMS,
    HOME,
    HSS,
    ICSCF,
    IDMS,
    KMS,
    PARTNER,
    PCSCF,
    PROXY,
    SCSCF,
    TITLES,
    UE,
    VALSERVER,
    within,
)
from ue_sim.engines import EngineName
from valkit.settings import Document, Duration, Settings, SettingsError, YesNo, validated
from valkit.settings import Path as Where

KEYS = ("algorithm", "k", "opc", "op", "topc", "top", "tuak", "ind_bits", "delta")
"""What card and HSS have in common."""

OPTIONAL = (KMS, CMS, GMS, PROXY, GATEWAY)
"""Servers that a domain has where its plan has a part of this name."""


class IssuerPlan(Settings):
    """Who signs access tokens. Its key is made anew for every scenario."""

    url: str | None = None
    """`iss` of its tokens; without it, the address of the identity server's token endpoint."""
    audience: str = "val-server"
    """`aud` of its tokens, and what the VAL server asks for."""
    scope: str = "openid 3gpp:seal:val_service"
    """`scope` of its tokens."""
    algorithm: Literal["ES256", "RS256"] = "ES256"
    """What it signs with."""
    lifetime: Duration = 300.0
    """How long a token lasts if a scenario does not say."""


class CardPlan(Settings):
    """What a phone's card has that its HSS does not know of."""

    k: str | None = Field(None, repr=False)
    """Another K than the HSS has, 32 hexadecimal digits."""
    sqn: str | None = None
    """The highest sequence number that the card has used up, in hexadecimal."""
    answers: tuple[str, ...] = ()
    """The challenge algorithms that the phone answers; all, if nothing is said."""

    @property
    def own(self) -> dict[str, Any]:
        """What it has otherwise, as the phone's file has it."""
        return {name: value for name in ("k", "sqn", "answers") if (value := getattr(self, name))}


class UePlan(Settings):
    """A phone, its subscription, and its user."""

    impi: str
    """Private identity."""
    impus: tuple[str, ...] = Field(min_length=1)
    """Public identities; the phone registers the first if a scenario does not say."""
    algorithm: Literal["milenage", "tuak", "digest"] = "milenage"
    """What card and HSS compute with; digest is for a phone without a card."""
    k: str | None = Field(None, repr=False)
    """K, 32 hexadecimal digits; for TUAK perhaps 64."""
    sip_password: str | None = Field(None, repr=False)
    """SIP Digest: the password of core and phone, which is not the one to log in with."""
    opc: str | None = Field(None, repr=False)
    """Milenage: OPc, 32 hexadecimal digits; or `op`."""
    op: str | None = Field(None, repr=False)
    """Milenage: the operator's OP."""
    topc: str | None = Field(None, repr=False)
    """TUAK: TOPc, 64 hexadecimal digits; or `top`."""
    top: str | None = Field(None, repr=False)
    """TUAK: the operator's TOP."""
    tuak: dict[str, Any] = Field(default_factory=dict)
    """TUAK: iterations and sizes, as the files of core and phone have them."""
    amf: str | None = None
    """The AMF of its challenges, 4 hexadecimal digits; 8000 if nothing is said."""
    ind_bits: int | None = None
    """Bits of IND in a sequence number; 5 if nothing is said."""
    delta: int | None = None
    """How far ahead its card takes SEQ; 2^28 if nothing is said."""
    sqn: str | None = None
    """The last sequence number that the HSS has used, 12 hexadecimal digits."""
    subscribed: YesNo = True
    """Whether the HSS knows it."""
    card: CardPlan = CardPlan(k=None, sqn=None)
    """What its card has otherwise."""
    val_user_id: str | None = None
    """Whom its tokens speak for if a scenario does not say; the phone's name if nobody does."""
    val_service_ids: tuple[str, ...] = ("dispatch",)
    """The VAL services of its tokens."""
    guest: YesNo = False
    """Whether its user is at home in the other domain, under the phone's name, and a guest here: known by mapping, with
    an account that nobody can log in to."""
    password: str = Field("correct horse battery staple", repr=False)
    """What its user types to log in; the user's name is the phone's."""
    totp_secret: str | None = Field(None, repr=False)
    """Secret of its user's one-time-password device, in base32."""
    app: Literal["none", "client_secret_basic", "client_secret_post", "private_key_jwt"] = "none"
    """How its app proves itself at the identity server: not at all, as apps do, by a secret, or by a key of its own."""
    default_handling: Literal["SESSION_CONTINUED", "SESSION_TERMINATED"] = "SESSION_CONTINUED"
    """What the core does when the VAL server does not answer."""
    criterion: dict[str, Any] = Field(default_factory=dict)
    """Further members of the filter criterion that leads REGISTER to the VAL server, as the core's file has them."""
    user_data: str | None = None
    """The subscription in the standard's XML, in place of what the lab makes of the rest; `${valserver}` stands for the
    VAL server's SIP URI."""
    carrier: Literal["val-info", "mcptt-info", "mcvideo-info", "mcdata-info", "bearer"] = "val-info"
    """The document its tokens travel in, or `bearer` for a header."""
    barred: tuple[str, ...] = ()
    """Those of its identities that are barred."""
    more_sets: tuple[tuple[str, ...], ...] = ()
    """Further implicit registration sets, each registered by itself."""
    publish_to: str | None = None
    """Request-URI of its PUBLISH; its own IMPU if nothing is said."""
    login: str | None = None
    """What its user types for a name to log in; the phone's name if nothing is said."""
    external: ExternalUe | None = None
    """Says where it is, if it is not one of ours; keys and identities are those that it has."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Further settings of the phone, as its own file has them."""

    @property
    def keys(self) -> dict[str, Any]:
        """Its keys, as the files of core and phone have them."""
        keys = {name: value for name in KEYS if (value := getattr(self, name)) not in (None, {})}
        return keys if self.sip_password is None else {**keys, "password": self.sip_password}


class CorePlan(Settings):
    """The SIP core."""

    external: ExternalCore | None = None
    """Says where it is, if it is not ours; then nothing else here counts."""
    services: tuple[str, ...] = ()
    """Public service identities that the VAL server hosts, distinct or wildcarded."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Further settings of the core, as its own file has them."""


class ValServerPlan(Settings):
    """The VAL server."""

    external: ExternalValServer | None = None
    """Says where it is, if it is not ours; then nothing else here counts."""
    process: YesNo = False
    """Whether it runs in a process of its own, so that it can be killed."""
    store: Literal["memory", "sqlite"] = "memory"
    """Where it keeps bindings; sqlite survives a restart."""
    introspection: YesNo = False
    """Whether it asks the identity server about each token, so that a revoked one is refused (RFC 7662)."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Further settings of the server, as its own file has them."""


class IdmsPlan(Settings):
    """The identity server, with the UEs' users and the UEs as its clients."""

    external: ExternalIdms | None = None
    """Says where it is, if it is not ours; then nothing else here counts."""
    process: YesNo = False
    """Whether it runs in a process of its own, so that it can be killed; it keeps real time then."""
    store: Literal["memory", "sqlite"] = "memory"
    """Where it keeps grants; sqlite survives a restart."""
    access_lifetime: Duration = 300.0
    """How long its access tokens last."""
    agreement: dict[str, Any] = Field(default_factory=dict)
    """What is agreed with the other domain beside its keys and guests, as a partner's entry in the server's file has
    it: who may go there, and what its users may have here."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Further settings of the server, as its own file has them."""


class KmsPlan(Settings):
    """The key management server."""

    process: YesNo = False
    """Whether it runs in a process of its own, so that it can be killed; it keeps real time then."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Further settings of the server, as its own file has them."""


class ManagementPlan(Settings):
    """The configuration management server."""

    process: YesNo = False
    """Whether it runs in a process of its own, so that it can be killed; it keeps real time then."""
    store: Literal["memory", "sqlite"] = "memory"
    """Where it keeps documents; sqlite survives a restart."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Further settings of the server, as its own file has them."""


class GroupsPlan(ManagementPlan):
    """The group management server."""

    services: tuple[str, ...] = ()
    """VAL services whose groups have keys, beside those of the phones' users."""


class ProxyPlan(Settings):
    """The HTTP (VAL) proxy, in front of the domain's servers (step C-1)."""

    identity: YesNo = True
    """Whether phones reach the identity server by way of it too; else directly (both: TS 24.547 annex A.2.1)."""
    keys: YesNo = True
    """Whether they reach the key management server by way of it; else directly (step C-1 allows both)."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Further settings of the proxy, as its own file has them."""


class GatewayPlan(Settings):
    """The gateway towards the other domain, and who may migrate by way of it (clause 5.X.5); both domains have one."""

    users: frozenset[str] = frozenset({"*"})
    """VAL users of this domain that may migrate to the other one."""
    registered: YesNo = False
    """Whether they may only while they are bound here."""
    service_at_home: Literal["ended", "kept"] = "ended"
    """What becomes of their service here while they are there."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Further settings of the gateway, as its own file has them."""


class DomainPlan(Settings):
    """A domain: its servers, and the phones subscribed there."""

    domain: str
    """Home domain of core and subscribers."""
    issuer: IssuerPlan = IssuerPlan()
    """Who signs the tokens."""
    transports: tuple[Literal["udp", "tcp", "tls"], ...] = Field(("udp", "tcp"), min_length=1)
    """What core, VAL server and phones listen on; they speak to each other over the first. Where that is udp and there
    is tcp, what is larger than 1300 bytes goes over TCP (RFC 3261 18.1.1)."""
    core: CorePlan = CorePlan()
    """The SIP core: P-, I-, S-CSCF and HSS."""
    valserver: ValServerPlan = ValServerPlan()
    """The VAL server."""
    idms: IdmsPlan = IdmsPlan()
    """The identity server."""
    kms: KmsPlan | None = None
    """The key management server. Without it, there is none."""
    cms: ManagementPlan | None = None
    """The configuration management server. Without it, there is none."""
    gms: GroupsPlan | None = None
    """The group management server. Without it, there is none; beside a key management server, groups have keys."""
    proxy: ProxyPlan | None = None
    """The HTTP proxy; where there is one, phones speak HTTPS by way of it."""
    gateway: GatewayPlan | None = None
    """The gateway towards the other domain. Without it, nobody migrates."""
    ues: dict[str, UePlan] = Field(min_length=1, max_length=len(PHONES))
    """The phones, by the names that scenarios use."""

    @field_validator("ues")
    @classmethod
    def _nobody_elses_name(cls, ues: dict[str, UePlan]) -> dict[str, UePlan]:
        taken = next((name for name in ues if name in TITLES or name.startswith(f"{PARTNER}.")), None)
        if taken is not None:
            raise ValueError(f"{taken} is what scenarios call another part (give the phone another name)")
        return ues

    @property
    def servers(self) -> tuple[str, ...]:
        """The programs that it wants: those that every domain has, and those for which there is a plan."""
        return (IDMS, VALSERVER, CORE, *(name for name in OPTIONAL if getattr(self, name, None) is not None))

    @property
    def outside(self) -> frozenset[str]:
        """The programs that are not ours."""
        where = {IDMS: self.idms.external, VALSERVER: self.valserver.external, CORE: self.core.external}
        return frozenset(name for name, external in where.items() if external is not None)

    @property
    def is_ours(self) -> bool:
        """Whether nothing in it is somebody else's."""
        return not self.outside and all(ue.external is None for ue in self.ues.values())

    @property
    def has_processes(self) -> bool:
        """Whether one of its servers runs in a process of its own, and keeps real time."""
        servers = (self.valserver, self.idms, self.kms, self.cms, self.gms)
        return any(server is not None and server.process for server in servers)


class LabPlan(DomainPlan):
    """A whole lab: the home domain, and perhaps another."""

    about: str = ""
    """What is special about it."""
    partner: DomainPlan | None = None
    """A second domain. Scenarios speak of its parts as `partner.idms`, `partner.scscf` and so on, and of its phones as
    `partner.alice`: the phone of alice, if there is one at home, with a subscription in that domain."""
    engine: EngineName = EngineName.NATIVE
    """The SIP stack of its phones, `native` or `pjsua2`; `val run --engine` takes precedence."""

    @model_validator(mode="after")
    def _gateways_meet(self) -> Self:
        partners = None if self.partner is None else self.partner.gateway
        if (partners is None) != (self.gateway is None):
            raise ValueError("one domain alone has a gateway (both have one, or none has: `gateway: {}`)")
        return self

    @property
    def domains(self) -> dict[str, DomainPlan]:
        """The plans of its domains, by their names."""
        return {HOME: self} if self.partner is None else {HOME: self, PARTNER: self.partner}

    @property
    def phones(self) -> dict[str, UePlan]:
        """Every phone, by the name that scenarios use."""
        return {within(domain, name): ue for domain, plan in self.domains.items() for name, ue in plan.ues.items()}

    @property
    def programs(self) -> frozenset[str]:
        """Every program, by the name that scenarios use."""
        return frozenset(within(domain, name) for domain, plan in self.domains.items() for name in plan.servers)

    @property
    def sip_servers(self) -> frozenset[str]:
        """Whoever receives SIP beside the phones, by the name that scenarios use."""
        parts = (PCSCF, ICSCF, SCSCF, VALSERVER)
        return frozenset(within(domain, part) for domain in self.domains for part in parts)

    @property
    def foreign_phones(self) -> bool:
        """Whether the phones' SIP stack is in processes of its own, and keeps its own time."""
        return self.engine is not EngineName.NATIVE

    @property
    def names(self) -> frozenset[str]:
        """Every name by which a scenario may speak of someone."""
        core = (PCSCF, ICSCF, SCSCF, HSS)
        parts = {within(domain, part) for domain in self.domains for part in core}
        return frozenset({UE, *self.phones, *self.programs, *parts})


def read_lab(path: Path) -> tuple[LabPlan, Document]:
    """Read a lab file, and keep its document for faults found later; SettingsError with every fault."""
    document = _whole(path)
    return validated(LabPlan, document), document


def changed_lab(path: Path, document: Document, at: Where) -> LabPlan:
    """Read a lab file with what a scenario's document says at this place on top; SettingsError with places in it."""
    changes: Any = document.value
    for step in at:
        changes = changes[step]
    return validated(LabPlan, laid(document, at, overlaid(_whole(path).value, changes)), at)


def laid(document: Document, at: Where, value: Any) -> Document:
    """Give a document whose only value is this, at this place, so that faults are told where its author wrote."""
    for step in reversed(at):
        value = {step: value}
    return evolve(document, value=value)


def _whole(path: Path, above: tuple[Path, ...] = ()) -> Document:
    """Give the document of a file, with the lab it is like beneath it; `above` are those that are like this one."""
    first = document_of(path)
    if not isinstance(first.value, dict) or "like" not in first.value:
        return first
    model = first.value["like"]
    try:
        beneath = lab_file(str(model), path)
    except NoSuchLab as error:
        raise SettingsError([first.fault(("like",), str(error))]) from error
    way = (*above, path.resolve())
    if beneath.resolve() in way:
        names = (each.stem for each in (*way[way.index(beneath.resolve()) :], beneath))
        raise SettingsError([first.fault(("like",), f"leads back to itself ({' is like '.join(names)})")])
    own = {name: value for name, value in first.value.items() if name != "like"}
    return evolve(first, value=overlaid(_whole(beneath, way).value, own))


def overlaid(beneath: Any, above: Any) -> Any:
    """Put one value over another: mappings member by member, anything else in place of it."""
    if not (isinstance(beneath, dict) and isinstance(above, dict)):
        return above
    return {**beneath, **{name: overlaid(beneath.get(name), value) for name, value in above.items()}}
