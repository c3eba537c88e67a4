"""`val` interrupted while it is still being imported, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.__main__ import INTERRUPTED
from valkit import exits

INTERRUPTING = "import signal; signal.raise_signal(signal.SIGINT)"


def interrupted_in(module: str, folder: Path, *command: str) -> tuple[int, str]:
    """Run a command with a module in front of the real one, in whose import Ctrl-C comes."""
    path = folder.joinpath(*module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(INTERRUPTING)
    around = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=around, timeout=60)
    return done.returncode, done.stderr


@pytest.mark.parametrize("module", ["typer", "twisted", "pydantic"])
@pytest.mark.parametrize("command", [(sys.executable, "-m", "harness"), (str(Path(sys.executable).parent / "val"),)])
def test_ctrl_c_during_imports_ends_it_with_a_word(tmp_path: Path, module: str, command: tuple[str, ...]) -> None:
    """With 130, and no traceback: whatever is imported just then."""
    assert interrupted_in(module, tmp_path, *command, "ue", "--help") == (INTERRUPTED, "Interrupted.\n")


def test_ctrl_c_that_was_switched_off_stays_so(tmp_path: Path) -> None:
    """As a shell does for what it starts in the background."""
    path = tmp_path / "later.py"
    path.write_text(
        "import signal, sys\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nimport harness.__main__ as it\n"
        "sys.argv = ['val', '--version']\ntry:\n    it.main()\nfinally:\n"
        "    print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)\n"
    )
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "True"), done.stderr


def test_the_exit_code_is_the_one_of_every_program() -> None:
    """It stands there twice since nothing is imported before Ctrl-C is seen to."""
    assert exits.INTERRUPTED == INTERRUPTED


@pytest.mark.parametrize("known", [True, False])
def test_the_collector_works_again_once_all_is_imported(tmp_path: Path, known: bool) -> None:
    """It is off for the imports, and goes through none of what they made: whatever the command is."""
    path = tmp_path / "later.py"
    path.write_text(
        f"import gc, sys\nimport harness.__main__ as it\nsys.argv = ['val', {'--version' if known else 'core'!r}]\n"
        "try:\n    it.main()\nfinally:\n    print(gc.isenabled(), gc.get_freeze_count() > 10_000)\n"
    )
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.splitlines()[-1] == "True True", done.stderr
