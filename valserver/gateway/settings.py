"""What a gateway can be told: its own VAL server, and the gateways of partners."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from valkit.net.certificates import TlsSettings
from valkit.net.monitoring.settings import Monitored
from valkit.settings import Duration, HttpsUrl, Settings

Names = Annotated[frozenset[str], Field(min_length=1)]


class SideSettings(Settings):
    """Where one side of the gateway listens, over HTTPS with certificates on both sides."""

    host: str
    """The IP address to listen on; the certificate names it."""
    port: Annotated[int, Field(ge=0, le=65_535)]
    """0 takes a free one."""


class InnerSide(SideSettings):
    """For our own VAL server."""

    host: str = "127.0.0.81"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8_490


class OuterSide(SideSettings):
    """For the gateways of partners."""

    host: str = "127.0.0.82"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8_490


class PeerSettings(Settings):
    """Someone that is asked and asks."""

    url: HttpsUrl
    """Where it is asked."""
    names: Names
    """Names, one of which its client certificate must have when it asks."""


class PartnerSettings(PeerSettings):
    """The gateway of a partner domain."""

    domain: Annotated[str, Field(pattern=r"^[!-~]{1,255}$")]
    """That domain, as its own system calls it."""


class GatewaySettings(Monitored):
    """All settings of `val gateway`."""

    domain: Annotated[str, Field(pattern=r"^[!-~]{1,255}$")]
    """Our own domain, as partners call it."""
    inner: InnerSide = InnerSide()
    outer: OuterSide = OuterSide()
    tls: TlsSettings = TlsSettings()
    server: PeerSettings
    """Our own VAL server."""
    partners: Annotated[tuple[PartnerSettings, ...], Field(min_length=1)]
    within: Annotated[Duration, Field(gt=0, le=25)] = 6.0
    """How long the next hop may take altogether, further tries included."""
    once: Annotated[Duration, Field(gt=0)] = 3.0
    """How long one try may take; the last ones have what is left of `within`."""
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    """How often one message is sent at most."""
    at_once: Annotated[int, Field(ge=1)] = 100
    """Messages under way; further ones are told 503."""

    @model_validator(mode="after")
    def _one_in_all(self) -> Self:
        if "once" in self.model_fields_set and self.once > self.within:
            raise ValueError(f"once is longer than within (expected at most {self.within:g}s, what all tries may take)")
        return self

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        domains = [self.domain, *(partner.domain for partner in self.partners)]
        if len(set(domains)) != len(domains):
            raise ValueError("a domain is there twice")
        names = [name for partner in self.partners for name in partner.names]
        if len(set(names)) != len(names):
            raise ValueError("partners share a name, so that one could be taken for another")
        return self
