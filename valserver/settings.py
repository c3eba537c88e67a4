"""What a VAL server can be told. Only `tokens.issuer` and where its keys are have no default."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from valkit.net.certificates import TlsSettings
from valkit.net.web import is_loopback
from valkit.settings import Duration, Settings, YesNo, written_as
from valkit.sip import Hop, OtherUri, SipUri, TelUri, parse_uri

Network = IPv4Network | IPv6Network
AnyUri = SipUri | TelUri | OtherUri


def _https(text: str) -> str:
    if not text.startswith("https://"):
        raise ValueError(text)
    return text


HttpsUrl = Annotated[str, written_as(_https, "https://idms.home.example/jwks")]


class IntrospectionSettings(Settings):
    """Asking the issuer whether a token that holds is still active (RFC 7662)."""

    url: HttpsUrl
    """The introspection endpoint."""
    client_id: str
    """This server's name at the issuer."""
    client_secret: Path
    """File with this server's secret at the issuer."""
    keep_for: Annotated[Duration, Field(ge=1)] = 30.0
    """For how long an answer is believed before the issuer is asked again."""


class TokenSettings(Settings):
    """Whose access tokens are believed, and what is asked of them (RFC 9068).

    Where the issuer's keys are is told by one of `keys`, `discovery_url` and `jwks_url`.
    """

    issuer: str
    """The identity server's `iss`, exactly."""
    keys: Path | None = None
    """JWKS file with the identity server's public keys. Read again whenever it changes."""
    discovery_url: HttpsUrl | None = None
    """The identity server's discovery document, which says where its keys are."""
    jwks_url: HttpsUrl | None = None
    """The identity server's JWKS."""
    authorities: Path | None = None
    """PEM file with the authorities that vouch for the identity server's certificate; needed with a URL."""
    fetch_keys_every: Annotated[Duration, Field(gt=0)] = 600.0
    """How often keys are fetched from a URL."""
    fetch_unknown_keys_every: Annotated[Duration, Field(ge=1)] = 10.0
    """How often at most they are fetched because a token names a key that is not known."""
    fetch_timeout: Annotated[Duration, Field(gt=0, le=20)] = 5.0
    """How long the issuer may take to answer; a request that waits for it is answered then."""
    introspection: IntrospectionSettings | None = None
    """Whether the issuer is asked about each token besides, so that a revoked one is refused; without it, not."""
    audience: str = "val-server"
    """What `aud` must name."""
    scope: str = "3gpp:seal:val_service"
    """What `scope` must contain."""
    algorithms: frozenset[Literal["RS256", "PS256", "ES256", "EdDSA"]] = frozenset({"RS256", "ES256"})
    """Signature algorithms allowed; the token does not choose."""
    typ: str | None = "at+jwt"
    """The `typ` of the token's header; empty for issuers that set none."""
    leeway: Duration = 10.0
    """By how much the clocks of this server and the issuer may differ."""
    user_claim: str = "val_user_id"
    """The claim with the VAL user; `mcptt_id` for MCPTT."""
    services_claim: str = "val_service_ids"
    """The claim with the list of VAL services."""
    check_keys_every: Duration = 5.0
    """How often the key file is looked at for a change."""

    @model_validator(mode="after")
    def _keys_from_one_place(self) -> Self:
        places = [self.keys, self.discovery_url, self.jwks_url]
        if sum(place is not None for place in places) != 1:
            raise ValueError("the issuer's keys are to be found in one place: give keys, discovery_url or jwks_url")
        if self.authorities is None and (self.keys is None or self.introspection is not None):
            raise ValueError("authorities is missing: a PEM file with who vouches for the issuer's certificate")
        return self


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


class AdminSettings(Settings):
    """The HTTP address for operators: bindings, health, events."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8_060
    """0 takes a free one."""
    allow_remote: YesNo = False
    """Whether `host` may be an address that other machines reach. There is no log-in: whoever gets there, reads."""

    @model_validator(mode="after")
    def _on_loopback(self) -> Self:
        if not self.allow_remote and not is_loopback(self.host):
            raise ValueError(
                f"admin.host {self.host} can be reached from elsewhere, and there is no log-in: "
                "take a loopback address, or set admin.allow_remote to yes"
            )
        return self


class ServerSettings(Settings):
    """All settings of `val server`."""

    tokens: TokenSettings
    """Whose tokens are believed."""
    more_issuers: tuple[TokenSettings, ...] = ()
    """Further issuers whose tokens are believed, each by its own policy; a token's `iss` chooses."""
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
    bindings: BindingSettings = BindingSettings()
    admin: AdminSettings = AdminSettings()
    log: Literal["events", "errors"] = "events"
    """What is logged: every event of a binding, or only what was refused or went wrong, for servers under load."""

    @model_validator(mode="after")
    def _each_issuer_once(self) -> Self:
        names = [tokens.issuer for tokens in self.issuers]
        if len(set(names)) != len(names):
            raise ValueError("more_issuers names an issuer twice")
        return self

    @property
    def issuers(self) -> tuple[TokenSettings, ...]:
        """All issuers."""
        return (self.tokens, *self.more_issuers)
