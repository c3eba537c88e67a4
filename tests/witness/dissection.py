"""tshark as a judge of messages: what was sent goes into a pcap, and what tshark finds wrong comes out."""

import struct
import subprocess
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path

from attrs import frozen

from tests.witness.foreign import tool
from valkit.sip.hop import Hop

MAGIC, LINKTYPE_RAW = 0xA1B2C3D4, 101

FIELDS = (
    "_ws.malformed",
    "_ws.expert.message",
    "sip.Method",
    "sip.Status-Code",
    "sip.Call-ID",
    "sip.CSeq.seq",
    "sip.from.addr",
    "sip.to.addr",
)

XML = (
    "media_type==application/vnd.val.val-info+xml,xml",
    "media_type==application/poc-settings+xml,xml",
)
DECODE_AS = ("udp.port==0-65535,sip", *XML)


@frozen
class Packet:
    """A SIP message on its way, as a datagram."""

    source: Hop
    target: Hop
    message: bytes


@frozen
class Seen:
    """What stands in one message; of a message enclosed in it, nothing."""

    start: str
    """Method or status."""
    call_id: str
    cseq: int
    from_: str
    to: str


@frozen
class Dissected:
    """What tshark makes of one packet."""

    seen: Seen
    complaint: str
    """Malformed packets and expert information, of any severity."""


def write(packets: Iterable[Packet], path: Path) -> None:
    """Write a pcap of raw IPv4 packets (the libpcap file format); messages that went over TCP are put in datagrams."""
    records = [_datagram(packet) for packet in packets]
    head = struct.pack("<IHHiIII", MAGIC, 2, 4, 0, 0, 65535, LINKTYPE_RAW)
    path.write_bytes(head + b"".join(struct.pack("<IIII", at, 0, len(r), len(r)) + r for at, r in enumerate(records)))


def dissect(path: Path) -> list[Dissected]:
    """Let tshark read a pcap, every port being SIP and our own media types being XML."""
    arguments = [tool("tshark"), "-r", str(path), "-T", "fields", "-E", "separator=|"]
    arguments += [word for rule in DECODE_AS for word in ("-d", rule)]
    arguments += [word for field in FIELDS for word in ("-e", field)]
    said = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True).stdout
    return [_dissected(*line.split("|")) for line in said.splitlines()]


def _dissected(malformed: str, expert: str, method: str, status: str, *fields: str) -> Dissected:
    call_id, cseq, from_, to = (values.split(",")[0] for values in fields)
    return Dissected(Seen((method or status).split(",")[0], call_id, int(cseq), from_, to), malformed + expert)


def _datagram(packet: Packet) -> bytes:
    """Wrap a message into UDP and IPv4; a UDP checksum of zero means none (RFC 768)."""
    length = 8 + len(packet.message)
    udp = struct.pack(">HHHH", packet.source.port, packet.target.port, length, 0) + packet.message
    ends = ip_address(packet.source.host).packed + ip_address(packet.target.host).packed
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + length, 0, 0x4000, 64, 17, 0) + ends
    return head[:10] + struct.pack(">H", _checksum(head)) + head[12:] + udp


def _checksum(head: bytes) -> int:
    """Sum the IPv4 header up (RFC 791 3.1)."""
    words: tuple[int, ...] = struct.unpack(f">{len(head) // 2}H", head)
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
