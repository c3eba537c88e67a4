import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from harness.report.folder import read
from harness.run.chosen import Chosen, file_of, found, said
from tests.harness.commands.test_run import val
from tests.harness.test_plugin import BAD, GOOD
from valkit.exits import FAILED, OK


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("a.yaml", "./a.yaml"),
        ("--co", "./--co"),
        ("@x", "./@x"),
        ("/a/-x", "/a/-x"),
        ("a/[x/b.yaml", "./a"),
        ("a/b::c.yaml", "./a"),
        ("[x", "./."),
        ("/[x", "/"),
    ],
)
def test_pytest_is_told_paths_that_it_takes_for_paths(path: str, word: str) -> None:
    """Neither options nor files of arguments, and no more cut than need be."""
    assert said((Path(path),)) == [word]


def test_a_folder_above_is_that_of_the_system(tmp_path: Path) -> None:
    """Behind a link it is not the folder in which the link stands."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to("a/b")
    assert found((tmp_path / "link" / ".." / "c.yaml", tmp_path / "link" / "..")) == (
        tmp_path / "a" / "c.yaml",
        tmp_path / "a",
    )


def test_nothing_beside_what_was_chosen_is_taken(tmp_path: Path) -> None:
    """The ways to it are gone, and of what lies in it pytest judges."""
    chosen = Chosen((tmp_path / "[x", tmp_path / "build"))
    ignored = {
        name: chosen.pytest_ignore_collect(tmp_path / name) for name in (".", "[x", "build", "[x/.git", "c.yaml", "[xy")
    }
    assert ignored == {".": False, "[x": False, "build": False, "[x/.git": None, "c.yaml": True, "[xy": True}


def test_the_file_of_a_node_is_what_stands_before_its_name() -> None:
    """Whatever is in either."""
    assert file_of("a::b.yaml::it registers", "it registers") == "a::b.yaml"
    assert file_of("a.yaml::it registers::twice", "it registers::twice") == "a.yaml"


@pytest.mark.parametrize("name", ["--co", "-x", "@x", "[x", "a::b", "build"])
def test_a_folder_is_played_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    """And nothing beside it; it is shown as it is called."""
    (tmp_path / name).mkdir()
    (tmp_path / name / "bad.yaml").write_text(BAD)
    (tmp_path / "good.yaml").write_text(GOOD)
    done = val("run", "--", name, where=tmp_path)
    assert done.returncode == FAILED, done.stdout + done.stderr
    assert done.stdout.startswith(f"{name}/bad.yaml\n")
    assert "\n1 failed" in done.stdout


@pytest.mark.parametrize("name", ["--co.yaml", "@f.yaml", "a::b.yaml", "a[b].yaml"])
def test_a_file_is_played_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    """Reports have its name, and the scenario's."""
    (tmp_path / name).write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(BAD)
    done = val("run", "--report", "report", "--", name, where=tmp_path)
    assert done.returncode == OK, done.stdout + done.stderr
    assert done.stdout.startswith(f"{name}\n")
    [played] = read(tmp_path / "report").scenarios
    assert (played.file, played.name) == (name, "it registers")
    [case] = ET.parse(tmp_path / "report" / "junit.xml").iter("testcase")
    assert (case.get("classname"), case.get("name")) == (name.removesuffix(".yaml"), "it registers")
