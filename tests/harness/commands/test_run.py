import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from harness.language.places import SHIPPED
from harness.report.folder import prepared_for_captures, read
from harness.report.results import Verdict
from tests.harness.test_plugin import BAD, GOOD
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, INTERRUPTED, OK


def val(*arguments: str, where: Path) -> subprocess.CompletedProcess[str]:
    """Call val in a folder, as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "harness", *arguments], cwd=where, capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with one good scenario."""
    (tmp_path / "good.yaml").write_text(GOOD)
    return tmp_path


def test_all_well_is_0(folder: Path) -> None:
    """One scenario has a line, its ladder and the table; nothing is left in the folder."""
    done = val("run", "good.yaml", "--junit", "out.xml", where=folder)
    assert done.returncode == OK, done.stdout + done.stderr
    assert "it registers" in done.stdout
    assert "├── REGISTER" in done.stdout
    assert "1 passed" in done.stdout
    assert '<property name="clause" value="REG-01" />' in (folder / "out.xml").read_text()
    assert {path.name for path in folder.iterdir()} == {"good.yaml", "out.xml"}


def test_captures_are_one_for_each_scenario(folder: Path) -> None:
    """Also of two whose names have the same letters; the folder is made."""
    twin = GOOD.replace("it registers", "it registers!")
    (folder / "good.yaml").write_text(f"{GOOD}---\n{twin}")
    done = val("run", "good.yaml", "--pcap", "captures/today", where=folder)
    assert done.returncode == OK, done.stdout + done.stderr
    captures = list((folder / "captures" / "today").iterdir())
    assert len(captures) == 2
    assert all(path.name.startswith("good-it-registers-") and path.suffix == ".pcapng" for path in captures)


def test_captures_of_an_earlier_run_are_not_mixed_with_those_of_this_one(folder: Path) -> None:
    """And where nothing was played no empty folder is left, in a report neither."""
    val("run", "good.yaml", "--pcap", "captures", where=folder)
    (folder / "good.yaml").write_text(GOOD.replace("it registers", "it is there"))
    done = val("run", "good.yaml", "--pcap", "captures", "--report", "report", where=folder)
    assert done.returncode == OK, done.stdout + done.stderr
    [capture] = (folder / "captures").iterdir()
    assert capture.name.startswith("good-it-is-there-")
    assert not (folder / "report" / "captures").exists()
    val("run", "good.yaml", "--pcap", "captures", "--report", "report", "-k", "nothing", where=folder)
    assert {path.name for path in folder.rglob("*") if path.name != "good.yaml"} == {"report", "junit.xml"}


def test_what_stands_in_a_captures_place_is_told(folder: Path) -> None:
    """A link to nowhere; it is left, and so is what two runs would take from each other."""
    val("run", "good.yaml", "--pcap", "captures", where=folder)
    [capture] = (folder / "captures").iterdir()
    capture.unlink()
    capture.symlink_to("nowhere")
    done = val("run", "good.yaml", "--pcap", "captures", where=folder)
    assert done.returncode == BAD_ENVIRONMENT
    assert f"{capture.relative_to(folder)} cannot be written: it is there and val did not write it" in done.stdout
    assert capture.is_symlink()


def test_captures_of_two_runs_are_not_mixed(folder: Path) -> None:
    """The second is told; but one run may have its report and its captures in one folder, or both in the report's."""
    with prepared_for_captures(folder / "captures"):
        done = val("run", "good.yaml", "--pcap", "captures", where=folder)
    assert (done.returncode, done.stdout) == (BAD_ENVIRONMENT, "")
    assert done.stderr == "captures cannot be written: another `val run` writes its captures there\n"
    for place in ("report", "report/captures"):
        done = val("run", "good.yaml", "--report", "report", "--pcap", place, where=folder)
        assert done.returncode == OK, done.stdout + done.stderr
        assert len(list((folder / place).glob("*.pcapng"))) == 1


def test_a_place_for_captures_that_is_none_is_3(folder: Path) -> None:
    """Told before anything is played."""
    done = val("run", "good.yaml", "--pcap", "good.yaml", where=folder)
    assert done.returncode == BAD_ENVIRONMENT
    assert "good.yaml cannot be a folder for captures" in done.stderr
    assert " ok " not in done.stdout


def test_keys_of_tls_are_logged_where_asked(folder: Path) -> None:
    """By every process that plays, with a warning; where they cannot be, nothing is played."""
    done = val("run", "good.yaml", "--lab", "tls", "--tls-keys", "keys", where=folder)
    assert done.returncode == OK, done.stdout + done.stderr
    assert f"appended to {folder / 'keys'}: who has it reads all" in done.stderr
    assert "CLIENT_TRAFFIC_SECRET_0 " in (folder / "keys").read_text()
    done = val("run", "good.yaml", "--tls-keys", ".", where=folder)
    assert (done.returncode, done.stdout) == (BAD_ENVIRONMENT, "")
    assert f"cannot be appended to {folder}: Is a directory" in done.stderr


def test_a_failed_scenario_is_1(folder: Path) -> None:
    """Partial success is no success."""
    (folder / "bad.yaml").write_text(BAD)
    done = val("run", ".", where=folder)
    assert done.returncode == FAILED
    assert "1 passed, 1 failed" in done.stdout


def test_a_wrong_file_is_2_and_nothing_is_played(folder: Path) -> None:
    """All faults of all files, a line each; a YAML file that is no scenario is one of them."""
    (folder / "wrong.yaml").write_text(GOOD.replace("alice", "nobody"))
    (folder / "other.yaml").write_text("a: 1\n")
    done = val("run", ".", where=folder)
    assert done.returncode == BAD_INPUT
    assert "wrong.yaml:4:18: steps[0].ue.register: nobody is nobody of lab home" in done.stderr
    assert "other.yaml:1:1: a: is not known" in done.stderr
    assert " ok " not in done.stdout


def test_a_fault_of_a_lab_is_told_once(folder: Path) -> None:
    """As by `val check`: on standard error, however many files play in it."""
    (folder / "labs").mkdir()
    (folder / "labs" / "mine.yaml").write_text("like: home\nqop: 1\n")
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(GOOD.replace("steps:", "lab: mine\nsteps:"))
    done = val("run", ".", where=folder)
    assert done.returncode == BAD_INPUT
    assert done.stderr.count("qop: is not known") == 1
    assert "qop" not in done.stdout


def test_a_lab_may_be_chosen(folder: Path) -> None:
    """Every scenario plays there; one that cannot is not applicable, with the reason, and no failure."""
    (folder / "good.yaml").write_text(GOOD.replace("200}", "200}\n  - clock.advance: 1h"))
    done = val("run", "good.yaml", "--lab", str(SHIPPED / "killable.yaml"), where=folder)
    assert done.returncode == OK, done.stdout + done.stderr
    assert "n/a: it registers\na program in a process of its own keeps its own time" in done.stdout
    assert "1 not applicable" in done.stdout


def test_nothing_to_play_is_2(folder: Path) -> None:
    """A wrong -k is a wrong input."""
    done = val("run", ".", "-k", "dances", where=folder)
    assert done.returncode == BAD_INPUT
    assert "No scenario was found" in done.stderr


def test_a_run_that_plays_nothing_is_no_success(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keeps it from playing; what pytest is told elsewhere is not said to it here."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    done = val("run", ".", where=folder)
    assert done.returncode == OK
    assert "1 passed" in done.stdout
    (folder / "other").mkdir()
    done = val("run", "other", where=folder)
    assert (done.returncode, done.stdout) == (BAD_INPUT, "")


def test_what_the_machine_does_not_allow_ends_the_run_and_no_report_is_green(folder: Path) -> None:
    """How far it got, and why; JUnit's file may be the report's own."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.31", 0))
        taken.listen()
        changes = f"changes: {{valserver: {{settings: {{listen: ['tcp:127.0.0.31:{taken.getsockname()[1]}']}}}}}}\n"
        texts = [GOOD, changes + GOOD.replace("it", "she"), GOOD.replace("it", "he")]
        (folder / "good.yaml").write_text("---\n".join(texts))
        (folder / "report").mkdir()
        done = val("run", ".", "--report", "report", "--junit", "report/junit.xml", where=folder)
    assert done.returncode == BAD_ENVIRONMENT, done.stderr
    assert "Ended after 1 of 3 scenarios: The lab cannot start: " in done.stdout
    whole = read(folder / "report")
    assert (len(whole.scenarios), whole.interrupted_of) == (1, 3)
    assert whole.ended_by.startswith("The lab cannot start: ")
    first, _, second, *_ = (folder / "report" / "summary.md").read_text().splitlines()
    assert first == "### ❌ val: 1 passed, 0 failed"
    assert second.startswith("Ended after 1 of 3 scenarios: The lab cannot start")
    assert "Ended after 1 of 3 scenarios" in (folder / "report" / "report.html").read_text()


def test_a_scenario_whose_process_is_gone_is_in_the_report(folder: Path) -> None:
    """As a failure: else the report would say that all is well."""
    texts = [GOOD.replace("it", f"{n}") for n in range(40)]
    (folder / "good.yaml").write_text("---\n".join(texts))
    command = [sys.executable, "-m", "harness", "run", ".", "-j", "2", "--report", "report"]
    surroundings = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=folder, env=surroundings, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert any(" ok " in line for line in running.stdout)
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        running.communicate()
    assert running.returncode == FAILED
    whole = read(folder / "report")
    [failed] = [one for one in whole.scenarios if one.verdict is Verdict.FAILED]
    assert len(whole.scenarios) == 40
    assert failed.failure is not None
    assert "is gone (SIGKILL)" in failed.failure.message


@pytest.mark.parametrize(
    ("lab", "jobs", "number"),
    [
        ("home", 1, signal.SIGINT),
        ("home", 1, signal.SIGTERM),
        ("killable", 1, signal.SIGTERM),
        ("home", 3, signal.SIGINT),
        ("killable", 3, signal.SIGTERM),
    ],
)
def test_an_interrupted_run_stops_at_once(folder: Path, lab: str, jobs: int, number: signal.Signals) -> None:
    """The scenarios under way are no failures, their labs are cleared away, no process is left, and the code is 130.

    What was played is reported.
    """
    texts = [GOOD, *(GOOD.replace("it", f"{n}") for n in range(200))]
    (folder / "many.yaml").write_text("---\n".join(texts).replace("steps", f"lab: {lab}\nsteps"))
    (folder / "good.yaml").unlink()
    (folder / "tmp").mkdir()
    command = [sys.executable, "-m", "harness", "run", ".", "-j", str(jobs), "--report", "report"]
    surroundings = os.environ | {"TMPDIR": str(folder / "tmp"), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command,
        cwd=folder,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stdout is not None
        assert any(" ok " in line for line in running.stdout)
        running.send_signal(number)
        said, complained = running.communicate()
    assert running.returncode == INTERRUPTED
    after = re.fullmatch(r"Interrupted after (\d{1,2}) of 201 scenarios.\n", complained)
    assert after
    whole = read(folder / "report")
    assert (len(whole.scenarios), whole.interrupted_of) == (int(after[1]), 201)
    assert (folder / "report" / "junit.xml").read_text().endswith("</testsuites>")
    assert said.endswith("Report: report/report.html\n")
    assert "FAILED" not in said
    assert "Requirements" not in said
    assert not list((folder / "tmp").iterdir())
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)


def test_a_missing_path_is_3(folder: Path) -> None:
    """What to do is told."""
    done = val("run", "none", where=folder)
    assert done.returncode == BAD_ENVIRONMENT
    assert "none does not exist. Give a scenario file" in done.stderr
    done = val("run", "--lab", "none.yaml", where=folder)
    assert done.returncode == BAD_ENVIRONMENT
    assert "none.yaml does not exist. Give --lab a file that describes a lab" in done.stderr


@pytest.mark.parametrize("words", ["It reg", "good.yaml::it", "registers and not bad", "reg-08", "it, too"])
def test_a_choice_is_words_or_an_expression(folder: Path, words: str) -> None:
    """A part of the name as it stands, spaces included, or words with and, or, not."""
    (folder / "bad.yaml").write_text(BAD.replace("it", "she").replace(", REG-08", ""))
    (folder / "good.yaml").write_text(GOOD.replace("it registers", "it registers (it, too)"))
    done = val("run", "--list", ".", "-k", words, where=folder)
    assert done.stdout == "good.yaml\n    it registers (it, too)\n"


def test_junit_has_the_ladder_and_the_reason(folder: Path) -> None:
    """Of a failure nothing else may be left on a build server."""
    (folder / "good.yaml").write_text(BAD)
    val("run", "good.yaml", "--junit", "out.xml", where=folder)
    text = (folder / "out.xml").read_text()
    assert "got:    200 OK to alice" in text
    assert "├── REGISTER" in text.partition("<system-out>")[2]


def test_a_report_that_cannot_be_written_is_3_before_anything_is_played(folder: Path) -> None:
    """After a long run it would be late to learn of it."""
    done = val("run", "good.yaml", "--junit", "none/out.xml", where=folder)
    assert (done.returncode, done.stdout) == (BAD_ENVIRONMENT, "")
    assert "none/out.xml cannot be written (No such file or directory)" in done.stderr
    full = val("run", "good.yaml", "--junit", "/dev/full", where=folder)
    assert (full.returncode, full.stdout) == (BAD_ENVIRONMENT, "")
    assert "/dev/full cannot be written (No space left on device)" in full.stderr


@pytest.mark.parametrize("arguments", [["run", "good.yaml"], ["run", "--list", "."], ["check", "."], ["--help"]])
def test_a_full_disk_under_standard_output_is_3(folder: Path, arguments: list[str]) -> None:
    """With a sentence and no traceback."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "harness", *arguments], cwd=folder, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == BAD_ENVIRONMENT
    assert done.stderr == b"The disk that standard output goes to is full, so the rest could not be written.\n"


def test_a_report_that_finds_no_room_is_told_by_its_file(folder: Path) -> None:
    """Not as if standard output were to blame; what is in the folder is whole."""
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "from harness.console.command_line import main; main(['run', 'good.yaml', '--report', 'today'])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == BAD_ENVIRONMENT, done.stdout + done.stderr
    assert done.stderr == "today/report.json cannot be written: File too large\n"
    assert {path.name for path in (folder / "today").iterdir()} == {"captures", "junit.xml"}


def test_a_report_is_a_folder_of_its_own(folder: Path) -> None:
    """Page, data, JUnit, summary and a capture; the last line says where the page is. What was there before goes."""
    (folder / "good.yaml").write_text(f"{GOOD}---\n{BAD.replace('it', 'she')}")
    for _ in range(2):
        done = val("run", "good.yaml", "--report", "reports/today", where=folder)
        assert done.returncode == FAILED, done.stdout + done.stderr
    assert done.stdout.endswith("\nReport: reports/today/report.html\n")
    report = folder / "reports" / "today"
    assert {path.name for path in report.iterdir()} == {
        "report.html",
        "report.json",
        "junit.xml",
        "summary.md",
        "captures",
    }
    assert len(list((report / "captures").iterdir())) == 2
    run = read(report)
    assert [(one.name, one.verdict.value) for one in run.scenarios] == [
        ("it registers", "passed"),
        ("she registers", "failed"),
    ]
    failure = run.scenarios[1].failure
    assert failure is not None
    assert (failure.place, failure.wanted, failure.got) == ("good.yaml:11", "an answer 403", "200 OK to alice")
    assert "got:    200 OK to alice" in (report / "junit.xml").read_text()


def test_junit_may_go_elsewhere_beside_a_report(folder: Path) -> None:
    """It is in both places."""
    val("run", "good.yaml", "--report", "report", "--junit", "out.xml", where=folder)
    assert (folder / "out.xml").read_text() == (folder / "report" / "junit.xml").read_text()


def test_a_place_for_a_report_that_is_none_is_3(folder: Path) -> None:
    """Told before anything is played."""
    done = val("run", "good.yaml", "--report", "good.yaml", where=folder)
    assert (done.returncode, done.stdout) == (BAD_ENVIRONMENT, "")
    assert "good.yaml cannot be a folder for a report" in done.stderr


def test_list_plays_nothing(folder: Path) -> None:
    """Names only."""
    done = val("run", "--list", ".", where=folder)
    assert done.returncode == OK
    assert done.stdout == "good.yaml\n    it registers\n"


def test_the_surrounding_project_has_no_say(folder: Path) -> None:
    """Its pytest settings and conftest are not ours."""
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (folder / "conftest.py").write_text("raise RuntimeError\n")
    assert val("run", "good.yaml", where=folder).returncode == OK


def test_a_lab_is_chosen_by_its_name(folder: Path) -> None:
    """`--lab udp` is one of ours; a name that nobody has is told with those there are."""
    done = val("run", "good.yaml", "--lab", "udp", where=folder)
    assert done.returncode == OK, done.stdout + done.stderr
    assert "├── REGISTER over TCP" not in done.stdout
    unknown = val("run", "good.yaml", "--lab", "udq", where=folder)
    assert unknown.returncode == BAD_ENVIRONMENT
    assert "udq does not exist, and there is no labs/udq.yaml (did you mean udp?)" in unknown.stderr
