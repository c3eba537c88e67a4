from pathlib import Path

import pytest
from typer.testing import CliRunner

from harness.console.command_line import build
from tests.harness.plans.test_lab import LAB
from tests.harness.test_plugin import GOOD
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, OK


def check(*paths: Path) -> tuple[int, str]:
    """Run `val check`; gives exit code and what it says."""
    done = CliRunner().invoke(build("check"), ["check", *map(str, paths)])
    return done.exit_code, done.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a scenario and its lab."""
    (tmp_path / "labs").mkdir()
    (tmp_path / "labs" / "mine.yaml").write_text(LAB)
    (tmp_path / "good.yaml").write_text(GOOD.replace("steps", "lab: mine\nsteps"))
    return tmp_path


def test_files_that_are_right_are_counted(folder: Path) -> None:
    """Scenarios and labs."""
    assert check(folder) == (OK, "2 files checked, all well.\n")


def test_every_fault_of_every_file_is_told(folder: Path) -> None:
    """One line each, in the form that editors understand."""
    (folder / "labs" / "mine.yaml").write_text(LAB.replace("domain", "domian"))
    (folder / "bad.yaml").write_text(GOOD.replace("ue.register", "ue.dance"))
    code, said = check(folder)
    assert code == BAD_INPUT
    assert "mine.yaml:1:1: domian: is not known (did you mean domain?)" in said
    assert "bad.yaml:4:5: steps[0].ue.dance: is not a verb" in said


def test_a_missing_path_is_3(folder: Path) -> None:
    """What to give is told."""
    code, said = check(folder / "none")
    assert code == BAD_ENVIRONMENT
    assert "does not exist. Give a scenario file" in said


def test_what_is_missing_hides_nothing(folder: Path) -> None:
    """All that does not exist is told, and the faults of all that does."""
    (folder / "bad.yaml").write_text(GOOD.replace("ue.register", "ue.dance"))
    code, said = check(folder / "none", folder, folder / "neither")
    assert code == BAD_ENVIRONMENT
    assert said.count("does not exist. Give a scenario file") == 2
    assert said.count("ue.dance: is not a verb") == 1


def test_what_is_no_text_is_a_fault_of_the_file(folder: Path) -> None:
    """A lab as well as a scenario; no traceback."""
    (folder / "labs" / "mine.yaml").write_bytes(b"\xff\xfea\0")
    (folder / "picture.yaml").write_bytes(b"\x89PNG")
    code, said = check(folder)
    assert code == BAD_INPUT
    assert "mine.yaml:1:1: is not text in UTF-8" in said
    assert "picture.yaml:1:1: is not text in UTF-8" in said


def test_a_folder_without_files_is_2(folder: Path) -> None:
    """Nothing was checked, so nothing is well; labs alone are something."""
    (folder / "empty").mkdir()
    assert check(folder / "empty") == (BAD_INPUT, f"There is no .yaml file in {folder / 'empty'}.\n")
    assert check(folder / "labs") == (OK, "1 file checked, all well.\n")


@pytest.mark.parametrize("text", [LAB, "like: home\ndomain: mine.example\n"], ids=["whole", "like another"])
def test_a_lab_is_known_wherever_it_is(tmp_path: Path, text: str) -> None:
    """It has phones or is like another, and no steps; so its faults are a lab's."""
    (tmp_path / "mine.yaml").write_text(text)
    assert check(tmp_path) == (OK, "1 file checked, all well.\n")
    (tmp_path / "other.yaml").write_text(text.replace("domain", "domian"))
    code, said = check(tmp_path)
    assert (code, "domian: is not known (did you mean domain?)" in said) == (BAD_INPUT, True), said
