"""What a core is told: its addresses, its subscribers, and which application servers hear of them.

Keys stand in the file as hexadecimal digits and are never shown again. A model becomes the values that the core works
with by the methods here.
"""

from ipaddress import ip_address
from typing import Annotated, Literal, Self

from attrs import evolve
from pydantic import AfterValidator, Field, PlainValidator, model_validator

from sipcore_stub import contacts
from sipcore_stub.hss.criteria import CriterionSettings, HeaderName, Server
from sipcore_stub.hss.services import Service, wildcard
from sipcore_stub.hss.subscribers import SubscriberSettings, each_identity_once
from sipcore_stub.hss.table import Table
from sipcore_stub.hss.table import read as read_table
from sipcore_stub.pcscf.agreement import Offer, Policy
from sipcore_stub.scscf.notifying import Manner
from sipcore_stub.scscf.registering import Rules
from sipcore_stub.scscf.third_party import FROM_REQUEST, Body, CallId, Identities, Shape
from sipcore_stub.scscf.watching import Pace
from valkit.aka.digest import Algorithm
from valkit.aka.settings import ChallengeAlgorithm
from valkit.net.bounds import DEFAULT_BOUNDS, Bounds
from valkit.net.certificates import TlsSettings
from valkit.net.monitoring.settings import MonitoredSip
from valkit.net.operators import OperatorAddress
from valkit.settings import Duration, Settings, YesNo, written_as
from valkit.sip.hop import Hop

Address = Annotated[Hop, written_as(Hop.parse, "udp:127.0.0.21:5060")]


def _header_value(text: str) -> str:
    if "\r" in text or "\n" in text:
        raise ValueError
    return text


HeaderValue = Annotated[str, written_as(_header_value, "registration, on one line")]


class ElementSettings(Settings):
    """One CSCF."""

    listen: tuple[Address, ...] = Field(min_length=1)
    """Addresses it listens at; the first is the one by which it names itself in Path, Service-Route and Contact."""


class ExpirySettings(Settings):
    """How long registrations are."""

    minimum: Duration = 60.0
    """Less is refused with 423 and Min-Expires."""
    maximum: Duration = 600_000.0
    """More is shortened to this."""
    default: Duration = 3600.0
    """For a UE that asks for nothing."""

    def policy(self) -> contacts.Policy:
        """Give the same in whole seconds."""
        return contacts.Policy(round(self.minimum), round(self.maximum), round(self.default))


class ThirdPartySettings(Settings):
    """How the S-CSCF tells application servers of a registration; without any of it, as TS 24.229 5.4.1.7 says."""

    after: Duration = 0.005
    """How long it waits after its 200."""
    body: Literal["messages", "token"] = "messages"
    """What the body is: the messages that filter criteria include, or the body of the UE's REGISTER by itself."""
    call_id: Literal["new", "kept"] = "new"
    """Whether each REGISTER has a Call-ID of its own and CSeq 1, or one registration keeps both counting."""
    identities: Literal["registered", "each"] = "registered"
    """Of whom servers are told: the identity registered, or each of its set in a REGISTER of its own."""
    copied: tuple[HeaderName, ...] = FROM_REQUEST
    """Headers of the UE's REGISTER that go along; some cores add Path."""
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)
    """Further headers as they are written here, such as Event, well-formed or not."""

    times: Annotated[int, Field(ge=0, le=9)] = 1
    """How often a server is told of one thing. 0 and 2 are wrong, for servers that have to bear it."""
    before_answer: YesNo = False
    """Whether servers are told before the UE has its 200, which is wrong as well."""

    def manner(self) -> Manner:
        """Give the same as the S-CSCF goes by it."""
        shape = Shape(
            Body(self.body),
            CallId(self.call_id),
            Identities(self.identities),
            self.copied,
            tuple(self.headers.items()),
        )
        return Manner(self.after, shape, self.times, self.before_answer)


def _listening(host: str) -> ElementSettings:
    return ElementSettings(listen=(Hop("udp", host, 5060), Hop("tcp", host, 5060)))


def _address(text: str) -> str:
    return str(ip_address(text))


Host = Annotated[str, written_as(_address, "192.0.2.21, an address and no name")]


def _psi(text: str) -> str:
    wildcard(text)
    scheme, _, rest = text.partition(":")
    if scheme.lower() not in {"sip", "sips", "tel"} or not rest:
        raise ValueError
    return text


class ServiceSettings(Settings):
    """A service that anybody may send requests to."""

    psi: Annotated[str, written_as(_psi, "sip:val@home.example, or with a wildcard: sip:chat-!.*!@home.example")]
    """Public service identity; what stands between exclamation marks is a regular expression (TS 23.003 13.5)."""
    server_name: Server
    """SIP URI of the application server that hosts it."""

    def service(self) -> Service:
        """Give the same as the S-CSCF goes by it."""
        return Service(self.psi, self.server_name)


class SecuritySettings(Settings):
    """The P-CSCF's security agreements with UEs (RFC 3329); ipsec-3gpp is agreed on and not carried out."""

    agreement: Literal["ignore", "accept", "require"] = "ignore"
    """Whether UEs get one that ask for one, or all have to ask for one that do not come over TLS."""
    mechanisms: Annotated[tuple[Literal["ipsec-3gpp", "tls"], ...], Field(min_length=1)] = ("ipsec-3gpp", "tls")
    """What is offered, the best first."""
    algorithms: tuple[Literal["hmac-sha-1-96", "hmac-md5-96"], ...] = ("hmac-sha-1-96", "hmac-md5-96")
    """Integrity algorithms of ipsec-3gpp, the best first."""
    ciphers: tuple[Literal["aes-cbc", "des-ede3-cbc", "null"], ...] = ("aes-cbc", "des-ede3-cbc", "null")
    """Encryption algorithms of ipsec-3gpp, the best first."""

    def offer(self) -> Offer:
        """Give the same as the P-CSCF goes by it."""
        return Offer(Policy(self.agreement), self.mechanisms, self.algorithms, self.ciphers)


class RegEventSettings(Settings):
    """The reg event package (RFC 3680): who is told what became of a registration, and how often."""

    interval: Duration = 5.0
    """Least time between two documents to one watcher."""
    minimum: Duration = 60.0
    """Least length of a subscription; less is refused with 423."""
    maximum: Duration = 600_000.0
    """Greatest length, and what a watcher gets that asks for none."""
    pcscf: YesNo = False
    """Whether the P-CSCF watches each registration of its UEs, and forgets whom the network has ended."""

    servers: YesNo = True
    """Whether application servers may watch the registrations that they are told of; otherwise they get 403."""

    def pace(self) -> Pace:
        """Give the same as the notifier goes by it."""
        longest = round(self.maximum)
        return Pace(contacts.Policy(round(self.minimum), longest, longest), self.interval, servers=self.servers)


class ConnectionSettings(Settings):
    """Connections that each element keeps open; a further one is closed as soon as it is opened."""

    most: Annotated[int, Field(ge=1)] = DEFAULT_BOUNDS.streams.connections
    """At once."""
    per_host: Annotated[int, Field(ge=1)] = DEFAULT_BOUNDS.streams.per_host
    """At once from one address. A UE has one as soon as it sends a request of more than 1300 bytes, such as a REGISTER
    with a token; so this many UEs may share an address."""

    def bounds(self) -> Bounds:
        """Give the same as an endpoint goes by it."""
        streams = evolve(DEFAULT_BOUNDS.streams, connections=self.most, per_host=self.per_host)
        return evolve(DEFAULT_BOUNDS, streams=streams)


class AdminSettings(OperatorAddress):
    """The HTTP address for the operator: who is registered, and network-initiated ends."""

    port: Annotated[int, Field(ge=0, le=65_535)] = 8_061
    """0 takes a free one."""


class CoreSettings(MonitoredSip):
    """A whole core."""

    domain: str
    """Home domain: the registrar's name, and the realm of every challenge."""
    subscribers: Annotated[tuple[SubscriberSettings, ...], AfterValidator(each_identity_once)] = ()
    """Who can register."""
    subscriber_table: Annotated[Table, PlainValidator(read_table, json_schema_input_type=str)] | None = None
    """Path of a CSV file with more of them, for very many: a line of column names, then a line for each. Columns are
    impi, impu (one, or several with spaces between them), algorithm, k, op, opc, top, topc, password, amf, sqn,
    ind_bits, delta, tuak.iterations, tuak.res, tuak.ck and tuak.ik, or some of these; each means what it does in
    `subscribers`."""
    filter_criteria: tuple[CriterionSettings, ...] = ()
    """Criteria of every subscriber that has none of its own."""
    pcscf: ElementSettings = Field(default_factory=lambda: _listening("127.0.0.21"))
    """Where UEs send their requests."""
    icscf: ElementSettings = Field(default_factory=lambda: _listening("127.0.0.22"))
    """Where the P-CSCF sends registrations."""
    scscf: ElementSettings = Field(default_factory=lambda: _listening("127.0.0.23"))
    """The registrar, and what application servers hear from."""
    tls: TlsSettings = TlsSettings()
    """Certificates, for `listen` with tls and application servers with `;transport=tls`."""
    expiry: ExpirySettings = ExpirySettings()
    """How long registrations are."""
    challenges: tuple[ChallengeAlgorithm, ...] = (Algorithm.AKAV1_MD5, Algorithm.SHA_256, Algorithm.MD5)
    """What the S-CSCF challenges with, the best first: AKAv1-MD5, AKAv2-MD5 and AKAv2-SHA-256 who has a card, SHA-256,
    SHA-512-256 and MD5 who has a password."""
    qop: tuple[Literal["auth", "auth-int"], ...] = ("auth", "auth-int")
    """What challenges offer; with auth-int the digest covers the body, and so the token. Empty leaves qop out."""
    await_auth: Duration = 240.0
    """How long a challenge stands unanswered (reg-await-auth)."""
    reauthenticate: YesNo = True
    """Whether a registered UE has to prove itself each time it renews, though the P-CSCF vouches for it."""
    admin: AdminSettings | None = None
    """Where the operator asks and acts; without it, nowhere."""
    service_identities: tuple[ServiceSettings, ...] = ()
    """Services whose requests no filter criterion has to lead to their server."""
    security: SecuritySettings = SecuritySettings()
    """What the P-CSCF agrees on with UEs."""
    reg_event: RegEventSettings = RegEventSettings()
    """Who watches registrations."""
    third_party: ThirdPartySettings = ThirdPartySettings()
    """How the S-CSCF tells application servers."""
    connections: ConnectionSettings = ConnectionSettings()
    """How many connections each element keeps."""

    trusted_hosts: tuple[Host, ...] = ()
    """Hosts beside the core's own that it takes requests from as from its own elements: P-CSCFs of somebody else."""

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not {"subscribers", "subscriber_table"} & self.model_fields_set:
            raise ValueError("has nobody who can register (expected subscribers, or subscriber_table)")
        if self.subscribers and self.subscriber_table:
            each_identity_once(self.everyone)
        return self

    @model_validator(mode="after")
    def _a_challenge_for_everyone(self) -> Self:
        kinds = {algorithm.is_aka for algorithm in self.challenges}
        for each in self.everyone:
            if (each.algorithm != "digest") not in kinds:
                raise ValueError(f"has no challenge for {each.impi}, whose algorithm is {each.algorithm}")
        return self

    @property
    def everyone(self) -> tuple[SubscriberSettings, ...]:
        """All who can register."""
        return self.subscribers + (self.subscriber_table.subscribers if self.subscriber_table else ())

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
            algorithms=self.challenges,
            qop=",".join(self.qop) or None,
            await_auth=self.await_auth,
            trusting=not self.reauthenticate,
        )
