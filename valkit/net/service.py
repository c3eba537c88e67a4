"""What every program's `start` gives: where it is reached and how it is stopped."""

from collections.abc import Awaitable, Callable, Mapping

from attrs import field, frozen

from valkit.net.sip import SipEndpoint
from valkit.sip.hop import Hop


@frozen
class Running:
    """A program that has started; a program with more to show while it runs extends it."""

    addresses: Mapping[str, Hop | str]
    """Where it is reached: a hop for SIP, a URL for HTTP, by what it serves there."""
    stop: Callable[[], Awaitable[None]] = field(repr=False)
    """Stops it: afterwards no socket, timer or unfinished work of it remains."""
    endpoints: Mapping[str, SipEndpoint] = field(factory=dict, kw_only=True, repr=False)
    """Its SIP elements by their names; for whoever reads their counters."""

    @property
    def readings(self) -> Mapping[str, float]:
        """What it holds at this moment, for gauges: names as Prometheus has them."""
        return {}

    @property
    def totals(self) -> Mapping[str, float]:
        """What it has counted by itself since it started, whether or not anybody asks: names without `_total`."""
        return {}
