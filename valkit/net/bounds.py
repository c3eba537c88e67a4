"""How much peers may take from an element before it refuses: what keeps a slow or hostile one from exhausting it."""

from attrs import field, frozen


@frozen
class StreamBounds:
    """How much connections may take from the element."""

    connections: int = 800
    """Connections open at once; a further one takes the place of one of the host that has the most, or is closed as
    soon as it is opened."""
    per_host: int = 200
    """The same from one address."""
    strangers: int = 400
    """Connections open at once with which a host that the element does not admit still gets one: the rest is for those
    whom it serves."""
    backlog: int = 1 << 20
    """Bytes that wait for a peer that does not read; with more the connection is cut."""
    idle: float = 150.0
    """Seconds without a whole message or keep-alive, after which it is closed: more than 64*T1, a UE's too (18)."""
    handshake: float = 20.0
    """Seconds in which TLS must have begun, after which the connection is cut."""


@frozen
class Bounds:
    """How much an element does at once before it says 503 or turns away."""

    requests: int = 20_000
    """Requests being worked on; a further one is answered 503."""
    responses: int = 700_000
    """Responses kept for repetition: 64*T1 of 20 000 requests a second. With more the oldest go early."""
    responses_size: int = 1 << 29
    """Bytes of the responses kept: 700 000 of the usual 400 bytes and their keys. With more the oldest go early."""
    streams: StreamBounds = field(factory=StreamBounds)


DEFAULT_BOUNDS = Bounds()
"""The bounds that hold where nobody chose others."""
