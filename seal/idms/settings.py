"""What an identity server can be told. Everything has a default that suits a lab on loopback."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from seal.idms.stores.store import REMEMBERED
from seal.listening import ListenSettings, Port
from seal.requesters import AdminSettings, RequesterSettings, operator_with
from valkit.net.certificates import TlsSettings
from valkit.net.monitoring.settings import Monitored
from valkit.settings import Duration, HttpsOrigin, Settings, YesNo

Algorithm = Literal["ES256", "RS256"]

SCOPES = (
    "openid",
    "3gpp:seal:val_service",
    "3gpp:seal:key_management_service",
    "3gpp:seal:config_management_service",
    "3gpp:seal:group_management_service",
    "3gpp:seal:migration_service",
)


class AuthorizationSite(ListenSettings):
    """The authorization endpoint, where people log in.

    One of the two addresses of IM-UU: they are separate and independent (clause 5.X.2.2).
    """

    host: str = "127.0.0.2"


class TokenSite(ListenSettings):
    """The token endpoint, and what else clients and servers ask: keys, discovery, userinfo, revocation."""

    host: str = "127.0.0.3"


class TokenSettings(Settings):
    """What tokens say, and who signs them."""

    audience: str = "val-server"
    """`aud` of access tokens."""
    user_claim: str = "val_user_id"
    """The claim with the VAL user ID; `mcptt_id` for MCPTT."""
    services_claim: str = "val_service_ids"
    """The claim with the list of VAL services."""
    access_algorithm: Algorithm = "ES256"
    """What signs access tokens."""
    id_algorithm: Algorithm = "RS256"
    """What signs ID tokens; RS256 is what OpenID clients expect unless they are told otherwise."""
    keys: Path = Path("val-idms-keys")
    """Folder of the signing keys, made on first use; mode 600 each."""
    overlap: Duration = REMEMBERED
    """For how long a key is published after another has taken its place: the longest life of a token."""
    check_keys_every: Annotated[Duration, Field(gt=0)] = 5.0
    """How often the key folder is looked at for a change."""
    code_lifetime: Annotated[Duration, Field(gt=0, le=600)] = 60.0
    """For how long an authorization code can be used; 10 minutes at most (RFC 6749 4.1.2)."""


class LogInSettings(Settings):
    """How people are asked who they are."""

    session: Duration = 8 * 3600.0
    """For how long a browser that has logged in is not asked again."""
    failures: Annotated[int, Field(ge=1)] = 5
    """Wrong log-ins in a row after which a name is locked."""
    locked: Duration = 60.0
    """For how long it is locked then; twice as long after each further one."""
    locked_at_most: Duration = 3600.0
    """The longest lock."""
    hashing_threads: Annotated[int, Field(ge=1)] = 2
    """Password checks at a time."""
    waiting: Annotated[int, Field(ge=1)] = 100
    """Password checks that may wait; more are told to come again."""


class IdmsAdminSettings(AdminSettings):
    """The HTTP address at which clients, users and VAL services are provisioned."""

    port: Port = 8_062
    """0 takes a free one."""
    requesters: tuple[RequesterSettings, ...] = operator_with("val-idms-operator.token")
    """Who may provision."""


class IdmsSettings(Monitored):
    """All settings of `val idms`."""

    authorization: AuthorizationSite | None = AuthorizationSite()
    """Left empty in a process that serves the token endpoint only; then the discovery document names
    `authorization_url`."""
    token: TokenSite | None = TokenSite()
    """Left empty in a process that serves the authorization endpoint only; then `issuer` is needed."""
    authorization_url: HttpsOrigin | None = None
    """Where the authorization endpoint is when another process serves it."""
    issuer: str | None = None
    """`iss` of all tokens; by default the URL of the token endpoint's address."""
    scopes: tuple[str, ...] = SCOPES
    """The scopes that exist here; a client may have some of them."""
    tls: TlsSettings = TlsSettings()
    tokens: TokenSettings = TokenSettings()
    login: LogInSettings = LogInSettings()
    store: str = "sqlite:///val-idms.sqlite"
    """Where grants, users, clients and partners are kept: `sqlite:///FILE`, `postgresql+psycopg://...`, or `memory`."""
    forget_every: Annotated[Duration, Field(gt=0)] = 60.0
    """How often what has expired is removed from the store."""
    provisioning: Path | None = None
    """YAML file with clients, users, VAL services and partners: at each start, those that are not kept yet are added.
    The rest of what is kept stays as it is; `val idms apply` makes it as the file says."""
    admin: IdmsAdminSettings | None = None
    """Where clients, users, VAL services and partners are provisioned over HTTP. Left out: nowhere."""
    log: Literal["events", "errors"] = "events"
    """What is logged: every log-in and grant, or only what was refused or ended, for servers under load."""
    public_clients: YesNo = True
    """Whether clients that cannot keep a secret are served: by PKCE alone, as apps on phones are (RFC 8252)."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.authorization is None and self.token is None:
            raise ValueError("neither authorization nor token is to be served: leave out at most one")
        if self.token is None and self.issuer is None:
            raise ValueError("issuer is needed where another process serves the token endpoint")
        if self.authorization is None and self.authorization_url is None:
            raise ValueError("authorization_url is needed where another process serves the authorization endpoint")
        return self
