import gzip
import os
from pathlib import Path
from threading import Thread

import pytest

from harness.consulting.errors import NotUsable
from harness.consulting.files import capture_of, content_of
from harness.consulting.opening import LARGEST, octets_of, opened, text_of, without_folders
from harness.evidence import Evidence
from tests.harness.evidence.wires import pcap, request, udp

CAPTURE = pcap([udp(request(1)), udp(request(2))])


def written(folder: Path, octets: bytes, name: str = "something") -> Path:
    """Give a file with these bytes."""
    file = folder / name
    file.write_bytes(octets)
    return file


@pytest.mark.parametrize("pieces", [1, 3, 1_000_000], ids=str)
def test_a_fifo_is_read_as_it_comes(tmp_path: Path, pieces: int) -> None:
    """Though it cannot go back to its beginning, and gives as few bytes as it likes."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)

    def write() -> None:
        with fifo.open("wb", buffering=0) as out:
            for at in range(0, len(CAPTURE), pieces):
                out.write(CAPTURE[at : at + pieces])

    writer = Thread(target=write)
    writer.start()
    found = content_of(fifo)
    writer.join()
    assert isinstance(found, Evidence)
    assert len(found.messages) == 2


def test_what_gzip_packed_is_unpacked(tmp_path: Path) -> None:
    """Captures and texts."""
    assert len(capture_of(written(tmp_path, gzip.compress(CAPTURE))).messages) == 2
    found = content_of(written(tmp_path, gzip.compress(request())))
    assert isinstance(found, Evidence)
    assert len(found.messages) == 1


def test_of_a_packed_capture_that_is_cut_off_the_beginning_is_read(tmp_path: Path) -> None:
    """As of one that is not packed."""
    packed = gzip.compress(CAPTURE, compresslevel=0)  # so that its bytes are where they were
    found = capture_of(written(tmp_path, packed[: len(packed) - 100]))
    assert "it cannot be unpacked any further" in found.remarks[0]


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (gzip.compress(b"hello " * 1_000)[:-20], "cannot be unpacked"),
        (b"\x1f\x8bhello", "cannot be unpacked"),
        (b"\x28\xb5\x2f\xfd....", "is packed by zstd"),
        (gzip.compress(bytes(LARGEST + 1)), "is too long"),
    ],
    ids=["cut off", "none", "another", "bomb"],
)
def test_what_cannot_be_unpacked_is_refused(tmp_path: Path, octets: bytes, why: str) -> None:
    """With what can be done about it."""
    with pytest.raises(NotUsable, match=why):
        octets_of(written(tmp_path, octets))


def test_a_text_is_utf_8(tmp_path: Path) -> None:
    """Or is refused."""
    assert text_of(written(tmp_path, "grüß dich".encode())) == "grüß dich"
    with pytest.raises(NotUsable, match="is no UTF-8 text"):
        text_of(written(tmp_path, b"\xff"))


def test_what_is_no_capture_may_have_a_bound_of_its_own(tmp_path: Path) -> None:
    """A key set is never as long as a log."""
    file = written(tmp_path, bytes((1 << 20) + 1))
    assert len(octets_of(file)) == (1 << 20) + 1
    with pytest.raises(NotUsable, match=r"is too long \(expected at most 1 MB\)"):
        octets_of(file, 1 << 20)


def test_a_folder_stands_for_the_captures_in_it(tmp_path: Path) -> None:
    """In the order of their names; nothing there is waited for."""
    for name, octets in (("b", CAPTURE), ("a", gzip.compress(CAPTURE)), ("c", b"text"), ("d", b"")):
        written(tmp_path, octets, name)
    os.mkfifo(tmp_path / "e")
    assert list(without_folders([tmp_path / "c", tmp_path])) == [tmp_path / name for name in ("c", "a", "b")]


@pytest.mark.parametrize(("names", "why"), [([], "there is no file"), (["one", "two"], "of 2 files none is")])
def test_a_folder_without_captures_is_refused(tmp_path: Path, names: list[str], why: str) -> None:
    """It says what is there."""
    for name in names:
        written(tmp_path, b"text", name)
    with pytest.raises(NotUsable, match=why):
        list(without_folders([tmp_path]))


def test_a_fault_of_reading_names_the_file(tmp_path: Path) -> None:
    """The system names none."""
    with pytest.raises(OSError, match="broken disk") as fault, opened(written(tmp_path, b"text")):
        raise OSError(5, "broken disk")
    assert fault.value.filename == str(tmp_path / "something")
