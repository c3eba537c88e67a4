"""What a VAL server can be told. Only `tokens.issuer` and where its keys are have no default."""

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from valkit.net.certificates import TlsSettings
from valkit.net.monitoring.settings import MonitoredSip
from valkit.net.operators import OperatorAddress
from valkit.settings import Settings, YesNo, written_as
from valkit.sip import Hop, OtherUri, SipUri, TelUri, parse_uri
from valserver.migration.settings import MigrationSettings
from valserver.service_settings import AuthorizationSettings, ServiceSettings

Network = IPv4Network | IPv6Network
AnyUri = SipUri | TelUri | OtherUri


class RegistrationSettings(Settings):
    """Third-party REGISTER."""

    default_expires: Annotated[int, Field(ge=1)] = 3_600
    """Seconds granted when the request names none."""
    max_expires: Annotated[int, Field(ge=1)] = 1_209_600
    """Seconds granted at most."""


class PublicationSettings(Settings):
    """PUBLISH (RFC 3903)."""

    events: frozenset[str] = frozenset({"poc-settings"})
    """Event packages served."""
    resources: tuple[Annotated[AnyUri, written_as(parse_uri, "sip:val@home.example")], ...] = ()
    """Request-URIs served, such as the server's PSI; none given: every one."""
    default_expires: Annotated[int, Field(ge=1)] = 3_600
    """Seconds granted when the request names none."""
    min_expires: Annotated[int, Field(ge=0)] = 60
    """Fewer seconds than these are refused with 423."""
    max_expires: Annotated[int, Field(ge=1)] = 1_209_600
    """Seconds granted at most; clients of MCX ask for 4294967295."""


class RegEventSettings(Settings):
    """Following the registrations of those who are bound, by subscriptions to their reg event package (RFC 3680)."""

    follow: YesNo = False
    """Whether to subscribe, at the S-CSCF that is the Contact of a third-party REGISTER. So a registration that ends
    unbinds even if no REGISTER with Expires 0 tells of it, and while this server did not run."""
    expires: Annotated[int, Field(ge=60)] = 600_000
    """Seconds that subscriptions are asked to last; they are refreshed before."""
    most: Annotated[int, Field(ge=1)] = 10_000
    """Subscriptions at most, one for each IMPU; further bindings are kept, and not followed."""
    per_second: Annotated[float, Field(gt=0)] = 50.0
    """SUBSCRIBEs sent in a second at most, so that a restart is no storm for the S-CSCF."""
    contact: Annotated[SipUri, written_as(parse_uri, "sip:val.home.example:5070")] | None = None
    """Where NOTIFYs are to come; by default the first address of `listen`."""


class BindingSettings(Settings):
    """Where bindings are kept, and for how long."""

    store: Literal["sqlite", "memory"] = "sqlite"
    """`sqlite` survives a crash of the server or the machine; `memory` is for tests."""
    path: Path = Path("val-bindings.sqlite")
    """The file of the sqlite store."""
    outlive_token: YesNo = True
    """Whether a binding outlives the token that made it, as in MCX; `no` ends it at the token's `exp`."""
    clients_move: YesNo = True
    """Whether a client that comes with another IMPU is unbound where it was; IMPUs that one REGISTER of the UE brought
    in stay side by side. `no` for cores that register implicit sets and do not enclose the UE's REGISTER."""
    most_clients: Annotated[int, Field(ge=1)] = 16
    """Clients (devices) from which one IMPU may be bound; a token from a further one is refused with 403."""
    most_services: Annotated[int, Field(ge=1)] = 256
    """VAL services to which one IMPU may be bound; a token for more is refused with 403."""


class AdminSettings(OperatorAddress):
    """The HTTP address for operators: bindings, health, events."""

    port: Annotated[int, Field(ge=0, le=65_535)] = 8_060
    """0 takes a free one."""


class ServerSettings(AuthorizationSettings, MonitoredSip):
    """All settings of `val server`: those of its one VAL service and, or in place of them, a list of several."""

    services: tuple[ServiceSettings, ...] = ()
    """Several VAL services in place of one, each with its own profile, mode, issuers and claims; a token goes to those
    that take its carrier and know its issuer. Each binds for itself: an IMPU speaks for one user in each."""
    listen: Annotated[tuple[Annotated[Hop, written_as(Hop.parse, "udp:127.0.0.1:5060")], ...], Field(min_length=1)] = (
        Hop("udp", "127.0.0.1", 5_070),
        Hop("tcp", "127.0.0.1", 5_070),
    )
    """Where SIP is received: transport, host and port."""
    tls: TlsSettings = TlsSettings()
    """Certificates, for `listen` with tls."""
    trusted_peers: tuple[Annotated[Network, written_as(ip_network, "192.0.2.0/24")], ...] = (
        IPv4Network("127.0.0.0/8"),
        IPv6Network("::1/128"),
    )
    """Networks of the S-CSCFs. A REGISTER or PUBLISH from elsewhere is refused."""
    name: str | None = None
    """Name of this server in Warning headers; by default the host of the first `listen`."""
    registration: RegistrationSettings = RegistrationSettings()
    publication: PublicationSettings = PublicationSettings()
    reg_event: RegEventSettings = RegEventSettings()
    bindings: BindingSettings = BindingSettings()
    migration: MigrationSettings | None = None
    """Migration of VAL users between domains (clause 5.X.5). Left out: nobody migrates, and no MESSAGE is served."""
    admin: AdminSettings = AdminSettings()
    log: Literal["events", "errors"] = "events"
    """What is logged: every event of a binding, or only what was refused or went wrong, for servers under load."""

    @model_validator(mode="after")
    def _one_or_several(self) -> Self:
        own = AuthorizationSettings.model_fields.keys() & self.model_fields_set
        if not self.services:
            self.require_tokens()
        elif own:
            raise ValueError(f"{' and '.join(sorted(own))} and services: a server of several has these in each of them")
        names = [service.name for service in self.services]
        if len(set(names)) != len(names):
            raise ValueError("services has a name twice")
        return self

    @model_validator(mode="after")
    def _reached_by_notify(self) -> Self:
        if self.reg_event.follow and self.reg_event.contact is None and self.listen[0].host in {"0.0.0.0", "::"}:  # noqa: S104 - nothing is bound here
            raise ValueError(f"reg_event.contact is needed: nobody can send a NOTIFY to {self.listen[0].host}")
        return self

    @property
    def authorizations(self) -> Mapping[str, AuthorizationSettings]:
        """Every VAL service by its name, which is empty where there is only one."""
        return {service.name: service for service in self.services} or {"": self}
