"""Wireshark's exported PDUs (its epan/exported_pdu.h): a message with who said it to whom, and no packet around it.

`harness.seen.capture` writes them, with the numbers that stand here.
"""

import struct
from ipaddress import ip_address
from typing import NamedTuple

from valkit.sip.hop import Hop

UPPER_PDU = 252
"""Link type of exported PDUs, LINKTYPE_WIRESHARK_UPPER_PDU (the list of tcpdump.org)."""

DISSECTOR_NAME, IPV4_SOURCE, IPV4_TARGET, IPV6_SOURCE, IPV6_TARGET = 12, 20, 21, 22, 23
PORT_TYPE, PORT_SOURCE, PORT_TARGET = 24, 25, 26
"""Tags; the end is tag 0."""
SOURCES, TARGETS = frozenset({IPV4_SOURCE, IPV6_SOURCE}), frozenset({IPV4_TARGET, IPV6_TARGET})
TRANSPORTS = {2: "tcp", 3: "udp"}
"""Wireshark's numbers (epan/address.h)."""


class Pdu(NamedTuple):
    """An exported message."""

    source: Hop | None
    target: Hop | None
    octets: bytes


def pdu(octets: bytes) -> Pdu | None:
    """Read one; None if its tags do not end within it."""
    tags: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(octets):
        tag, size = struct.unpack_from(">HH", octets, at)
        at += 4
        if tag == 0:
            return Pdu(_hop(tags, SOURCES, PORT_SOURCE), _hop(tags, TARGETS, PORT_TARGET), octets[at + size :])
        tags.setdefault(tag, octets[at : at + size])
        at += size
    return None


def _hop(tags: dict[int, bytes], addresses: frozenset[int], port: int) -> Hop | None:
    try:
        [address] = [ip_address(value) for tag, value in tags.items() if tag in addresses]
        transport = TRANSPORTS[int.from_bytes(tags[PORT_TYPE])]
        return Hop(transport, str(address), int.from_bytes(tags[port]) & 0xFFFF)
    except (ValueError, LookupError):
        return None
