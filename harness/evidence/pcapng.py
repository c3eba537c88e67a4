"""The newer capture file (draft-ietf-opsawg-pcapng): blocks in either byte order, several interfaces and sections.

Packets come in three kinds of blocks; blocks of other kinds (names, statistics, secrets of TLS) are passed over.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from attrs import define, field

from harness.evidence.errors import Damaged
from harness.evidence.frames import LARGEST, Frame, Source

SECTION = bytes.fromhex("0a0d0d0a")
"""The type of the block that a file begins with; it reads the same in both orders."""
INTERFACE, OBSOLETE, SIMPLE, ENHANCED = 1, 2, 3, 6
ORDERS = {bytes.fromhex("1a2b3c4d"): ">", bytes.fromhex("4d3c2b1a"): "<"}

LARGEST_BLOCK = 16_777_216
"""Bytes of one block, options included."""
MOST_INTERFACES = 65_536

COMMENT, RESOLUTION, OFFSET = 1, 9, 14
"""Options: opt_comment, if_tsresol, if_tsoffset."""


class Interface(NamedTuple):
    """Where frames were captured."""

    link: int
    snapshot: int
    """Bytes of a frame that are kept at most; 0: all."""
    ticks: float = 1e6
    """How many a second has."""
    offset: int = 0
    """Seconds to add to every time."""


@define
class Section:
    """What holds from one section header to the next."""

    order: str
    interfaces: list[Interface] = field(factory=list)


def frames(source: Source) -> Iterator[Frame]:
    """Give each frame of a file that begins with a section. Raises Damaged."""
    section: Section | None = None
    number = 0
    while (kind := source.begin(4, "a block's type")) is not None:
        begun = source.at - 4
        if kind == SECTION:
            section = _section(source)
            continue
        if section is None:
            raise Damaged(begun, "a block before any section")
        block = struct.unpack(f"{section.order}I", kind)[0]
        body = _body(source, section.order, begun)
        try:
            frame = READERS.get(block, _nothing)(section, body)
        except (struct.error, IndexError, OverflowError, ArithmeticError):
            raise Damaged(begun, f"a block of type {block} that is not laid out as one") from None
        if frame is not None:
            if len(frame.octets) > LARGEST:
                raise Damaged(begun, f"a frame of {len(frame.octets)} bytes (at most {LARGEST} can be)")
            number += 1
            yield frame._replace(number=number)


def _section(source: Source) -> Section:
    """Read the rest of a section header: its byte order is told behind its length."""
    begun = source.at - 4
    length, magic = source.take(4, "a section header"), source.take(4, "a section header")
    order = ORDERS.get(magic)
    if order is None:
        raise Damaged(begun, "a section whose byte order is not told")
    (size,) = struct.unpack(f"{order}I", length)
    _check_size(size, begun, 28)
    source.take(size - 16, "a section header")
    _check_end(source, order, size, begun)
    return Section(order)


def _body(source: Source, order: str, begun: int) -> bytes:
    """Read what is between the two lengths of a block."""
    (size,) = struct.unpack(f"{order}I", source.take(4, "a block's length"))
    _check_size(size, begun, 12)
    body = source.take(size - 12, f"the block that begins at byte {begun}")
    _check_end(source, order, size, begun)
    return body


def _check_end(source: Source, order: str, size: int, begun: int) -> None:
    (again,) = struct.unpack(f"{order}I", source.take(4, "a block's length"))
    if again != size:
        raise Damaged(begun, f"a block whose length is {size} at its beginning and {again} at its end")


def _check_size(size: int, begun: int, least: int) -> None:
    if size % 4 or not least <= size <= LARGEST_BLOCK:
        raise Damaged(begun, f"a block of {size} bytes")


def _interface(section: Section, body: bytes) -> None:
    link, _, snapshot = struct.unpack(f"{section.order}HHI", body[:8])
    options = _options(section.order, body[8:])
    ticks, offset = 1e6, 0
    if RESOLUTION in options:
        power = options[RESOLUTION][0]
        ticks = float(2 ** (power & 0x7F) if power & 0x80 else 10**power)
    if OFFSET in options:
        (offset,) = struct.unpack(f"{section.order}q", options[OFFSET])
    if len(section.interfaces) >= MOST_INTERFACES:
        raise IndexError
    section.interfaces.append(Interface(link, snapshot, ticks, offset))


def _enhanced(section: Section, body: bytes) -> Frame:
    at, high, low, kept, size = struct.unpack(f"{section.order}IIIII", body[:20])
    return _frame(section, at, (high << 32 | low, kept, size), body[20:])


def _obsolete(section: Section, body: bytes) -> Frame:
    at, _, high, low, kept, size = struct.unpack(f"{section.order}HHIIII", body[:20])
    return _frame(section, at, (high << 32 | low, kept, size), body[20:])


def _frame(section: Section, at: int, told: tuple[int, int, int], rest: bytes) -> Frame:
    ticks, kept, size = told
    interface = section.interfaces[at]
    if kept > len(rest):
        raise IndexError
    comment = _options(section.order, rest[kept + -kept % 4 :]).get(COMMENT, b"").decode("utf-8", "replace")
    when = ticks / interface.ticks + interface.offset
    return Frame(0, when, interface.link, rest[:kept], kept >= size, comment)


def _simple(section: Section, body: bytes) -> Frame:
    """Read a block that tells neither time nor interface: it is the first one's."""
    (size,) = struct.unpack(f"{section.order}I", body[:4])
    interface = section.interfaces[0]
    kept = min(size, interface.snapshot or size, len(body) - 4)
    return Frame(0, None, interface.link, body[4 : 4 + kept], kept >= size)


def _nothing(_section: Section, _body: bytes) -> None:
    """Pass over a block that holds no frame."""


READERS: Mapping[int, Callable[[Section, bytes], Frame | None]] = {
    INTERFACE: _interface,
    OBSOLETE: _obsolete,
    SIMPLE: _simple,
    ENHANCED: _enhanced,
}


def _options(order: str, rest: bytes) -> dict[int, bytes]:
    """Read the options at the end of a block, of several alike the first."""
    options: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(rest):
        code, size = struct.unpack_from(f"{order}HH", rest, at)
        if code == 0:
            break
        options.setdefault(code, rest[at + 4 : at + 4 + size])
        at += 4 + size + -size % 4
    return options
