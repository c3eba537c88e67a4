"""What can be told of how a program is watched; every program's settings begin with this."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from valkit.net.operators import OperatorAddress
from valkit.settings import Settings, YesNo, written_as
from valkit.sip.hop import Hop


class MetricsSettings(OperatorAddress):
    """The HTTP address where Prometheus asks for /metrics."""

    field: ClassVar[str] = "metrics"
    port: Annotated[int, Field(ge=0, le=65_535)] = 9_464
    """0 takes a free one; several programs on one host need a port each."""


def _by_udp(hop: Hop) -> Hop:
    if hop.transport != "udp":
        raise ValueError(f"is by {hop.transport} (expected udp: export never waits)")
    return hop


class HepSettings(Settings):
    """Where SIP messages are sent for HOMER, as HEP3 over UDP."""

    to: Annotated[Hop, written_as(Hop.parse, "udp:127.0.0.1:9060"), AfterValidator(_by_udp)]
    """The collector, by its address."""
    id: Annotated[int, Field(ge=0, le=4_294_967_295)] = 2_001
    """By which the collector knows this program (capture agent ID)."""
    password_file: Path | None = None
    """A file with the password that the collector asks for, if it does."""
    mask: YesNo = True
    """Whether tokens, keys and digest responses are masked. `no` sends them as they are, to whoever reads there."""


LogFormat = Literal["text", "json"]


class Monitored(Settings):
    """What every program can be told of how it is watched."""

    metrics: MetricsSettings | None = None
    """Where Prometheus asks. Left out: nowhere, and nothing is counted for it."""
    log_format: LogFormat = "text"
    """How the log on standard error is written: for people, or an object of JSON a line with its trace ID."""


class MonitoredSip(Monitored):
    """The same for programs that speak SIP."""

    hep: HepSettings | None = None
    """Where SIP messages are copied to. Left out: nowhere."""
