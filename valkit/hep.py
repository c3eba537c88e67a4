"""HEP3, the encapsulation in which HOMER takes captured messages (EEP/HEP version 3): a message becomes a datagram.

Generic chunks only (vendor 0), numbers in network order. Knows no socket; what may be shown is the caller's business.
"""

from struct import pack

from attrs import field, frozen

from valkit.sip.hop import Hop, addresses

LARGEST = 65_507
"""Octets of a datagram over IPv4."""

SIP = 1
"""The protocol type of SIP (chunk 11)."""

FAMILIES = {4: 2, 6: 10}
"""AF_INET and AF_INET6 by IP version, as Linux has them (chunk 1)."""

PROTOCOLS = {"udp": 17, "tcp": 6, "tls": 6}
"""IP protocol numbers by transport (chunk 2)."""

ADDRESSES = {4: (3, 4), 6: (5, 6)}
"""Chunks of source and destination address by IP version."""


@frozen
class Captured:
    """A SIP message as it was seen."""

    at: float
    """In epoch seconds."""
    source: Hop
    target: Hop
    payload: bytes
    correlation: str
    """What HOMER finds together (chunk 17)."""


@frozen
class Agent:
    """Who captured."""

    number: int
    password: str = field(default="", repr=False)
    """What the collector asks for, if it does (chunk 14)."""


def encode(captured: Captured, agent: Agent) -> bytes | None:
    """Give the datagram; None for a message that is too large for one."""
    source, target = addresses(captured.source, captured.target)
    seconds, micros = divmod(round(captured.at * 1e6), 1_000_000)
    of_source, of_target = ADDRESSES[source.version]
    chunks = [
        _chunk(1, pack("!B", FAMILIES[source.version])),
        _chunk(2, pack("!B", PROTOCOLS[captured.source.transport])),
        _chunk(of_source, source.packed),
        _chunk(of_target, target.packed),
        _chunk(7, pack("!H", captured.source.port)),
        _chunk(8, pack("!H", captured.target.port)),
        _chunk(9, pack("!I", seconds)),
        _chunk(10, pack("!I", micros)),
        _chunk(11, pack("!B", SIP)),
        _chunk(12, pack("!I", agent.number)),
        *([_chunk(14, agent.password.encode())] if agent.password else []),
        _chunk(17, captured.correlation.encode()),
    ]
    before = b"".join(chunks)
    size = 6 + len(before) + 6 + len(captured.payload)
    if size > LARGEST:
        return None
    return b"HEP3" + pack("!H", size) + before + _chunk(15, captured.payload)


def _chunk(kind: int, content: bytes) -> bytes:
    return pack("!HHH", 0, kind, 6 + len(content)) + content
