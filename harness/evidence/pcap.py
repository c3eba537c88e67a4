"""The classic capture file of libpcap (draft-ietf-opsawg-pcap), in both byte orders, of micro- and nanoseconds."""

import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from harness.evidence.errors import Damaged
from harness.evidence.frames import LARGEST, Frame, Source


class Kind(NamedTuple):
    """What the magic number says."""

    order: str
    second: float
    """Parts of a second that times are told in."""


KINDS: Mapping[bytes, Kind] = {
    bytes.fromhex("a1b2c3d4"): Kind(">", 1e6),
    bytes.fromhex("d4c3b2a1"): Kind("<", 1e6),
    bytes.fromhex("a1b23c4d"): Kind(">", 1e9),
    bytes.fromhex("4d3cb2a1"): Kind("<", 1e9),
}

LINK_TYPE = 0xFFFF
"""The bits of the last word that are the link type; above them stands what checksums frames have."""


def frames(source: Source) -> Iterator[Frame]:
    """Give each frame of a file whose magic number is one of `KINDS`. Raises Damaged."""
    order, second = KINDS[source.take(4, "its magic number")]
    link = struct.unpack(f"{order}HHiIII", source.take(20, "the file header"))[-1] & LINK_TYPE
    number = 0
    while (head := source.begin(16, "a frame's header")) is not None:
        seconds, parts, kept, size = struct.unpack(f"{order}IIII", head)
        if kept > LARGEST:
            raise Damaged(source.at - 16, f"a frame of {kept} bytes (at most {LARGEST} can be)")
        number += 1
        octets = source.take(kept, f"frame {number}")
        yield Frame(number, seconds + parts / second, link, octets, kept >= size)
