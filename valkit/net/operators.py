"""The HTTP address that a program has for its operator: on loopback, as nobody logs in there."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from valkit.net.web import is_loopback
from valkit.settings import Settings, YesNo


class OperatorAddress(Settings):
    """Where the operator asks; each program has a port of its own."""

    field: ClassVar[str] = "admin"
    """What it is called in the settings, for faults."""
    host: str = "127.0.0.1"
    """The IP address to listen on."""
    port: Annotated[int, Field(ge=0, le=65_535)]
    """0 takes a free one."""
    allow_remote: YesNo = False
    """Whether `host` may be an address that other machines reach. There is no log-in: whoever gets there, may."""

    @model_validator(mode="after")
    def _on_loopback(self) -> Self:
        if not self.allow_remote and not is_loopback(self.host):
            raise ValueError(
                f"{self.field}.host {self.host} can be reached from elsewhere, and there is no log-in: "
                f"take a loopback address, or set {self.field}.allow_remote to yes"
            )
        return self
