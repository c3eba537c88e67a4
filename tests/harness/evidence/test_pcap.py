from io import BytesIO

import pytest

from harness.evidence.errors import Damaged
from harness.evidence.frames import Frame, Source
from harness.evidence.pcap import frames
from tests.harness.evidence.wires import AT, ETHERNET, RAW, pcap


def read(octets: bytes) -> list[Frame]:
    """Read every frame of a file that is in memory."""
    return list(frames(Source(BytesIO(octets))))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nano", [False, True])
def test_frames_come_with_number_time_and_link_type(order: str, *, nano: bool) -> None:
    """In either byte order, in micro- or nanoseconds."""
    assert read(pcap([b"one", b"two"], ETHERNET, order, nano=nano)) == [
        Frame(1, AT, ETHERNET, b"one"),
        Frame(2, AT + 1, ETHERNET, b"two"),
    ]


def test_what_stands_above_the_link_type_is_no_part_of_it() -> None:
    """The upper bits say whether frames end with a checksum."""
    octets = bytearray(pcap([b"one"], RAW))
    octets[23] = 0x50
    assert read(bytes(octets))[0].link == RAW


def test_a_frame_that_was_cut_says_so() -> None:
    """The capture had a snapshot length."""
    octets = bytearray(pcap([b"one"]))
    octets[36] = 9
    assert not read(bytes(octets))[0].whole


@pytest.mark.parametrize(("size", "place", "what"), [(10, 4, "file header"), (30, 24, "frame's"), (42, 40, "frame 1")])
def test_a_file_that_ends_too_soon_is_told_with_the_place(size: int, place: int, what: str) -> None:
    """The byte at which the unfinished thing begins."""
    with pytest.raises(Damaged, match=what) as fault:
        read(pcap([b"one", b"two"])[:size])
    assert fault.value.at == place


def test_a_frame_larger_than_any_is_damage() -> None:
    """A length that was hit by something else must not make us read the rest of the file as one frame."""
    octets = bytearray(pcap([b"one"]))
    octets[32:36] = b"\xff\xff\xff\x7f"
    with pytest.raises(Damaged, match="2147483647 bytes") as fault:
        read(bytes(octets))
    assert fault.value.at == 24
