"""Programs that are not ours, and our own as real child processes: started, waited for, and ended."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")

SIPP_FILES = Path(__file__).parent.parent / "sipp"

PACKAGES = {
    "sipp": "sip-tester",
    "tshark": "tshark",
    "mergecap": "tshark",
    "chromium": "chromium",
    "certutil": "libnss3-tools",
    "sngrep": "sngrep",
}

PATIENCE = 60.0
"""Seconds after which a child process that says nothing counts as hung."""


def tool(name: str) -> str:
    """Give the path of a foreign program; without it the test is skipped, or fails where nothing may be skipped."""
    path = shutil.which(name)
    if path is None:
        missing = f"{name} is not installed (apt-get install {PACKAGES[name]})"
        if os.environ.get("VAL_NO_SKIP") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    return path


def sipp(scenario: str, to: str, source: str, keys: dict[str, str], folder: Path, *, transport: str = "u1") -> None:
    """Play a SIPp scenario once, from an address to `host:port`; what SIPp says of a failure is the failure's text."""
    arguments = [tool("sipp"), to, "-sf", str(SIPP_FILES / scenario), "-i", source, "-t", transport, "-m", "1"]
    arguments += ["-nostdin"]
    arguments += ["-timeout", "15s", "-timeout_error", "-trace_err", "-error_file", str(folder / "errors")]
    for name, value in keys.items():
        arguments += ["-key", name, value]
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    said = folder / "errors"
    assert done.returncode == 0, said.read_text() if said.exists() else done.stdout[-2000:]


def run_val(*arguments: str, typed: str | None = None) -> tuple[int, str]:
    """Run one command of `val` to its end; give its exit code and what it printed."""
    done = subprocess.run(
        [*VAL, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False, input=typed
    )
    return done.returncode, done.stdout + done.stderr


VAL = (sys.executable, "-m", "harness")


@contextmanager
def program(arguments: Sequence[str], ready: str, log: Path) -> Iterator[None]:
    """Run a command of `val` as a child process, from when it has written `ready` until the test is over."""
    with log.open("w") as out, subprocess.Popen([*VAL, *arguments], stdout=out, stderr=out) as child:
        try:
            wait_for(lambda: _is_ready(child, ready, log), ready)
            yield
        finally:
            child.terminate()


def wait_for(look: Callable[[], T | None], what: str) -> T:
    """Look again and again until there is something; an error when it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE} s"
        time.sleep(0.02)
    return found


def _is_ready(child: subprocess.Popen[bytes], ready: str, log: Path) -> bool | None:
    """Look for a line of the child's; a child that ends is told with what it wrote."""
    said = log.read_text()
    assert ready in said or child.poll() is None, said
    return ready in said or None
