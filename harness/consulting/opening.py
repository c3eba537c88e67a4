"""A file opened from its beginning on, whatever it is: on a disk, standard input, a FIFO, or packed by gzip.

A folder stands for the captures in it.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from gzip import BadGzipFile, GzipFile
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from zlib import error as ZlibError  # noqa: N812 - zlib's name for its exception is that of a variable

from attrs import frozen

from harness.consulting.errors import NotUsable
from harness.evidence.pcap import KINDS
from harness.evidence.pcapng import SECTION

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STDIN = "-"
LARGEST = 64 << 20
"""Bytes of a text, settings, report, key set or token that are read; captures may be of any size."""

GZIP = b"\x1f\x8b"
PACKED = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zX": "xz",
    b"BZh": "bzip2",
    b"\x04\x22\x4d\x18": "lz4",
    b"PK\x03\x04": "zip",
}
"""What is told of files that other programs packed, by how they begin."""


@frozen
class Opened:
    """A file that is open."""

    name: str
    begin: bytes
    """Its first four bytes, or as many as it has."""
    file: BinaryIO
    """All of it, those bytes as well."""

    @property
    def is_capture(self) -> bool:
        """Whether it begins as captures do."""
        return self.begin in KINDS or self.begin == SECTION

    def octets(self, most: int = LARGEST) -> bytes:
        """Read all of it. Raises NotUsable if that is too much, or is packed and broken."""
        try:
            octets = self.file.read(most + 1)
        except (EOFError, ZlibError, BadGzipFile) as error:
            raise NotUsable(f"{self.name} cannot be unpacked ({error})") from None
        if len(octets) > most:
            other = "a capture, or " if most == LARGEST else ""
            raise NotUsable(f"{self.name} is too long (expected {other}at most {most >> 20} MB)")
        return octets


class _Whole(RawIOBase):
    """A stream from its beginning on, of which some was read already: pipes cannot go back."""

    def __init__(self, begin: bytes, rest: BinaryIO) -> None:
        self._begin, self._rest = begin, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        room = memoryview(buffer)
        octets, self._begin = self._begin[: len(room)], self._begin[len(room) :]
        octets = octets or self._rest.read(len(room))
        room[: len(octets)] = octets
        return len(octets)


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open a file, unpacked if it is packed by gzip; `-` is standard input. Raises NotUsable, OSError."""
    if str(path) == STDIN:
        yield _unpacked(sys.stdin.buffer, "standard input")
        return
    with path.open("rb") as file:
        try:
            yield _unpacked(file, str(path))
        except OSError as error:
            error.filename = error.filename or str(path)  # reading names no file
            raise


def _unpacked(file: BinaryIO, name: str) -> Opened:
    begin, whole = _begun(file)
    packer = next((packer for magic, packer in PACKED.items() if begin.startswith(magic)), None)
    if packer is not None:
        raise NotUsable(f"{name} is packed by {packer} (unpack it, or pack it by gzip)")
    if begin.startswith(GZIP):
        try:
            begin, whole = _begun(GzipFile(fileobj=whole))  # type: ignore[arg-type]  # it reads, as BinaryIO does
        except (EOFError, ZlibError, BadGzipFile) as error:
            raise NotUsable(f"{name} cannot be unpacked ({error})") from None
    return Opened(name, begin, whole)


def _begun(file: BinaryIO) -> tuple[bytes, BinaryIO]:
    begin = file.read(4)
    return begin, BufferedReader(_Whole(begin, file))


def octets_of(path: Path, most: int = LARGEST) -> bytes:
    """Read a file that is no capture. Raises NotUsable if it is too long, OSError."""
    with opened(path) as found:
        return found.octets(most)


def text_of(path: Path, most: int = LARGEST) -> str:
    """Read a text. Raises NotUsable if it is too long or none, OSError."""
    try:
        return octets_of(path, most).decode()
    except UnicodeDecodeError:
        raise NotUsable(f"{path} is no UTF-8 text") from None


def without_folders(paths: Iterable[Path]) -> Iterator[Path]:
    """Give files as they are, and in place of a folder the captures in it. Raises NotUsable, OSError."""
    for path in paths:
        if path.is_dir():
            yield from _captures_in(path)
        else:
            yield path


def _captures_in(folder: Path) -> Iterator[Path]:
    files = sorted(each for each in folder.iterdir() if each.is_file())
    captures = [each for each in files if _is_capture(each)]
    if not captures:
        others = f"of {len(files)} files none is pcap or pcapng" if files else "there is no file"
        raise NotUsable(f"{folder} has no capture in it ({others}; folders within it are not looked into)")
    yield from captures


def _is_capture(path: Path) -> bool:
    try:
        with opened(path) as found:
            return found.is_capture
    except (NotUsable, OSError):  # whatever else lies there
        return False
