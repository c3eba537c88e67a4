"""A program started by `val`, as a user starts it."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def program(name: str, config: Path) -> Iterator[dict[str, str]]:
    """Run `val NAME --config CONFIG` until the block ends; gives where it listens, and checks its good end."""
    command = [sys.executable, "-m", "harness", name, "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        try:
            assert " is ready: " in line, line + child.communicate()[1]
            yield dict(re.findall(r"(\w+)=(\S+)", line))
        finally:
            child.send_signal(signal.SIGTERM)
            child.communicate()
    assert child.returncode == 0


def refused(name: str, config: Path) -> tuple[int, str]:
    """Run it where it cannot start; gives exit code and what it says."""
    command = [sys.executable, "-m", "harness", name, "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr
