"""IPv4 (RFC 791) and IPv6 (RFC 8200) packets, whose fragments are put together again, and what is in them.

Checksums are not looked at: captures are full of packets whose checksum the network card was to compute later.
"""

import struct
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from attrs import define, field

TCP, UDP = 6, 17
FRAGMENT = 44
OPTIONS = frozenset({0, 43, 60, 135})
"""IPv6 extension headers that tell their length in units of 8 bytes, less one (RFC 8200 4)."""
AUTHENTICATION = 51

LARGEST = 65_535
"""Bytes of a packet put together."""
MOST = 256
"""Packets of which fragments are awaited; beyond these the oldest is given up."""
MOST_PIECES = 64
MOST_BYTES = 16 << 20
"""Of all fragments that wait for others."""

Key = tuple[str, str, int, int]


class Packet(NamedTuple):
    """What an IP packet carries; perhaps a fragment of it."""

    source: str
    target: str
    protocol: int
    payload: bytes
    identification: int = 0
    offset: int = 0
    """Where in the whole it stands, in bytes."""
    more: bool = False
    """Whether there are later fragments."""
    whole: bool = True
    """Whether all that its header announces is here; else the capture has a snapshot length."""


class Datagram(NamedTuple):
    """A UDP datagram (RFC 768)."""

    source: tuple[str, int]
    target: tuple[str, int]
    payload: bytes
    whole: bool
    """Whether all that its header announces is here."""


class Segment(NamedTuple):
    """A TCP segment (RFC 9293 3.1)."""

    source: tuple[str, int]
    target: tuple[str, int]
    sequence: int
    begins: bool
    """SYN."""
    ends: bool
    """FIN or RST."""
    payload: bytes

    @property
    def at(self) -> int:
        """The number of its first byte; SYN has one of its own before it."""
        return (self.sequence + self.begins) % (1 << 32)


def packet(octets: bytes, *, whole: bool = True) -> Packet | None:
    """Read an IP packet; None if it is none, or is cut off within its headers.

    One whose header leaves its length open is as whole as its frame.
    """
    version = octets[0] >> 4 if octets else 0
    found = _ipv4(octets) if version == 4 else _ipv6(octets) if version == 6 else None
    if found is None:
        return None
    length = _length(octets)
    return found._replace(whole=len(octets) >= length if length else whole)


def _length(octets: bytes) -> int:
    """Give the length that a packet's header tells; 0 where the network card was to cut it up."""
    if octets[0] >> 4 == 4:
        return int.from_bytes(octets[2:4])
    size = int.from_bytes(octets[4:6])
    return 40 + size if size else 0


def _ipv4(octets: bytes) -> Packet | None:
    head = (octets[0] & 15) * 4
    if len(octets) < max(head, 20) or head < 20:
        return None
    identification, flags = struct.unpack(">HH", octets[4:8])
    source, target = str(IPv4Address(octets[12:16])), str(IPv4Address(octets[16:20]))
    payload = octets[head : _length(octets) or None]
    return Packet(source, target, octets[9], payload, identification, (flags & 0x1FFF) * 8, bool(flags & 0x2000))


def _ipv6(octets: bytes) -> Packet | None:
    if len(octets) < 40:
        return None
    source, target = str(IPv6Address(octets[8:24])), str(IPv6Address(octets[24:40]))
    return _behind(Packet(source, target, octets[6], octets[40 : _length(octets) or None]))


def _behind(found: Packet) -> Packet | None:
    """Pass over extension headers, each of which names the next."""
    kind, rest = found.protocol, found.payload
    while kind in OPTIONS or kind in {AUTHENTICATION, FRAGMENT}:
        if len(rest) < 8:
            return None
        if kind == FRAGMENT:
            place, identification = struct.unpack(">HI", rest[2:8])
            found = found._replace(identification=identification, offset=place & 0xFFF8, more=bool(place & 1))
            size = 8
        else:
            size = (rest[1] + 2) * 4 if kind == AUTHENTICATION else (rest[1] + 1) * 8
        kind, rest = rest[0], rest[size:]
        if found.offset:
            break  # what follows is the middle of something
    return found._replace(protocol=kind, payload=rest)


@define
class _Pieces:
    """What has come of one packet."""

    parts: dict[int, bytes] = field(factory=dict)
    size: int | None = None
    """Known when the last piece has come."""
    held: int = 0
    """Bytes of all parts."""

    def take(self, part: Packet) -> None:
        """Keep a piece; of two for one place the first."""
        if part.offset not in self.parts:
            self.parts[part.offset] = part.payload
            self.held += len(part.payload)
        if not part.more:
            self.size = part.offset + len(part.payload)

    def whole(self) -> bytes | None:
        """Put it together, if all of it is here."""
        if self.size is None:
            return None
        octets = b""
        for at in sorted(self.parts):
            if at > len(octets):
                return None
            octets += self.parts[at][len(octets) - at :]
        return octets[: self.size] if len(octets) >= self.size else None


@define
class Fragments:
    """Packets that came in pieces."""

    _waiting: dict[Key, _Pieces] = field(factory=dict)
    _held: int = 0
    given_up: int = 0
    """How many packets were let go, so that memory stays bounded."""

    def whole(self, part: Packet) -> Packet | None:
        """Give the packet when its last piece has come; None until then."""
        if not part.more and not part.offset:
            return part
        key = part.source, part.target, part.protocol, part.identification
        pieces = self._waiting.setdefault(key, _Pieces())
        if part.offset + len(part.payload) > LARGEST or len(pieces.parts) >= MOST_PIECES:
            self._give_up(key)
            return None
        self._held -= pieces.held
        pieces.take(part)
        self._held += pieces.held
        octets = pieces.whole()
        if octets is None:
            self._make_room()
            return None
        self._let_go(key)
        return part._replace(payload=octets, offset=0, more=False)

    @property
    def missing(self) -> int:
        """How many packets lack a fragment at the end."""
        return len(self._waiting) + self.given_up

    def _make_room(self) -> None:
        while len(self._waiting) > MOST or self._held > MOST_BYTES:
            self._give_up(next(iter(self._waiting)))

    def _give_up(self, key: Key) -> None:
        self._let_go(key)
        self.given_up += 1

    def _let_go(self, key: Key) -> None:
        self._held -= self._waiting.pop(key).held


def datagram(found: Packet) -> Datagram | None:
    """Read a UDP datagram; None if it is cut off within its header."""
    if len(found.payload) < 8:
        return None
    source, target, size, _ = struct.unpack(">HHHH", found.payload[:8])
    payload = found.payload[8 : size or None]
    return Datagram((found.source, source), (found.target, target), payload, 8 + len(payload) >= size)


def segment(found: Packet) -> Segment | None:
    """Read a TCP segment; None if it is cut off within its header."""
    octets = found.payload
    if len(octets) < 20:
        return None
    source, target, sequence, _, bits = struct.unpack(">HHIIH", octets[:14])
    head = (bits >> 12) * 4
    if head < 20:
        return None
    ends = (found.source, source), (found.target, target)
    return Segment(*ends, sequence, bool(bits & 2), bool(bits & 5), octets[head:])
