import errno
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from _pytest.junitxml import LogXML

from harness.run.junit import Naming, class_name, headline
from tests.harness.commands.test_run import val
from tests.harness.test_plugin import BAD, GOOD
from valkit.exits import FAILED, OK


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("scenarios/figures/5.x.3.2.2-1-token.yaml", "scenarios.figures.5.x.3.2.2-1-token"),
        ("good.yml", "good"),
        (".", "else.where"),
        ("", "else.where"),
    ],
)
def test_a_class_is_called_after_its_file(shown: str, name: str) -> None:
    """Folders with dots between, and no ending: a name's own dots stay."""
    assert class_name(shown, "../more/else.where.yaml") == name


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_whoever_reads_junit_finds_suite_file_and_scenario(tmp_path: Path, jobs: str) -> None:
    """Also where children have played them."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for at in range(10):
        (folder / f"good{at}.yaml").write_text(GOOD)
    done = val("run", "mine", "--junit", "out.xml", "-j", jobs, where=tmp_path)
    assert done.returncode == OK, done.stdout + done.stderr
    assert ("in 2 processes" in done.stdout) == (jobs == "2"), done.stdout
    [suite] = ET.parse(tmp_path / "out.xml").getroot()
    assert suite.get("name") == "val"
    named = {(case.get("classname"), case.get("name")) for case in suite}
    assert named == {(f"mine.good{at}", "it registers") for at in range(10)}


def test_a_file_of_another_folder_is_reported(tmp_path: Path) -> None:
    """By its own name: where it stands is nothing that two machines have in common."""
    (tmp_path / "elsewhere.yaml").write_text(GOOD)
    (tmp_path / "here").mkdir()
    done = val("run", str(tmp_path / "elsewhere.yaml"), "--junit", "junit.xml", where=tmp_path / "here")
    assert done.returncode == OK, done.stderr
    [case] = ET.parse(tmp_path / "here" / "junit.xml").iter("testcase")
    assert case.get("classname") == "elsewhere"


def test_a_full_disk_is_told_by_the_file(tmp_path: Path) -> None:
    """Pytest writes it at the end, and the system names none."""
    file = tmp_path / "out.xml"
    writing = Naming(LogXML(str(file), None)).pytest_sessionfinish()
    next(writing)
    with pytest.raises(OSError, match="No space left") as fault:
        writing.throw(OSError(errno.ENOSPC, "No space left on device"))
    assert fault.value.filename == str(file)


def test_a_failure_is_told_in_one_line_and_whole_beneath(tmp_path: Path) -> None:
    """Jenkins and GitLab list the line; the message and the ladder are in the texts."""
    (tmp_path / "bad.yaml").write_text(BAD)
    done = val("run", "bad.yaml", "--junit", "out.xml", where=tmp_path)
    assert done.returncode == FAILED, done.stderr
    [failure] = ET.parse(tmp_path / "out.xml").iter("failure")
    assert failure.get("message") == "bad.yaml:5: expect.answer, wanted: an answer 403, got: 200 OK to alice"
    assert "SIP/2.0 200 OK" in str(failure.text)


def test_a_fault_of_the_harness_is_told_by_its_last_line() -> None:
    """The way to it is beneath."""
    assert headline("Traceback (most recent call last):\n  File x\nTimeoutError: (20.0, 'Deferred')\n") == (
        "TimeoutError: (20.0, 'Deferred')"
    )
