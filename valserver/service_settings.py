"""What can be told of a VAL service: in what tokens come, whose are believed, what is asked of them, what follows."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from valkit.settings import Duration, Settings, written_as
from valserver.profiles import PROFILES, Profile


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
    scope: str = PROFILES["val"].scope
    """What `scope` must contain. In another profile than `val`, that profile's unless it is given; so are the next
    four."""
    algorithms: frozenset[Literal["RS256", "PS256", "ES256", "EdDSA"]] = frozenset({"RS256", "ES256"})
    """Signature algorithms allowed; the token does not choose."""
    typ: str | None = PROFILES["val"].typ
    """The `typ` of the token's header; empty for issuers that set none."""
    user_claim: str = PROFILES["val"].user_claim
    """The claim with the VAL user; `mcptt_id` in the profile `mcptt`."""
    services_claim: str = PROFILES["val"].services_claim
    """The claim with the list of VAL services."""
    required: frozenset[str] = PROFILES["val"].required
    """Claims that a token must have even where nothing is asked of them; `exp` it must have in any case."""
    leeway: Duration = 10.0
    """By how much the clocks of this server and the issuer may differ."""
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

    def chosen(self, profile: Profile, name: str) -> Any:
        """Give what is set under this name, or else what the profile has there."""
        return getattr(self, name) if name in self.model_fields_set else getattr(profile, name)


class AuthorizationSettings(Settings):
    """How the tokens of one VAL service come and are judged."""

    profile: Literal["val", "mcptt", "mcvideo", "mcdata"] = "val"
    """What the service is like where nothing else is set: carriers, scope, claims, what a token must have."""
    mode: Literal["enforce", "log-only", "off"] = "enforce"
    """`enforce` refuses what is not authorized; `log-only` serves it as if it had come without a token, and tells what
    would have been refused and why (event `tolerated`); `off` looks at no token and binds nobody."""
    carriers: Annotated[
        tuple[Literal["val-info", "mcptt-info", "mcvideo-info", "mcdata-info", "bearer"], ...] | None,
        Field(min_length=1),
    ] = None
    """In what tokens come; by default the profile's: `val` takes any, the others the document of their service."""
    val_service: str | None = None
    """The VAL service that a token grants which lists none; by default the profile's: none in `val`, else `mcptt` and
    so on."""
    tokens: TokenSettings | None = None
    """Whose tokens are believed; needed unless the mode is `off`."""
    more_issuers: tuple[TokenSettings, ...] = ()
    """Further issuers whose tokens are believed, each by its own policy; a token's `iss` chooses."""

    @model_validator(mode="after")
    def _each_issuer_once(self) -> Self:
        names = [tokens.issuer for tokens in self.issuers]
        if len(set(names)) != len(names):
            raise ValueError("more_issuers names an issuer twice")
        return self

    @property
    def issuers(self) -> tuple[TokenSettings, ...]:
        """All issuers."""
        return self.more_issuers if self.tokens is None else (self.tokens, *self.more_issuers)

    @property
    def taken(self) -> tuple[str, ...]:
        """The names of the carriers looked at."""
        return self.carriers or PROFILES[self.profile].carriers

    def require_tokens(self) -> None:
        """Raise ValueError if nobody's tokens are believed where tokens are looked at."""
        if self.tokens is None and self.mode != "off":
            raise ValueError("tokens is missing: whose tokens are believed (tokens.issuer, tokens.keys); or mode: off")


class ServiceSettings(AuthorizationSettings):
    """One of several VAL services."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")]
    """What events and bindings call it."""

    @model_validator(mode="after")
    def _has_tokens(self) -> Self:
        self.require_tokens()
        return self
