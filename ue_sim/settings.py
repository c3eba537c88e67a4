"""What a phone is told before it is switched on: who it is, its card, and where the core is."""

import re
from enum import Enum
from typing import Annotated, Literal, Self
from uuid import NAMESPACE_URL, uuid5

from pydantic import Field, PlainValidator, field_validator, model_validator

from ue_sim.documents.settings import DocumentSettings
from ue_sim.engines import EngineName
from ue_sim.identity.settings import IdentitySettings
from ue_sim.keys.settings import KeySettings
from ue_sim.securing import Wanted
from valkit.aka.digest import Algorithm
from valkit.aka.settings import ChallengeAlgorithm, SubscriberKeys
from valkit.net.certificates import TlsSettings
from valkit.net.monitoring.settings import HepSettings
from valkit.settings import Settings, written_as
from valkit.sip.hop import Hop
from valkit.sip.transaction import DEFAULT_TIMERS, IMS_UE_TIMERS, Timers


def _sqn(value: object) -> int:
    if re.fullmatch("[0-9A-Fa-f]{1,12}", str(value)) is None:
        raise ValueError("is not a sequence number (expected hexadecimal digits, at most 48 bits)")
    return int(str(value), 16)


HopText = Annotated[Hop, written_as(Hop.parse, "udp:127.0.0.1:5060")]


class Carrier(Enum):
    """In which document an access token travels in a SIP body, or that it travels in a header."""

    VAL_INFO = "val-info"
    MCPTT_INFO = "mcptt-info"
    MCVIDEO_INFO = "mcvideo-info"
    MCDATA_INFO = "mcdata-info"
    BEARER = "bearer"
    """`Authorization: Bearer` (RFC 8898)."""


class Timing(Enum):
    """Whose transaction timers the phone runs on (TS 24.229 table 7.7.1)."""

    LAN = "lan"
    """T1 500 ms, T2 4 s, T4 5 s (RFC 3261): no radio in between."""
    RADIO = "radio"
    """T1 2 s, T2 16 s, T4 17 s: over an access network."""

    @property
    def timers(self) -> Timers:
        """The timers themselves."""
        return IMS_UE_TIMERS if self is Timing.RADIO else DEFAULT_TIMERS


class UsimSettings(SubscriberKeys):
    """The card: the subscriber's keys, and what it has used up; or, with algorithm digest, a password in its place."""

    sqn: Annotated[int, PlainValidator(_sqn, json_schema_input_type=str)] = Field(0, repr=False)
    """The highest sequence number that the card has used up, in hexadecimal digits."""
    age_limit: Annotated[int, Field(ge=0)] | None = None
    """How far SEQ may lie behind the highest one taken (C.2.2); without it, as far as it may be."""
    answers: tuple[ChallengeAlgorithm, ...] = Field(tuple(Algorithm), min_length=1)
    """The challenge algorithms that the phone answers, such as AKAv1-MD5; without it, all that it can."""

    @model_validator(mode="after")
    def _answers_something(self) -> Self:
        if not self.known:
            kind = "AKA" if self.algorithm != "digest" else "a password"
            raise ValueError(f"answers no challenge that {kind} can (expected answers among those, or none given)")
        return self

    @property
    def known(self) -> frozenset[Algorithm]:
        """The challenge algorithms that are answered: those of AKA by a card, the others by a password."""
        return frozenset(each for each in self.answers if each.is_aka != (self.algorithm == "digest"))


class PublishSettings(Settings):
    """How the phone publishes (TS 24.379 7.2.2)."""

    to: str | None = None
    """Request-URI: the VAL server's public service identity. Without it, the phone's own IMPU, which the core's filter
    criteria lead to the VAL server."""
    event: str = "poc-settings"
    """Event package."""
    expires: Annotated[int, Field(gt=0, lt=1 << 32)] = (1 << 32) - 1
    """Seconds."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Further header fields, such as Accept-Contact and P-Preferred-Service."""


class SecuritySettings(Settings):
    """The security agreement that the phone asks its P-CSCF for (RFC 3329)."""

    mechanisms: tuple[Literal["ipsec-3gpp", "tls"], ...] = ()
    """What it offers; nothing asks for none. ipsec-3gpp is agreed on and not carried out."""
    tls_port: Annotated[int, Field(gt=0, lt=65536)] = 5061
    """Where the P-CSCF takes TLS."""

    def wanted(self) -> Wanted:
        """Give the same as the phone goes by it."""
        return Wanted(self.mechanisms, self.tls_port)


class UeSettings(Settings):
    """One phone."""

    impi: str
    """Private identity, as `alice@home.example`."""
    impu: str
    """Public identity to register, as `sip:alice@home.example`."""
    domain: str | None = None
    """Home network. Without it, what follows the @ of the IMPI."""
    usim: UsimSettings
    """The card's keys, such as {k: 32 hexadecimal digits, opc: 32 hexadecimal digits}."""
    core: HopText | None = None
    """The P-CSCF, as `udp:192.0.2.1:5060`. The command line may give it instead."""
    listen: HopText | None = None
    """The phone's own address; port 0 takes a free one. Without it, the transport of the core and the address from
    which the core is reached."""
    instance: str | None = None
    """+sip.instance (RFC 5626 4.1). Without it, a UUID made from the IMPI, the same each time."""
    client: str | None = None
    """Client ID sent beside a token. Without it, the instance."""
    feature_tags: dict[str, str | None] = Field(default_factory=dict)
    """Further parameters of Contact, as `+g.3gpp.mcptt`; null for one without a value."""
    carrier: Carrier = Carrier.VAL_INFO
    """The document that a token travels in, or `bearer` for a header."""
    register_headers: dict[str, str] = Field(default_factory=dict)
    """Header fields of each REGISTER beside those of TS 24.229 5.1.1.2.1, such as P-Access-Network-Info, which a phone
    without IPsec or TLS keeps to itself."""
    publish: PublishSettings = PublishSettings()
    """How the phone publishes."""
    tls: TlsSettings = TlsSettings()
    """Certificates, for a core over TLS."""
    security: SecuritySettings = SecuritySettings()
    """What it agrees on with the P-CSCF."""
    hep: HepSettings | None = None
    """Where its SIP messages are copied to for HOMER, by the engine native. Left out: nowhere."""
    engine: EngineName = EngineName.NATIVE
    """The SIP stack: `native`, or `pjsua2` for PJSIP. The command line may give it instead."""
    timing: Timing = Timing.LAN
    """Transaction timers: `lan`, or `radio` with those of an access network."""
    identity: IdentitySettings | None = None
    """Where the phone's user logs in for access tokens. Without it, tokens come from elsewhere, or there are none."""
    keys: KeySettings | None = None
    """Where the phone fetches its user's keys. Without it, nowhere."""
    configuration: DocumentSettings | None = None
    """The configuration management server, which has its user's profile. Without it, there is none."""
    groups: DocumentSettings | None = None
    """The group management server, which has its user's groups. Without it, there is none."""

    @field_validator("impu")
    @classmethod
    def _is_a_uri(cls, impu: str) -> str:
        if not impu.startswith(("sip:", "sips:", "tel:")):
            raise ValueError("is not a public identity (expected something like sip:alice@home.example)")
        return impu

    @model_validator(mode="after")
    def _has_a_home(self) -> Self:
        if not self.home:
            raise ValueError("has an impi without a domain (expected something like alice@home.example, or a domain)")
        return self

    @property
    def home(self) -> str:
        """The home network's domain."""
        return self.domain or self.impi.partition("@")[2]

    @property
    def instance_id(self) -> str:
        """The URN that tells this phone from others of the same subscriber."""
        return self.instance or f"urn:uuid:{uuid5(NAMESPACE_URL, self.impi)}"

    @property
    def client_id(self) -> str:
        """The client ID that a VAL server binds beside the token's user."""
        return self.client or self.instance_id
