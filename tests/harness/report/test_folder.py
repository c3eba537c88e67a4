import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import NoReport
from harness.report.files import DATA, JUNIT, PAGE, SUMMARY
from harness.report.folder import prepared, prepared_for_captures, read, write
from harness.seen.capture import named, save
from tests.harness.report.runs import run


def test_a_report_is_written_and_read_again(tmp_path: Path) -> None:
    """By its folder or by its file; nobody else may read it."""
    assert write(run(), tmp_path) == tmp_path / "report.html"
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "report.json", "summary.md"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
    assert read(tmp_path) == read(tmp_path / "report.json") == run()


def test_what_an_earlier_run_left_is_taken_away(tmp_path: Path) -> None:
    """And nothing else."""
    with prepared(tmp_path / "new"):
        pass
    assert not (tmp_path / "new" / "captures").exists()
    write(run(), tmp_path)
    save([], tmp_path / "captures" / named("it-registers", "0a1b2c"))
    for kept in ("notes.txt", "captures/mine.txt", "captures/my-own.pcapng"):
        (tmp_path / kept).touch()
    with prepared(tmp_path):
        pass
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {
        "notes.txt",
        "captures/mine.txt",
        "captures/my-own.pcapng",
        "junit.xml",
        "new/junit.xml",
    }
    (tmp_path / "captures" / "mine.txt").unlink()
    (tmp_path / "captures" / "my-own.pcapng").unlink()
    with prepared(tmp_path):
        pass
    assert not (tmp_path / "captures").exists()


def test_captures_that_a_link_leads_to_are_left(tmp_path: Path) -> None:
    """They are in another folder, which nobody named."""
    capture = tmp_path / "other" / named("it-registers", "0a1b2c")
    save([], capture)
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "captures").symlink_to("../other")
    with prepared(tmp_path / "report"):
        assert capture.exists()


@pytest.mark.parametrize("name", [PAGE, DATA, SUMMARY, JUNIT])
@pytest.mark.parametrize("text", ["mine", "<?xml version='1.0'?><testsuite name='mine'/>", '{"format": "mine"}'])
def test_what_somebody_else_wrote_is_not_taken_away(tmp_path: Path, name: str, text: str) -> None:
    """Nor is anything of a report beside it: the folder is refused by that file."""
    write(run(), tmp_path)
    (tmp_path / name).write_text(text)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    with pytest.raises(OSError, match="it is there and val did not write it; give") as refused, prepared(tmp_path):
        pytest.fail("it was let in")
    assert refused.value.filename == str(tmp_path / name)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nowhere")])
def test_what_is_no_file_is_nobodys_report(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """It is neither opened, where it could wait for ever, nor taken away."""
    make(tmp_path / DATA)
    with pytest.raises(OSError, match="it is there and val did not write it"), prepared(tmp_path):
        pytest.fail("it was let in")


@pytest.mark.parametrize("left", [[JUNIT], [JUNIT, DATA], [JUNIT, DATA, SUMMARY], [SUMMARY, JUNIT]])
def test_what_a_run_left_that_was_cut_off_locks_nobody_out(tmp_path: Path, left: list[str]) -> None:
    """Its first files, or its last ones, JUnit's with nothing in it."""
    write(run(), tmp_path)
    (tmp_path / JUNIT).touch()
    for path in [each for each in tmp_path.iterdir() if each.name not in left]:
        path.unlink()
    with prepared(tmp_path):
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [JUNIT]


def test_a_folder_of_captures_is_one_runs_at_a_time(tmp_path: Path) -> None:
    """Also that of a report: the second would take away what the first one writes."""
    with prepared(tmp_path):
        save([], tmp_path / "captures" / named("it-registers", "0a1b2c"))
        refused = pytest.raises(OSError, match="another `val run` writes its captures there")
        with refused, prepared_for_captures(tmp_path / "captures"):
            pytest.fail("it was let in")
        assert list((tmp_path / "captures").iterdir())
    with prepared_for_captures(tmp_path / "captures"):
        assert not list((tmp_path / "captures").iterdir())
    assert not (tmp_path / "captures").exists()


def test_a_folder_is_one_runs_at_a_time(tmp_path: Path) -> None:
    """Two would mix their files there: the second is told and takes nothing away. After the first it is free."""
    with prepared(tmp_path):
        (tmp_path / "report.html").touch()
        with pytest.raises(OSError, match="another `val run` writes its report there") as refused, prepared(tmp_path):
            pytest.fail("it was let in")
        assert refused.value.filename == str(tmp_path)
        assert (tmp_path / "report.html").exists()
    with prepared(tmp_path):
        assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is no val-report/1: it: Invalid JSON"),
        ('{"format": "val-report/9"}', "is no val-report/1: format: Input should be 'val-report/1'"),
    ],
)
def test_what_is_no_report_is_told_so(tmp_path: Path, text: str, says: str) -> None:
    """With the file and the first fault."""
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(NoReport, match=f"report.json {says}"):
        read(tmp_path)


def test_a_report_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    """And how one is made."""
    with pytest.raises(NoReport, match=r"report.json cannot be read \(No such file.*`val run --report FOLDER`"):
        read(tmp_path)


def test_a_place_that_cannot_be_written_is_an_oserror(tmp_path: Path) -> None:
    """Whoever calls says so to the user, by the file's own name."""
    (tmp_path / "report.html").mkdir()
    with pytest.raises(IsADirectoryError) as fault:
        write(run(), tmp_path)
    assert fault.value.filename == str(tmp_path / "report.html")


def test_where_there_is_no_room_no_file_is_cut(tmp_path: Path) -> None:
    """What was there stays whole, nothing is left beside it, and the error has the file's name."""
    (tmp_path / "report.json").write_text("{}")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, usual[1]))
    try:
        with pytest.raises(OSError, match="File too large") as fault:
            write(run(), tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert fault.value.filename == str(tmp_path / "report.json")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"report.json": "{}"}


def test_what_pytest_will_write_is_its_owners_alone_before_anything_is_in_it(tmp_path: Path) -> None:
    """It has the messages of failed scenarios, as the other files do; what was there for others to read is gone."""
    (tmp_path / "junit.xml").write_text(
        '<?xml version="1.0"?><testsuites><testsuite name="val" tests="0"/></testsuites>'
    )
    (tmp_path / "junit.xml").chmod(0o644)
    with prepared(tmp_path), (tmp_path / "junit.xml").open("w") as file:  # as pytest does
        assert (tmp_path / "junit.xml").stat().st_mode & 0o777 == 0o600
        file.write("<testsuites/>")
    write(run(), tmp_path)
    assert (tmp_path / "junit.xml").stat().st_mode & 0o777 == 0o600
