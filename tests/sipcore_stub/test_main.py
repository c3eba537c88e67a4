"""The core as a process of its own."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.vectors.milenage import FULL

SETTINGS = f"""
domain: home.example
pcscf: {{listen: ["udp:127.0.0.1:0"]}}
icscf: {{listen: ["udp:127.0.0.1:0"]}}
scscf: {{listen: ["udp:127.0.0.1:PORT"]}}
subscribers:
  - {{impi: a@home.example, k: {FULL[0].k}, opc: {FULL[0].opc}, impus: [sip:a@home.example]}}
"""


@contextmanager
def core(folder: Path, text: str) -> Iterator[subprocess.Popen[str]]:
    """Run a core with these settings."""
    config = folder / "core.yaml"
    config.write_text(text)
    command = [sys.executable, "-m", "sipcore_stub", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_says_where_it_is_reached_and_stops_when_told(tmp_path: Path) -> None:
    """Three addresses, one for each element; SIGTERM ends it in order."""
    with core(tmp_path, SETTINGS.replace("PORT", "0")) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert re.fullmatch(r"core is ready: pcscf=udp:127\S+ icscf=udp:127\S+ scscf=udp:127\S+\n", line)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
        assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        (SETTINGS.replace("domain", "domian"), 2, "did you mean domain?"),
        (SETTINGS.replace("127.0.0.1:PORT", "192.0.2.1:5060"), 3, "Choose another address"),
    ],
    ids=("wrong settings", "an address of somebody else"),
)
def test_what_keeps_it_from_starting(tmp_path: Path, text: str, code: int, sentence: str) -> None:
    """2 the input is wrong, 3 the environment is, each with a sentence and no traceback."""
    with core(tmp_path, text.replace("PORT", "0")) as process:
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, sentence in errors) == (code, True), errors
        assert "Traceback" not in errors


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """3, and its name."""
    command = [sys.executable, "-m", "sipcore_stub", "--config", str(tmp_path / "none.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, "none.yaml cannot be read" in done.stderr) == (3, True)
