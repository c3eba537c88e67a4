"""From a frame to the IP packet in it, for each link type that SIP is captured on (the list of tcpdump.org)."""

from collections.abc import Callable, Mapping

IPV4, IPV6 = 0x0800, 0x86DD
VLANS = frozenset({0x8100, 0x88A8, 0x9100})
"""EtherTypes of a tag (IEEE 802.1Q), behind which the next EtherType stands."""
DEEPEST = 4
"""Tags within tags."""


def _ethernet(octets: bytes) -> bytes | None:
    return _typed(octets[12:14], octets[14:])


def _typed(kind: bytes, rest: bytes) -> bytes | None:
    """Give the packet behind an EtherType and whatever tags there are."""
    ether_type = int.from_bytes(kind)
    for _ in range(DEEPEST):
        if ether_type not in VLANS:
            break
        ether_type, rest = int.from_bytes(rest[2:4]), rest[4:]
    return rest if ether_type in {IPV4, IPV6} else None


def _cooked(octets: bytes) -> bytes | None:
    return _typed(octets[14:16], octets[16:])


def _cooked_2(octets: bytes) -> bytes | None:
    return _typed(octets[0:2], octets[20:])


def _loopback(octets: bytes) -> bytes | None:
    """Drop the address family, of which each system has its own number; the packet tells its version itself."""
    return octets[4:]


def _raw(octets: bytes) -> bytes | None:
    return octets


LINKS: Mapping[int, Callable[[bytes], bytes | None]] = {
    0: _loopback,  # BSD
    1: _ethernet,
    12: _raw,  # as some systems write 101
    14: _raw,
    101: _raw,
    108: _loopback,  # OpenBSD
    113: _cooked,
    228: _raw,  # IPv4
    229: _raw,  # IPv6
    276: _cooked_2,
}
"""By link type: what takes the packet out of a frame, or finds none in it."""
