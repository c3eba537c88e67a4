"""What evidence is made of: messages, each with when, between whom and where in the file it was seen."""

from attrs import evolve, field, frozen

from harness.evidence.icmp import Notice
from valkit.sip import Hop, ParseError, Request, Response


@frozen
class Spot:
    """Where something was seen."""

    place: str
    """`frame 12`, as Wireshark counts them, or `line 40`."""
    at: float | None = None
    """Epoch seconds; None where the file does not say."""
    source: Hop | None = None
    """Who sent it; None where the file does not say."""
    target: Hop | None = None

    def __str__(self) -> str:
        return self.place


@frozen
class Seen:
    """A SIP message."""

    spot: Spot
    message: Request | Response = field(repr=False)
    exact: bool = True
    """Whether the body is that of the wire; in a text that was made fit to be shown it may not be."""


@frozen
class Broken:
    """What began as a SIP message and is none."""

    spot: Spot
    start: str
    """Its first line."""
    error: ParseError
    octets: bytes = field(repr=False)
    """As much of it as there is."""


@frozen
class Evidence:
    """All that was read of one file."""

    messages: tuple[Seen, ...] = ()
    broken: tuple[Broken, ...] = ()
    notices: tuple[Notice, ...] = ()
    """What ICMP says of packets that were not delivered."""
    remarks: tuple[str, ...] = ()
    """What could not be read and why, in sentences: encrypted connections, fragments that never came, damage."""


def placed_in(name: str, evidence: Evidence) -> Evidence:
    """Give evidence with the file named in each place, for who has several."""
    return Evidence(
        tuple(evolve(seen, spot=_within(name, seen.spot)) for seen in evidence.messages),
        tuple(evolve(each, spot=_within(name, each.spot)) for each in evidence.broken),
        evidence.notices,
        tuple(f"{name}: {remark}" for remark in evidence.remarks),
    )


def _within(name: str, spot: Spot) -> Spot:
    return evolve(spot, place=f"{spot.place} of {name}")
