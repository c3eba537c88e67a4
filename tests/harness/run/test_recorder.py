import pytest

from harness.report.account import account, announced
from harness.report.results import Verdict
from harness.run.carried import TOLD, UNSEEN
from harness.run.recorder import Recorder
from tests.harness.report.runs import FAILURE, performance
from tests.harness.run.test_reporter import report


def recorded(one: pytest.TestReport, told: object) -> Recorder:
    """Hear one report that has this account."""
    vars(one)[TOLD] = told
    recorder = Recorder()
    recorder.pytest_runtest_logreport(one)
    return recorder


def test_a_run_is_made_of_the_reports() -> None:
    """Verdict and time are pytest's, all else the scenario's own."""
    told = account(performance()).model_dump(mode="json", exclude_defaults=True)
    run = recorded(report("one", "passed"), told).run({"lab": "x"})
    [one] = run.scenarios
    assert (one.name, one.verdict, one.seconds) == ("token in REGISTER", Verdict.PASSED, 0.0123)
    assert one.events == account(performance()).events
    assert run.options == {"lab": "x"}
    assert [line.id for line in run.requirements if line.verdict == "shown"] == ["REG-01", "REG-10"]
    assert run.requirements[0].verdict == "no scenario"


def test_what_could_not_be_observed_is_in_the_run() -> None:
    """With the scenario, whose requirements are shown in part."""
    told = account(performance()).model_dump(mode="json", exclude_defaults=True)
    blind = report("one", "passed")
    blind.user_properties.append((UNSEEN, "s.yaml:9: expect.binding: what it has bound"))
    run = recorded(blind, told).run({})
    assert run.scenarios[0].unseen == ("s.yaml:9: expect.binding: what it has bound",)
    assert [line.id for line in run.requirements if line.verdict == "shown in part"] == ["REG-01", "REG-10"]


def test_a_run_that_was_interrupted_says_of_how_many() -> None:
    """What had been played by then is in it."""
    told = account(performance()).model_dump(mode="json", exclude_defaults=True)
    recorder = recorded(report("one", "passed"), told)
    assert recorder.run({}).interrupted_of is None
    assert (recorder.run({}, 7).interrupted_of, len(recorder.run({}, 7).scenarios)) == (7, 1)


def test_a_run_that_ended_early_says_why() -> None:
    """It is no good run, whatever had passed by then."""
    recorder = recorded(report("one", "passed"), announced(performance().scenario).model_dump(mode="json"))
    run = recorder.run({}, 7, "The lab cannot start: taken")
    assert (run.interrupted_of, run.ended_by) == (7, "The lab cannot start: taken")


def test_a_failure_keeps_its_parts() -> None:
    """As the scenario told them."""
    told = account(performance(failure=FAILURE)).model_dump(mode="json")
    [one] = recorded(report("one", "failed", str(FAILURE)), told).played
    assert one.failure is not None
    assert (one.failure.wanted, one.failure.got) == ("an answer 403", "200 OK to alice")


def test_a_fault_of_the_harness_is_told_by_its_traceback() -> None:
    """The last line says what it was."""
    told = announced(performance().scenario).model_dump(mode="json")
    [one] = recorded(report("one", "failed", "Traceback\n  File x\nZeroDivisionError: y"), told).played
    assert one.failure is not None
    assert one.failure.says == "ZeroDivisionError: y"
    assert one.failure.message.startswith("Traceback")


def test_what_does_not_apply_has_its_reason() -> None:
    """And no failure."""
    skipped = report("one", "skipped")
    skipped.longrepr = ("s.yaml", 1, "Skipped: the engine lacks tls-1.3")
    [one] = recorded(skipped, announced(performance().scenario).model_dump(mode="json")).played
    assert (one.verdict, one.reason, one.failure) == (Verdict.NOT_APPLICABLE, "the engine lacks tls-1.3", None)


def test_what_is_no_scenario_is_no_part_of_it() -> None:
    """Reports of set-up, or of other tests."""
    recorder = Recorder()
    recorder.pytest_runtest_logreport(report("one", "passed"))
    assert recorder.played == []
