"""What a SEAL server can be told of who may ask: whose tokens it believes, and who may assert an identity."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Self

from pydantic import model_validator

from valkit.net.trust.settings import IssuerSettings
from valkit.settings import Settings, written_as
from valkit.tokens.claims import REQUIRED


class TokenSettings(IssuerSettings):
    """Whose access tokens are believed, and what is asked of them (RFC 9068). The scope is the server's own."""

    typ: str | None = "at+jwt"
    """The `typ` of the token's header; empty for issuers that set none."""
    user_claim: str = "val_user_id"
    """The claim with the VAL user."""
    services_claim: str = "val_service_ids"
    """The claim with the list of VAL services."""
    required: frozenset[str] = REQUIRED
    """Claims that a token must have even where nothing is asked of them; `exp` it must have in any case."""


class AccessSettings(Settings):
    """Who may ask (TS 24.547 annex A.2.3): UEs by their access tokens, network functions by way of the HTTP proxy."""

    tokens: TokenSettings
    """Whose tokens are believed."""
    more_issuers: tuple[TokenSettings, ...] = ()
    """Further issuers whose tokens are believed, each by its own rules; a token's `iss` chooses."""
    trusted_peers: tuple[Annotated[IPv4Network | IPv6Network, written_as(ip_network, "192.0.2.0/24")], ...] = ()
    """Networks of the HTTP proxies, whose X-3GPP-Asserted-Identity is believed; from nobody else it is."""
    trusted_names: tuple[str, ...] = ()
    """Names, one of which the client certificate of such a proxy must have. With `trusted_peers` both are asked;
    alone, this is enough."""

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
