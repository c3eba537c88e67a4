import re
from types import SimpleNamespace
from typing import Any

import pytest

from harness.run.carried import CLAUSE, LADDER, UNREAD
from harness.run.reporter import Reporter


def report(name: str, outcome: str, reason: str = "") -> pytest.TestReport:
    """Make the report of one scenario."""
    return pytest.TestReport(
        nodeid=f"scenarios/a.yaml::{name}",
        location=("scenarios/a.yaml", 0, name),
        keywords={},
        outcome=outcome,  # type: ignore[arg-type]
        longrepr=reason or None,
        when="call",
        sections=[(f"Captured {LADDER} call", f"ladder of {name}")],
        duration=0.0123,
        user_properties=[(CLAUSE, "REG-01")],
    )


def said(*reports: pytest.TestReport, verbose: bool = False, faults: tuple[str, ...] = ()) -> str:
    """Give what is said of these reports."""
    lines: list[str] = []
    reporter = Reporter(lines.append, lines.append, verbose)
    reporter.chosen = len(reports)
    reporter.faults += faults
    for one in reports:
        reporter.pytest_runtest_logreport(one)
    reporter.summarize()
    return re.sub(r"\x1b\[\d*m", "", "\n".join(lines))


def caught(error: BaseException) -> pytest.ExceptionInfo[BaseException]:
    """Raise and catch an error, as pytest does."""
    with pytest.raises(type(error)) as info:
        raise error
    return info


def test_each_scenario_has_a_line_under_its_file() -> None:
    """Verdict, milliseconds and name; the file once."""
    text = said(report("one", "passed"), report("two", "failed", "because"))
    assert text.startswith("scenarios/a.yaml\n      ok     12 ms  one\n  FAILED     12 ms  two")


def test_a_failure_has_reason_and_ladder() -> None:
    """Cause first, then what happened."""
    text = said(report("one", "failed", "s.yaml:4: because"))
    assert text.index("s.yaml:4: because") < text.index("ladder of one")


def test_few_scenarios_show_their_ladders() -> None:
    """One or two of them if they passed, each under its name, or all with -v."""
    three = [report(name, "passed") for name in ("one", "two", "three")]
    assert "ok: one\nladder of one" in said(*three[:2])
    assert "ladder of one" not in said(three[0], report("two", "failed", "because"))
    assert "ladder of one" not in said(*three)
    assert "ladder of one" in said(*three, verbose=True)


@pytest.mark.parametrize(
    ("count", "verbose", "junit"), [(3, False, None), (2, False, None), (3, True, None), (3, False, "out.xml")]
)
def test_ladders_are_wanted_where_somebody_sees_them(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, count: int, verbose: bool, junit: str | None
) -> None:
    """With -v, in JUnit's file, and of one or two; else none is drawn of those that passed."""
    monkeypatch.setattr(request.config.option, "xmlpath", junit)
    session: Any = SimpleNamespace(config=request.config, items=[request.node] * count)  # xdist counts the real ones
    Reporter(lambda _: None, lambda _: None, verbose).pytest_collection_finish(session)
    told = request.config.stash[UNREAD]
    del request.config.stash[UNREAD]
    assert told is ((count, verbose, junit) == (3, False, None))


def test_what_failed_is_told_once_more_after_the_ladders() -> None:
    """By name and what was wanted, in one line."""
    text = said(report("one", "passed"), report("two", "failed", "s.yaml:4: because\n  wanted: this"))
    assert text.index("ladder of two") < text.index("Failed\n  two: s.yaml:4: because, wanted: this\n\n1 passed")


def test_a_long_ladder_is_whole_with_v_alone() -> None:
    """And in what JUnit's writer gets."""
    long = "\n".join(f"    {at:8.3f}  row {at}" for at in range(100))
    failed = report("one", "failed", "because")
    failed.sections = [(f"Captured {LADDER} call", long)]
    assert "60 of 100 rows are left out" in said(failed)
    assert ("Captured stdout call", long) in failed.sections
    assert long in said(failed, verbose=True)


def test_the_end_is_table_and_count() -> None:
    """Requirement by requirement, then how many passed and failed."""
    text = said(report("one", "passed"), report("two", "failed", "because"))
    assert "REG-01  FAILED 1 of 2" in text
    assert text.endswith("1 passed, 1 failed, 0 of 60 requirements shown")


def test_an_interrupted_run_blames_no_requirement() -> None:
    """Not all that speaks of them was played; what failed until then is told."""
    lines: list[str] = []
    reporter = Reporter(lines.append, lines.append)
    reporter.chosen = 3
    reporter.pytest_runtest_logreport(report("one", "failed", "because"))
    reporter.pytest_keyboard_interrupt(caught(KeyboardInterrupt()))
    reporter.summarize()
    assert reporter.interrupted
    assert "because" in "\n".join(lines)
    assert "Requirements" not in "\n".join(lines)


def test_an_end_for_a_reason_is_no_interruption() -> None:
    """When the environment lacks something, pytest's way of ending is an exception of the same family."""
    lines: list[str] = []
    reporter = Reporter(lines.append, lines.append)
    reporter.pytest_keyboard_interrupt(caught(pytest.exit.Exception("port taken")))
    assert (reporter.interrupted, lines) == (False, ["port taken"])


def test_lines_fit_the_terminal() -> None:
    """A long list of what was expected is broken between words; where there is no terminal it stays whole."""
    fault = f"a.yaml:1:1: steps: is not known (expected one of: {', '.join(['word'] * 20)})"
    for width, longest in ((60, 60), (None, len(fault))):
        lines: list[str] = []
        reporter = Reporter(lines.append, lines.append, width=width)
        reporter.faults.append(fault)
        reporter.summarize()
        assert max(map(len, "\n".join(lines).splitlines())) <= longest
        assert " ".join("\n".join(lines).split()) == fault


def test_a_fault_that_several_files_meet_is_told_once() -> None:
    """That of a lab in which all of them play."""
    assert said(faults=("lab.yaml:1:1: is empty", "a.yaml:1:1: wrong", "lab.yaml:1:1: is empty")) == (
        "lab.yaml:1:1: is empty\na.yaml:1:1: wrong"
    )


def test_faults_of_files_are_all_there_is() -> None:
    """Nothing was played, so there is nothing else to say."""
    assert said(faults=("a.yaml:1:1: is empty", "b.yaml:2:2: wrong")) == "a.yaml:1:1: is empty\nb.yaml:2:2: wrong"
