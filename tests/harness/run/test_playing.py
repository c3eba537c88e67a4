import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.run.playing import WORTH, cores

SCRIPT = """
import os, sys, pytest
from harness.run.playing import Players

class Heard:
    def pytest_runtest_logreport(self, report):
        if report.when == "call":
            name, printed = report.nodeid.partition("::")[2], report.capstdout.strip()
            print("HEARD", name, report.outcome, printed, str(report.longrepr or "").splitlines()[-1:], flush=True)

players = Players(int(sys.argv[1]))
plain = ["--disable-plugin-autoload", "-pno:terminal", "-pno:cacheprovider"]
code = pytest.main([*plain, "."], plugins=[players, Heard()])
print("USED", players.used, "ALONE" if players.alone else "HERE", os.getpid(), flush=True)
sys.exit(code)
"""

BEGIN = """
import os, time
from pathlib import Path
import pytest

def until(path):
    for _ in range(3000):
        if Path(path).exists():
            return
        time.sleep(0.02)
    raise AssertionError(f"{path} never came")
"""


def written(folder: Path, count: int, **bodies: str) -> None:
    """Write so many tests, each of which prints its process, then does what is told."""
    made = [
        f"def test_{at}():\n    print(os.getpid())\n    {bodies.get(f'test_{at}', 'pass')}\n" for at in range(count)
    ]
    (folder / "test_all.py").write_text("\n".join([BEGIN, *made]))
    (folder / "script.py").write_text(SCRIPT)


def played(folder: Path, jobs: int = 2) -> tuple[int, list[list[str]], list[str]]:
    """Play them; gives the exit code, what was heard of each test, and the last line."""
    done = subprocess.run(
        [sys.executable, "script.py", str(jobs)], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    lines = [line.split(maxsplit=4) for line in done.stdout.splitlines()]
    return done.returncode, [line[1:] for line in lines if line[0] == "HEARD"], lines[-1]


def gone(process: int) -> bool:
    """Whether there is no such process."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_two_play_beside_each_other_and_are_told_in_order(tmp_path: Path) -> None:
    """The first test waits for one that only another process can play; what each printed is its own."""
    count = 2 * WORTH
    written(tmp_path, count, test_0='until("five")', test_5='Path("five").touch()', test_6="assert 1 == 2")
    code, heard, used = played(tmp_path)
    assert code == 1
    assert [name for name, *_ in heard] == [f"test_{at}" for at in range(count)]
    assert {name for name, outcome, *_ in heard if outcome == "failed"} == {"test_6"}
    processes = {process for _, _, process, *_ in heard}
    assert used[:2] == ["USED", "2"]
    assert len(processes) == 2
    assert used[3] not in processes
    assert all(gone(int(process)) for process in processes)


def test_a_process_that_dies_costs_one_scenario(tmp_path: Path) -> None:
    """The report says how it died; the rest is played by another one."""
    written(tmp_path, 2 * WORTH, test_3="os.kill(os.getpid(), 9)")
    code, heard, _ = played(tmp_path)
    assert code == 1
    assert [outcome for _, outcome, *_ in heard].count("failed") == 1
    assert " ".join(heard[3]) == "test_3 failed ['The process that played it is gone (SIGKILL).']"
    assert len(heard) == 2 * WORTH


def test_what_ends_a_run_ends_it_for_all(tmp_path: Path) -> None:
    """With the exit code that was given."""
    written(
        tmp_path,
        2 * WORTH,
        test_2='pytest.exit("port taken", returncode=3)',
        test_1='Path(f"pid-{os.getpid()}").touch()',
    )
    code, heard, _ = played(tmp_path)
    assert code == 3
    assert len(heard) < 2 * WORTH
    assert all(gone(int(path.name.partition("-")[2])) for path in tmp_path.glob("pid-*"))


@pytest.mark.parametrize(("count", "jobs"), [(2 * WORTH - 1, 8), (2 * WORTH, 1)])
def test_few_scenarios_or_one_job_are_played_here(tmp_path: Path, count: int, jobs: int) -> None:
    """A process of its own would not be worth its start."""
    written(tmp_path, count)
    code, heard, used = played(tmp_path, jobs)
    assert code == 0
    assert used[:2] == ["USED", "1"]
    assert {process for _, _, process, *_ in heard} == {used[3]}


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_collector_works_and_leaves_alone_what_was_read(tmp_path: Path, jobs: int) -> None:
    """That stays for the whole run: to go through it again and again would find nothing."""
    written(tmp_path, 2 * WORTH, test_3="import gc; assert gc.isenabled() and gc.get_freeze_count() > 10_000")
    code, heard, _ = played(tmp_path, jobs)
    assert code == 0, heard


def test_scenarios_that_meet_the_same_external_parts_are_played_by_one(tmp_path: Path) -> None:
    """However many processes were asked for, and though only one of them has such a lab."""
    written(tmp_path, 2 * WORTH)
    marked = "def pytest_collection_modifyitems(items):\n    items[3].stash[EXTERNAL] = True\n"
    (tmp_path / "conftest.py").write_text(f"from harness.run.carried import EXTERNAL\n\n{marked}")
    code, heard, used = played(tmp_path)
    assert code == 0
    assert used[:3] == ["USED", "1", "ALONE"]
    assert {process for _, _, process, *_ in heard} == {used[3]}


def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    """After what they were doing."""
    waits = 'Path(f"pid-{os.getpid()}").touch(); until("go")'
    written(tmp_path, 2 * WORTH, test_0=waits, test_1=waits)
    with subprocess.Popen([sys.executable, "script.py", "2"], cwd=tmp_path, stdout=subprocess.DEVNULL) as running:
        while len(pids := list(tmp_path.glob("pid-*"))) < 2:
            assert running.poll() is None
            time.sleep(0.02)
        running.kill()
    (tmp_path / "go").touch()
    for _ in range(3000):
        if all(gone(int(path.name.partition("-")[2])) for path in pids):
            return
        time.sleep(0.02)
    pytest.fail("a child is left")


def test_there_is_a_core() -> None:
    """At least the one that counts."""
    assert cores() >= 1
