"""What an endpoint counts, for metrics: each number only grows."""

from attrs import define

from valkit.sip.layer import Counts


@define
class ConnectionCounts:
    """What happened to connections."""

    opened: int = 0
    """By us or by peers."""
    refused: int = 0
    """Turned away because too many were open."""


@define
class Counters:
    """What went through an endpoint since it was made."""

    transactions: Counts
    connections: ConnectionCounts

    received: int = 0
    """Messages that could be read."""
    sent: int = 0
    malformed: int = 0
    """Messages that could not be read, answered or not."""
    unsent: int = 0
    """Messages that no socket would take."""
    failed: int = 0
    """Handlers that ended in an exception."""
