"""What the network says of packets that it could not deliver (ICMP: RFC 792, RFC 4443): of whose, and why."""

import struct
from collections.abc import Mapping
from typing import NamedTuple

from harness.evidence.packets import TCP, UDP, Packet, packet

ICMP, ICMP_6 = 1, 58
PORT_UNREACHABLE = "port unreachable"
"""Nothing listens there."""

WHY: Mapping[tuple[int, int, int], str] = {
    (ICMP, 3, 0): "network unreachable",
    (ICMP, 3, 1): "host unreachable",
    (ICMP, 3, 3): PORT_UNREACHABLE,
    (ICMP, 3, 4): "packet too big",
    (ICMP, 3, 9): "administratively prohibited",
    (ICMP, 3, 10): "administratively prohibited",
    (ICMP, 3, 13): "administratively prohibited",
    (ICMP, 11, 0): "time to live exceeded",
    (ICMP, 11, 1): "fragments never came",
    (ICMP_6, 1, 0): "no route",
    (ICMP_6, 1, 1): "administratively prohibited",
    (ICMP_6, 1, 3): "address unreachable",
    (ICMP_6, 1, 4): PORT_UNREACHABLE,
    (ICMP_6, 2, 0): "packet too big",
    (ICMP_6, 3, 0): "hop limit exceeded",
    (ICMP_6, 3, 1): "fragments never came",
}
"""By protocol, type and code."""
TRANSPORTS = {UDP: "udp", TCP: "tcp"}


class Notice(NamedTuple):
    """That a packet was not delivered."""

    by: str
    """Who says so: a router, or the host itself."""
    transport: str
    source: tuple[str, int]
    """Whose packet it was."""
    target: tuple[str, int]
    """Whom it did not reach."""
    why: str


def notice(found: Packet) -> Notice | None:
    """Read one; None if it is something else, or too little of the packet is in it."""
    if found.protocol not in {ICMP, ICMP_6} or len(found.payload) < 8:
        return None
    why = WHY.get((found.protocol, *found.payload[:2]))
    lost = None if why is None else packet(found.payload[8:])
    if why is None or lost is None or lost.offset or lost.protocol not in TRANSPORTS or len(lost.payload) < 4:
        return None
    source, target = struct.unpack(">HH", lost.payload[:4])
    return Notice(found.source, TRANSPORTS[lost.protocol], (lost.source, source), (lost.target, target), why)
