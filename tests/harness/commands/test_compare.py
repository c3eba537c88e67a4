import json
from pathlib import Path

from harness.report.folder import write
from tests.harness.commands.test_run import val
from tests.harness.report.test_comparing import failing, the_run
from tests.harness.test_plugin import BAD, GOOD
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, OK


def test_two_runs_of_one_scenario_do_not_differ(tmp_path: Path) -> None:
    """Two labs have different ports, keys and times; what happened is the same."""
    (tmp_path / "good.yaml").write_text(GOOD)
    for report in ("old", "new"):
        assert val("run", "good.yaml", "--report", report, where=tmp_path).returncode == OK
    done = val("compare", "old", "new/report.json", where=tmp_path)
    assert (done.returncode, done.stdout.startswith("Nothing changed")) == (OK, True)
    (tmp_path / "good.yaml").write_text(BAD)
    val("run", "good.yaml", "--report", "new", where=tmp_path)
    done = val("compare", "old", "new", where=tmp_path)
    assert done.returncode == FAILED
    assert "good.yaml::it registers: passed before, now failed" in done.stdout
    assert "Messages" not in done.stdout


def test_it_is_told_as_json_or_markdown(tmp_path: Path) -> None:
    """One of them."""
    for folder, whole in (("old", the_run()), ("new", the_run(n1=failing))):
        (tmp_path / folder).mkdir()
        write(whole, tmp_path / folder)
    done = val("compare", "old", "new", "--json", where=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["worse"]) == (FAILED, True)
    done = val("compare", "new", "old", "--markdown", where=tmp_path)
    assert (done.returncode, done.stdout.startswith("### ✅ Nothing got worse")) == (OK, True)
    assert val("compare", "old", "new", "--json", "--markdown", where=tmp_path).returncode == BAD_INPUT


def test_it_prints_the_schema_of_reports(tmp_path: Path) -> None:
    """As it is published."""
    published = Path(__file__).parents[3] / "docs" / "report.schema.json"
    assert val("compare", "--schema", where=tmp_path).stdout == published.read_text()


def test_what_is_no_report_is_told_so(tmp_path: Path) -> None:
    """Not there is 3, not one is 2."""
    (tmp_path / "a.json").write_text("{}")
    done = val("compare", "a.json", "a.json", where=tmp_path)
    assert (done.returncode, done.stdout) == (BAD_INPUT, "")
    assert "a.json is no val-report/1: format: Field required" in done.stderr
    whole = the_run()
    (tmp_path / "endless.json").write_text(
        whole.model_dump_json().replace(f'"seconds":{whole.seconds}', '"seconds":1e999')
    )
    done = val("compare", "endless.json", "endless.json", "--json", where=tmp_path)
    assert (done.returncode, done.stdout) == (BAD_INPUT, "")
    assert "seconds: Input should be a finite number" in done.stderr
    done = val("compare", "b.json", "a.json", where=tmp_path)
    assert done.returncode == BAD_ENVIRONMENT
    assert "b.json cannot be read" in done.stderr
