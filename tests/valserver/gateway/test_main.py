"""`python -m valserver.gateway`: a process of its own, with good ends and bad ones."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """\
domain: home.example
inner: {port: 0}
outer: {port: 0}
tls: {authority: CA}
server: {url: "https://127.0.0.33:8491", names: [val.home.example]}
partners: [{domain: partner.example, url: "https://127.0.1.82:8490", names: [gateway.partner.example]}]
"""


def command(folder: Path, text: str | None) -> list[str]:
    """Write a configuration, unless there is none, and say how to start with it."""
    config = folder / "gateway.yaml"
    if text is not None:
        config.write_text(text.replace("CA", str(folder / "ca")))
    return [sys.executable, "-m", "valserver.gateway", "--config", str(config)]


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """Says where, and ends well."""
    with subprocess.Popen(
        command(tmp_path, CONFIG), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert re.match(r"gateway is ready: inner=https://127\.0\.0\.81:\d+ outer=https://127\.0\.0\.82:\d+", line)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [("domian: x", 2, "did you mean domain?"), (None, 3, "cannot be read")],
)
def test_a_start_that_fails_says_why(tmp_path: Path, text: str | None, code: int, says: str) -> None:
    """2 for what is written, 3 for what is around."""
    done = subprocess.run(command(tmp_path, text), capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, says in done.stderr, "Traceback" in done.stderr) == (code, True, False)
