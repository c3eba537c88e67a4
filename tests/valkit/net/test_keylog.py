"""The key log: which lines it has, who may read it, and what is said where there can be none."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from twisted.logger import globalLogPublisher

from tests.valkit.net.test_tls import ask, tls
from valkit.net import keylog
from valkit.net.keylog import VARIABLE, UnusableKeyLog, begin

LINE = re.compile(r"(?:CLIENT|SERVER)_(?:HANDSHAKE_)?TRAFFIC_SECRET(?:_0)? [0-9a-f]{64} [0-9a-f]{96}")


@pytest.fixture(autouse=True)
def nobody_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without one, and leave the environment as it was."""
    monkeypatch.setenv(VARIABLE, "")


async def test_both_ends_log_what_decrypts_their_connection(tmp_path: Path) -> None:
    """Four secrets of TLS 1.3 from each end, the same from both; the file is for its owner alone."""
    file = tmp_path / "keys"
    assert str(file) in begin(file)
    await ask(tls(), tls())
    lines = [line for line in file.read_text().splitlines() if not line.startswith("EXPORTER")]
    assert all(map(LINE.fullmatch, lines))
    assert len(lines) == 8
    assert len(set(lines)) == 4
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_nothing_is_logged_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """No context even has a callback, and nobody is warned."""
    monkeypatch.setattr(keylog, "_logger", lambda path: pytest.fail(f"{path} would be written"))
    assert begin() == ""
    await ask(tls(), tls())


def test_a_file_of_the_environment_is_found_from_wherever_a_child_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is relative is so to where it was said; what is there already stays."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, "keys")
    Path("keys").write_text("before\n")
    assert str(tmp_path / "keys") in begin()
    assert os.environ[VARIABLE] == str(tmp_path / "keys")
    assert Path("keys").read_text() == "before\n"


@pytest.mark.parametrize("file", [".", "none/keys", "pipe"])
def test_where_nothing_can_be_appended_is_said_at_once(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder, a file in no folder, a pipe that nobody reads: the sentence names it and what to do."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with pytest.raises(UnusableKeyLog, match=re.escape(str(Path(file).absolute()))) as caught:
        begin(Path(file))
    assert "Name another file by SSLKEYLOGFILE or --tls-keys" in str(caught.value)
    assert os.environ[VARIABLE] == ""


async def test_a_log_that_fails_later_breaks_no_connection(tmp_path: Path) -> None:
    """What is missing in it is said, without a word of a secret."""
    (folder := tmp_path / "folder").mkdir()
    begin(folder / "keys")
    (folder / "keys").unlink()
    folder.rmdir()
    heard: Any = []
    globalLogPublisher.addObserver(heard.append)
    try:
        assert (await ask(tls(), tls())).status == 200
    finally:
        globalLogPublisher.removeObserver(heard.append)
    said = [event for event in heard if event["log_namespace"] == keylog.__name__]
    assert said
    assert all(set(event["log_format"].split()) >= {"{path}:", "{why}"} and "line" not in event for event in said)


def test_processes_append_whole_lines(tmp_path: Path) -> None:
    """However many write at once."""
    file = tmp_path / "keys"
    write = f"from pathlib import Path; from valkit.net.keylog import _logger; log = _logger(Path({str(file)!r}))\n"
    write += "for number in range(500): log(None, b'x' * 200)"
    children = [subprocess.Popen([sys.executable, "-c", write]) for _ in range(2)]
    assert [child.wait() for child in children] == [0, 0]
    assert file.read_text() == ("x" * 200 + "\n") * 1000
