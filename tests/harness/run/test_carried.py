import subprocess
import sys

from harness.run import carried


def test_keys_of_one_stash_are_apart() -> None:
    """Each is itself."""
    keys = [carried.EVERY_FILE, carried.WIDTH, carried.REPORTING, carried.ACCOUNT]
    assert len(set(map(id, keys))) == len(keys)


def test_it_costs_other_runs_of_pytest_nothing() -> None:
    """The plugin imports it wherever it is installed."""
    heavy = (
        "import sys, harness.run.carried\n"
        "sys.exit(any(name in sys.modules for name in ('pydantic', 'valkit', 'twisted')))"
    )
    assert subprocess.run([sys.executable, "-c", heavy], check=False).returncode == 0
