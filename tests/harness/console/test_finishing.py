"""A piece of work that ends, fails or is interrupted, each in a process of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from valkit.exits import BAD_ENVIRONMENT, FAILED, INTERRUPTED, OK

PROGRAM = """
import signal
from twisted.internet.defer import Deferred
from harness.console.finishing import finish
signal.signal(signal.SIGINT, signal.default_int_handler)

async def main(reactor):
    {does}

finish(main)
"""


@pytest.mark.parametrize(("does", "code"), [("pass", OK), ("raise SystemExit(1)", FAILED), ("raise SystemExit(0)", OK)])
def test_what_ends_has_its_own_code(does: str, code: int) -> None:
    """Whether it says one or not."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(does=does)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (code, "")


def test_whoever_has_keys_of_tls_logged_is_warned(tmp_path: Path) -> None:
    """On standard error, so that what a command prints stays what it is; a file that cannot be ends it at once."""
    for file, code, sentence in (("keys", OK, "reads all that they carry"), ("none/keys", BAD_ENVIRONMENT, "Name an")):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM.format(does="print('done')")],
            env={**os.environ, "SSLKEYLOGFILE": str(tmp_path / file)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (code, "done\n" if code == OK else "")
        assert str(tmp_path / file) in done.stderr
        assert sentence in done.stderr


def test_what_is_interrupted_has_not_been_done() -> None:
    """130 and a word; `a && b` does not go on."""
    waits = "reactor.callWhenRunning(print, 'waiting', flush=True); await Deferred()"
    command = [sys.executable, "-c", PROGRAM.format(does=waits)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "waiting\n"
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=20)
    assert (child.returncode, said) == (INTERRUPTED, "Interrupted.\n")
