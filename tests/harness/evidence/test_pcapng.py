import struct
from io import BytesIO

import pytest

from harness.evidence.errors import Damaged
from harness.evidence.frames import Frame, Source
from harness.evidence.pcapng import frames
from tests.harness.evidence.wires import AT, ETHERNET, RAW, block, enhanced, interface, pcapng, section


def read(octets: bytes) -> list[Frame]:
    """Read every frame of a file that is in memory."""
    return list(frames(Source(BytesIO(octets))))


@pytest.mark.parametrize("order", ["<", ">"])
def test_frames_come_with_number_time_and_link_type(order: str) -> None:
    """In either byte order; frames need not be multiples of 32 bits."""
    assert read(pcapng([b"one", b"four"], ETHERNET, order)) == [
        Frame(1, AT, ETHERNET, b"one"),
        Frame(2, AT + 1, ETHERNET, b"four"),
    ]


def test_each_section_has_its_own_order_and_interfaces() -> None:
    """As mergecap makes them; frames are counted through."""
    octets = pcapng([b"one"], ETHERNET, "<") + pcapng([b"two"], RAW, ">")
    assert [(frame.number, frame.link, frame.octets) for frame in read(octets)] == [
        (1, ETHERNET, b"one"),
        (2, RAW, b"two"),
    ]


@pytest.mark.parametrize(
    ("resolution", "ticks", "at"), [(9, 1_500_000_000, 1.5), (0x80 | 10, 1_536, 1.5), (3, 1_500, 1.5)]
)
def test_an_interface_says_how_its_times_are_told(resolution: int, ticks: int, at: float) -> None:
    """By a power of ten, or of two; and what is to be added."""
    options = ((9, bytes([resolution])), (14, struct.pack("<q", 100)))
    octets = section("<") + interface("<", RAW, *options) + enhanced("<", b"one", ticks)
    assert read(octets)[0].at == pytest.approx(100 + at)


def test_of_two_interfaces_each_frame_has_its_own() -> None:
    """One may be Ethernet and the other Linux cooked."""
    octets = section("<") + interface("<", RAW) + interface("<", ETHERNET) + enhanced("<", b"one", 0, 1)
    assert read(octets)[0].link == ETHERNET


def test_comments_are_kept() -> None:
    """`harness.seen.capture` says there what was lost."""
    octets = section("<") + interface("<", RAW) + enhanced("<", b"one", 0, 0, (1, b"lost"))
    assert read(octets)[0].comment == "lost"


def test_the_older_kinds_of_packets_are_read_too() -> None:
    """The obsolete Packet Block, and the Simple one that has no time; blocks that hold no packet are passed over."""
    old = block("<", 2, struct.pack("<HHIIII", 0, 0, 0, 2_000_000, 3, 3) + b"old")
    simple = block("<", 3, struct.pack("<I", 6) + b"simple")
    names = block("<", 4, b"names of hosts..")
    assert [(frame.at, frame.octets) for frame in read(section("<") + interface("<", RAW) + names + old + simple)] == [
        (2.0, b"old"),
        (None, b"simple"),
    ]


@pytest.mark.parametrize(
    ("octets", "place", "why"),
    [
        (section("<")[:-4] + bytes(4), 0, "length is 28 at its beginning and 0"),
        (section("<") + interface("<", RAW)[:10], 36, "ends in the block that begins at byte 28"),
        (section("<") + enhanced("<", b"one", 0), 28, "not laid out"),
        (section("<") + interface("<", RAW)[:-4] + bytes(4), 28, "length is 20 at its beginning and 0 at its end"),
        (section("<") + struct.pack("<II", 6, 7), 28, "a block of 7 bytes"),
        (section("<") + struct.pack("<II", 6, 0xFFFFFFF0), 28, "a block of 4294967280 bytes"),
        (struct.pack(">I", 0x0A0D0D0A) + struct.pack("<II", 28, 5), 0, "byte order"),
    ],
    ids=["section", "end", "no interface", "lengths", "odd", "huge", "order"],
)
def test_damage_is_told_with_its_place(octets: bytes, place: int, why: str) -> None:
    """And nothing is taken for a frame that is none."""
    with pytest.raises(Damaged, match=why) as fault:
        read(octets)
    assert fault.value.at == place


def test_a_packet_cannot_claim_more_than_its_block_holds() -> None:
    """Nor can options."""
    head = struct.pack("<IIIII", 0, 0, 0, 100, 100) + b"few."
    with pytest.raises(Damaged, match="type 6"):
        read(section("<") + interface("<", RAW) + block("<", 6, head))
