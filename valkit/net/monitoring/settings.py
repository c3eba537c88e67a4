"""What can be told of how a program is watched; every program's settings begin with this."""

from typing import Annotated, ClassVar

from pydantic import Field

from valkit.net.operators import OperatorAddress
from valkit.settings import Settings


class MetricsSettings(OperatorAddress):
    """The HTTP address where Prometheus asks for /metrics."""

    field: ClassVar[str] = "metrics"
    port: Annotated[int, Field(ge=0, le=65_535)] = 9_464
    """0 takes a free one; several programs on one host need a port each."""


class Monitored(Settings):
    """What every program can be told of how it is watched."""

    metrics: MetricsSettings | None = None
    """Where Prometheus asks. Left out: nowhere, and nothing is counted for it."""
