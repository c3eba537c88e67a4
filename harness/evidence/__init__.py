"""What went over the wires of anybody's system, read from what was kept of it: captures, and texts with SIP in them.

    frames        which file it is; `pcap` and `pcapng` take frames out of it, and tell damage with its place
    links         from a frame to an IP packet: Ethernet with VLANs, Linux cooked, loopback, raw IP
    packets       IPv4 and IPv6, whose fragments are put together; then UDP datagrams and TCP segments
    icmp          what the network says of packets that it could not deliver
    streams       TCP segments in order, each byte once
    cutting       SIP messages out of a stream, and what is plain HTTP left out
    exported      Wireshark's exported PDUs, which `harness.seen.capture` writes
    captured      all of it: a file in, `Evidence` out
    texts         SIP messages out of a log or a pasted trace

Everything that a file makes this package keep is bounded, and no file can make it fail but by an EvidenceError.
"""

from harness.evidence.captured import read_capture
from harness.evidence.errors import Damaged, EvidenceError, NotACapture
from harness.evidence.seen import Broken, Evidence, Seen, Spot, placed_in
from harness.evidence.texts import read_text

__all__ = [
    "Broken",
    "Damaged",
    "Evidence",
    "EvidenceError",
    "NotACapture",
    "Seen",
    "Spot",
    "placed_in",
    "read_capture",
    "read_text",
]
