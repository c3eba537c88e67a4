"""Files that an operator names, and what is none."""

import os
from pathlib import Path

import pytest

from valkit.net import files


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    """As bytes and as text."""
    (tmp_path / "f").write_text("schlüssel")
    assert files.content(tmp_path / "f") == "schlüssel".encode()
    assert files.text(tmp_path / "f") == "schlüssel"


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    """By the error that says where."""
    (tmp_path / "f").write_bytes(b"\xff")
    with pytest.raises(UnicodeDecodeError):
        files.text(tmp_path / "f")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody may ever write into it."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(files.NoFile, match="no regular file"):
        files.content(tmp_path / "pipe")


@pytest.mark.parametrize("path", ["/dev/zero", "/"])
def test_neither_a_device_nor_a_folder_is_a_file(path: str) -> None:
    """A device may never end."""
    with pytest.raises(OSError, match=r"no regular file|directory"):
        files.content(Path(path))


def test_a_file_is_told_from_another_at_its_path(tmp_path: Path) -> None:
    """And from none."""
    path = tmp_path / "f"
    assert files.identity(path) is None
    path.touch()
    first = files.identity(path)
    aside = path.rename(tmp_path / "aside")
    path.touch()
    assert files.identity(path) not in {first, None}
    assert files.identity(aside) == first


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """It was named by mistake."""
    (tmp_path / "f").write_bytes(b"x" * (files.LARGEST + 1))
    with pytest.raises(files.NoFile, match="more than"):
        files.content(tmp_path / "f")


def test_a_relative_path_is_told_with_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the working directory, whichever file says so; an absolute one says it all."""
    monkeypatch.chdir(tmp_path)
    assert (
        files.tried(Path("keys/jwks.json")) == f"keys/jwks.json (in the working directory: {tmp_path}/keys/jwks.json)"
    )
    assert files.tried(tmp_path / "jwks.json") == f"{tmp_path}/jwks.json"


def test_why_a_file_is_of_no_use_is_told_without_its_name(tmp_path: Path) -> None:
    """As the system says it, or whoever read it."""
    with pytest.raises(FileNotFoundError) as missing:
        files.content(tmp_path / "f")
    assert files.why(missing.value) == "No such file or directory"
    assert files.why(ValueError("no certificate in PEM")) == "no certificate in PEM"
