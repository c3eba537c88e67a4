from pathlib import Path

import pytest

from harness.load import files
from harness.load.files import FOR_OWNER, text_of, writable, write
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT


def left(file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    """Read what cannot be read: gives the exit code, and what is said."""
    with pytest.raises(SystemExit) as ended:
        text_of(file)
    return ended.value.code, capsys.readouterr().err


def test_what_stands_in_a_file_is_read(tmp_path: Path) -> None:
    """Also with the mark that spreadsheets put before UTF-8."""
    (tmp_path / "users.csv").write_bytes(b"\xef\xbb\xbfimpi\na\n")
    assert text_of(tmp_path / "users.csv").lstrip("\ufeff") == "impi\na\n"


def test_what_cannot_be_read_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file, one that is no text, one that is too large: which, and with what exit code."""
    monkeypatch.setattr(files, "LARGEST", 4)
    assert left(tmp_path / "none.csv", capsys)[0] == BAD_ENVIRONMENT
    (tmp_path / "latin.csv").write_bytes(b"\xe4")
    code, said = left(tmp_path / "latin.csv", capsys)
    assert (code, "latin.csv" in said) == (BAD_INPUT, True)
    (tmp_path / "large.csv").write_text("12345")
    code, said = left(tmp_path / "large.csv", capsys)
    assert (code, "large.csv has more than 4 bytes" in said) == (BAD_INPUT, True)


def test_a_file_is_written_whole_and_for_whom_it_is(tmp_path: Path) -> None:
    """What was there is replaced, and nothing is left beside it."""
    file = tmp_path / "users.csv"
    file.write_text("old")
    assert write(file, "new", FOR_OWNER) is None
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == FOR_OWNER
    assert [each.name for each in tmp_path.iterdir()] == ["users.csv"]


def test_where_nothing_can_be_written_a_sentence_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the load begins, or after it: then what was measured is not lost for it."""
    assert write(tmp_path, "text") == f"{tmp_path} cannot be written: it is a folder"
    said = write(tmp_path / "none" / "load.json", "text")
    assert said is not None
    assert said.startswith(f"{tmp_path / 'none' / 'load.json'} cannot be written: ")
    with pytest.raises(SystemExit) as ended:
        writable(tmp_path)
    assert ended.value.code == BAD_ENVIRONMENT
    assert "it is a folder" in capsys.readouterr().err


def test_to_see_whether_a_file_can_be_written_leaves_what_is_in_it(tmp_path: Path) -> None:
    """The load may be interrupted before there is anything else to be said."""
    file = tmp_path / "load.json"
    file.write_text("old")
    writable(file)
    assert file.read_text() == "old"
