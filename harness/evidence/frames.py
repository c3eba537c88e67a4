"""The frames of a capture file, whichever of the two formats it has."""

from collections.abc import Iterator
from gzip import BadGzipFile
from itertools import islice
from typing import BinaryIO, NamedTuple
from zlib import error as ZlibError  # noqa: N812 - zlib's name for its exception is that of a variable

from harness.evidence.errors import Damaged

LARGEST = 262_144
"""Bytes of one frame: what libpcap takes at most (MAXIMUM_SNAPLEN). A larger number is damage, not a frame."""
MOST = 10_000_000
"""Frames of one capture; what comes later is not read."""


class Frame(NamedTuple):
    """One frame as it was captured."""

    number: int
    """As Wireshark counts: the first is 1."""
    at: float | None
    """Epoch seconds; None where the file does not say."""
    link: int
    """Link type (the list of tcpdump.org)."""
    octets: bytes
    whole: bool = True
    """Whether all of it was kept; else the capture has a snapshot length."""
    comment: str = ""


class Source:
    """A file read from its beginning to its end, which knows where it is."""

    def __init__(self, file: BinaryIO, begun: bytes = b"") -> None:
        self._file = file
        self._begun = begun
        self.at = 0

    def take(self, size: int, what: str) -> bytes:
        """Read so many bytes. Raises Damaged if the file has no more."""
        octets = self._read(size)
        if len(octets) < size:
            raise Damaged(self.at, f"the file ends in {what}, after {len(octets)} of {size} bytes")
        self.at += size
        return octets

    def begin(self, size: int, what: str) -> bytes | None:
        """Read so many bytes where something may begin; None where the file ends as it should."""
        octets = self._read(size)
        if octets and len(octets) < size:
            raise Damaged(self.at, f"the file ends in {what}, after {len(octets)} of {size} bytes")
        self.at += len(octets)
        return octets or None

    def _read(self, size: int) -> bytes:
        taken, self._begun = self._begun[:size], self._begun[size:]
        if len(taken) == size:
            return taken
        try:
            return taken + self._file.read(size - len(taken))
        except (EOFError, ZlibError, BadGzipFile) as error:
            raise Damaged(self.at, f"it cannot be unpacked any further ({error})") from None


def whole_frames(frames: Iterator[Frame], damage: list[str]) -> Iterator[Frame]:
    """Give the frames up to damage, if there is any, and at most `MOST`; what ends them goes into `damage`."""
    try:
        yield from islice(frames, MOST)
        if next(frames, None) is not None:
            damage.append(f"What comes after the first {MOST} frames was not read.")
    except Damaged as error:
        damage.append(f"What comes later could not be read, since the file is {error}.")
