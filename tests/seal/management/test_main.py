"""`python -m seal.cms` and `seal.gms`: processes of their own, with good ends and bad ones."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from valkit.tokens import SigningKey, jwks

CONFIG = """\
listen: {port: 0}
tls: {authority: CA}
access: {tokens: {issuer: https://idms.home.example, audience: seal, keys: KEYS}}
store: sqlite:///STORE
"""


@pytest.fixture(params=["cms", "gms"])
def program(request: pytest.FixtureRequest) -> str:
    """Name the one and the other."""
    return str(request.param)


def written(folder: Path, text: str = CONFIG) -> Path:
    """Write a configuration with everything in a folder."""
    for name in ("CA", "KEYS", "STORE"):
        text = text.replace(name, str(folder / name.lower()))
    (folder / "keys").write_text(jwks(SigningKey.generate("ES256")))
    (folder / "server.yaml").write_text(text)
    return folder / "server.yaml"


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, program: str) -> None:
    """Says where, and ends well."""
    command = [sys.executable, "-m", f"seal.{program}", "--config", str(written(tmp_path))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert re.match(rf"{program} is ready: {program}=https://127\.0\.0\.[67]:\d+", line)


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("{acces: {}}", 2, "did you mean access?"),
        (None, 3, "cannot be read"),
        (CONFIG.replace("authority: CA", "certificate: CA/x, key: CA/y"), 3, "tls"),
    ],
)
def test_a_start_that_fails_says_why(tmp_path: Path, program: str, text: str | None, code: int, says: str) -> None:
    """2 for what is written, 3 for what is around."""
    config = tmp_path / "none.yaml" if text is None else written(tmp_path, text)
    command = [sys.executable, "-m", f"seal.{program}", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, says in done.stderr, "Traceback" in done.stderr) == (code, True, False)
