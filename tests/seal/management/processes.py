"""`python -m seal.cms` and `seal.gms` as processes of their own, with good ends and bad ones: the same for both."""

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


def written(folder: Path, text: str = CONFIG) -> Path:
    """Write a configuration with everything in a folder."""
    for name in ("CA", "KEYS", "STORE"):
        text = text.replace(name, str(folder / name.lower()))
    (folder / "keys").write_text(jwks(SigningKey.generate("ES256")))
    (folder / "server.yaml").write_text(text)
    return folder / "server.yaml"


def served(tmp_path: Path, program: str) -> str:
    """Start it and tell it to stop, which it does; gives the line that says where it is."""
    command = [sys.executable, "-m", f"seal.{program}", "--config", str(written(tmp_path))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    return line


FAULTS = pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("{acces: {}}", 2, "did you mean access?"),
        (None, 3, "cannot be read"),
        (CONFIG.replace("authority: CA", "certificate: CA/x, key: CA/y"), 3, "tls"),
    ],
)
"""Files with which it does not start: 2 for what is written, 3 for what is around."""


def refused(tmp_path: Path, program: str, text: str | None) -> tuple[int, str]:
    """Start it with such a file, or with none; gives how it ends, and what it says."""
    config = tmp_path / "none.yaml" if text is None else written(tmp_path, text)
    command = [sys.executable, "-m", f"seal.{program}", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stderr
