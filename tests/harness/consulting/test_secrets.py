import io
from pathlib import Path

import pytest

from harness.consulting.errors import NotUsable
from harness.consulting.secrets import octets, secret


def test_a_secret_comes_in_four_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is, from a file, from standard input, or asked for."""
    file = tmp_path / "k.txt"
    file.write_text("from a file\nand more\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("from standard input\n"))
    assert secret("as it is", "k") == "as it is"
    assert secret(f"@{file}", "k") == "from a file"
    assert secret("-", "k") == "from standard input"
    assert secret("?", "k", lambda prompt: f" typed at {prompt}") == "typed at k:"


def test_an_empty_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is asked may go away, too."""
    (tmp_path / "k.txt").write_text("\n")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(NotUsable, match="nothing in its first line"):
        secret(f"@{tmp_path / 'k.txt'}", "k")
    with pytest.raises(NotUsable, match="standard input has nothing"):
        secret("-", "k")

    def gone(_: str) -> str:
        raise EOFError

    with pytest.raises(NotUsable, match="was not answered"):
        secret("?", "k", gone)


@pytest.mark.parametrize("text", ["00ff", "0x00FF", "00 ff", "00:FF", "00-ff"])
def test_hexadecimal_digits_are_read_as_people_write_them(text: str) -> None:
    """In either case."""
    assert octets(text, "k", 2) == b"\x00\xff"


@pytest.mark.parametrize(("text", "why"), [("5ec4e7x", "is not hexadecimal"), ("5ec4e7", "has 6 hexadecimal digits")])
def test_a_wrong_one_is_refused_and_not_shown(text: str, why: str) -> None:
    """With what was expected."""
    with pytest.raises(NotUsable, match=why) as fault:
        octets(text, "k", 16)
    assert "expected 32 digits" in str(fault.value)
    assert "5ec4" not in str(fault.value)
