"""Frames and capture files made by hand, of every kind that is read: what a test puts in, it knows."""

import struct
from collections.abc import Iterable, Sequence
from ipaddress import ip_address

from valkit.sip import Request
from valkit.trace import Message

ALICE, CORE = ("192.0.2.1", 5060), ("192.0.2.2", 5070)
ALICE_6, CORE_6 = ("2001:db8::1", 5060), ("2001:db8::2", 5070)

ETHERNET, RAW, COOKED, COOKED_2, NULL, LOOP, UPPER_PDU = 1, 101, 113, 276, 0, 108, 252

AT = 1_700_000_000.25


def request(cseq: int = 1, body: bytes = b"", method: str = "MESSAGE") -> bytes:
    """Make a request that is right."""
    fields = [
        ("Via", f"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{cseq}"),
        ("From", "<sip:alice@home.example>;tag=a"),
        ("To", "<sip:bob@home.example>"),
        ("Call-ID", "one"),
        ("CSeq", f"{cseq} {method}"),
        ("Max-Forwards", "70"),
    ]
    return bytes(Request.create(method, "sip:bob@home.example", fields, body, "text/plain" if body else None))


def udp(payload: bytes, source: tuple[str, int] = ALICE, target: tuple[str, int] = CORE) -> bytes:
    """Make a datagram in an IP packet."""
    return ip(17, struct.pack(">HHHH", source[1], target[1], 8 + len(payload), 0) + payload, source[0], target[0])


def tcp(
    payload: bytes,
    sequence: int,
    flags: int = 0x18,
    source: tuple[str, int] = ALICE,
    target: tuple[str, int] = CORE,
) -> bytes:
    """Make a segment in an IP packet."""
    head = struct.pack(">HHIIHHHH", source[1], target[1], sequence % 2**32, 0, 5 << 12 | flags, 65535, 0, 0)
    return ip(6, head + payload, source[0], target[0])


SYN, FIN, RST = 2, 1, 4


def ip(
    protocol: int, payload: bytes, source: str = ALICE[0], target: str = CORE[0], fragment: tuple[int, int] = (0, 0)
) -> bytes:
    """Make an IP packet of whichever version the addresses have; a fragment has identification, flags and offset."""
    ends = ip_address(source).packed + ip_address(target).packed
    if ":" in source:
        return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + ends + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), *fragment, 64, protocol, 0) + ends
    words = struct.unpack(">10H", head)
    total = sum(words)
    total = (total & 0xFFFF) + (total >> 16)
    return head[:10] + struct.pack(">H", ~(total + (total >> 16)) & 0xFFFF) + head[12:] + payload


def fragments(packet: bytes, size: int, identification: int = 7) -> list[bytes]:
    """Cut an IPv4 or IPv6 packet into fragments with so many bytes of payload each, a multiple of 8."""
    if packet[0] >> 4 == 6:
        source, target = (str(ip_address(packet[at : at + 16])) for at in (8, 24))
        pieces = _pieces(packet[40:], size)
        return [
            ip(44, struct.pack(">BBHI", packet[6], 0, at | more, identification) + piece, source, target)
            for at, more, piece in pieces
        ]
    source, target = (str(ip_address(packet[at : at + 4])) for at in (12, 16))
    return [
        ip(packet[9], piece, source, target, (identification, at // 8 | more << 13))
        for at, more, piece in _pieces(packet[20:], size)
    ]


def _pieces(payload: bytes, size: int) -> list[tuple[int, int, bytes]]:
    return [(at, int(at + size < len(payload)), payload[at : at + size]) for at in range(0, len(payload), size)]


def framed(packet: bytes, link: int, vlans: Sequence[int] = ()) -> bytes:
    """Put an IP packet into a frame of this link type."""
    kind = struct.pack(">H", 0x86DD if packet[0] >> 4 == 6 else 0x0800)
    match link:
        case 1:
            return bytes(12) + b"".join(struct.pack(">HH", 0x8100, vlan) for vlan in vlans) + kind + packet
        case 113:
            return bytes(14) + kind + packet
        case 276:
            return kind + bytes(18) + packet
        case 0:
            return struct.pack("<I", 2 if packet[0] >> 4 == 4 else 30) + packet
        case 108:
            return struct.pack(">I", 2 if packet[0] >> 4 == 4 else 24) + packet
    return packet


def pcap(
    frames: Iterable[bytes], link: int = RAW, order: str = "<", *, nano: bool = False, snapshot: int = 262_144
) -> bytes:
    """Make a classic capture file: the first frame at `AT`, each next one a second later."""
    magic, second = (0xA1B23C4D, 1_000_000_000) if nano else (0xA1B2C3D4, 1_000_000)
    records = [
        struct.pack(f"{order}IIII", int(AT) + number, int(AT % 1 * second), len(frame[:snapshot]), len(frame))
        + frame[:snapshot]
        for number, frame in enumerate(frames)
    ]
    return struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, snapshot, link) + b"".join(records)


def block(order: str, kind: int, body: bytes) -> bytes:
    """Make a block of a pcapng file."""
    size = struct.pack(f"{order}I", 12 + len(body) + -len(body) % 4)
    return struct.pack(f"{order}I", kind) + size + body + bytes(-len(body) % 4) + size


def section(order: str) -> bytes:
    """Make a section header."""
    return block(order, 0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(order: str, link: int, *options: tuple[int, bytes]) -> bytes:
    """Make an interface description."""
    return block(order, 1, struct.pack(f"{order}HHI", link, 0, 0) + written(order, *options))


def written(order: str, *options: tuple[int, bytes]) -> bytes:
    """Write options."""
    told = b"".join(
        struct.pack(f"{order}HH", code, len(value)) + value + bytes(-len(value) % 4) for code, value in options
    )
    return told + bytes(4) if told else b""


def enhanced(order: str, frame: bytes, ticks: int, at: int = 0, *options: tuple[int, bytes]) -> bytes:
    """Make an enhanced packet block."""
    head = struct.pack(f"{order}IIIII", at, ticks >> 32, ticks & 0xFFFFFFFF, len(frame), len(frame))
    return block(order, 6, head + frame + bytes(-len(frame) % 4) + written(order, *options))


def pcapng(frames: Iterable[bytes], link: int = RAW, order: str = "<") -> bytes:
    """Make a pcapng file of one section with one interface, times in microseconds."""
    blocks = [enhanced(order, frame, int((AT + number) * 1_000_000)) for number, frame in enumerate(frames)]
    return section(order) + interface(order, link) + b"".join(blocks)


def wired(messages: Iterable[Message]) -> bytes:
    """Make a capture of messages of a trace with all their secrets, each as a datagram at its own time."""
    blocks = [
        enhanced("<", udp(bytes(each.message), each.source[1:], each.target[1:]), round(each.at * 1_000_000))
        for each in messages
        if each.fate != "lost"
    ]
    return section("<") + interface("<", RAW) + b"".join(blocks)
