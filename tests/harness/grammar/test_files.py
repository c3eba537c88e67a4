from pathlib import Path

import pytest

from harness.grammar.files import as_written, document_of, text_of
from valkit.settings import SettingsError


def test_a_path_is_named_from_where_the_user_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If it lies below; else whole."""
    monkeypatch.chdir(tmp_path)
    assert as_written(tmp_path / "a" / "b.yaml") == "a/b.yaml"
    assert as_written(Path("/elsewhere/b.yaml")) == "/elsewhere/b.yaml"


@pytest.mark.parametrize(
    ("octets", "said"), [(b"a: 1\nb: \xff\n", "s:2:1: is not text"), (None, r"s:1:1: cannot be read \(Is a directory")]
)
def test_what_is_no_text_is_a_fault(tmp_path: Path, octets: bytes | None, said: str) -> None:
    """At its line, and no traceback."""
    path = tmp_path / "s.yaml"
    path.mkdir() if octets is None else path.write_bytes(octets)
    with pytest.raises(SettingsError, match=said):
        text_of(path, "s")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    """Some editors write one."""
    (tmp_path / "s.yaml").write_bytes(b"\xef\xbb\xbfa: 1")
    assert text_of(tmp_path / "s.yaml", "s") == "a: 1"


def test_a_file_is_read_anew_when_something_else_is_in_it(tmp_path: Path) -> None:
    """Else once, for however many scenarios."""
    path = tmp_path / "lab.yaml"
    path.write_text("a: 1")
    first = document_of(path)
    assert document_of(path) is first
    path.write_text("a: 2")
    assert (first.value, document_of(path).value) == ({"a": 1}, {"a": 2})


def test_a_second_document_is_a_fault(tmp_path: Path) -> None:
    """It is told where it begins."""
    path = tmp_path / "lab.yaml"
    path.write_text("a: 1\n---\nb: 1\n")
    with pytest.raises(SettingsError, match=r"lab.yaml:3:1: begins a second document"):
        document_of(path)
