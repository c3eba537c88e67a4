"""What can be told of an issuer whose access tokens are believed, whatever they are believed for."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from valkit.settings import Duration, HttpsUrl, Settings


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


class IssuerSettings(Settings):
    """Whose access tokens are believed (RFC 9068), and where the issuer's keys are.

    This is told by one of `keys`, `discovery_url` and `jwks_url`.
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
    algorithms: frozenset[Literal["RS256", "PS256", "ES256", "EdDSA"]] = frozenset({"RS256", "ES256"})
    """Signature algorithms allowed; the token does not choose."""
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
