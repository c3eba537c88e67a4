"""What can be told of a VAL service: in what tokens come, whose are believed, what is asked of them, what follows."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from valkit.net.trust.settings import IssuerSettings
from valkit.settings import Settings
from valserver.profiles import PROFILES, Profile


class TokenSettings(IssuerSettings):
    """Whose access tokens are believed, and what is asked of them (RFC 9068)."""

    scope: str = PROFILES["val"].scope
    """What `scope` must contain. In another profile than `val`, that profile's unless it is given; so are the next
    four."""
    typ: str | None = PROFILES["val"].typ
    """The `typ` of the token's header; empty for issuers that set none."""
    user_claim: str = PROFILES["val"].user_claim
    """The claim with the VAL user; `mcptt_id` in the profile `mcptt`."""
    services_claim: str = PROFILES["val"].services_claim
    """The claim with the list of VAL services."""
    required: frozenset[str] = PROFILES["val"].required
    """Claims that a token must have even where nothing is asked of them; `exp` it must have in any case."""

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
