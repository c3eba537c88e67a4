from collections.abc import Callable

import pytest

from harness.report.comparing import Comparison, LeftOut, compare
from harness.report.model import Played, Run
from harness.report.results import Verdict
from tests.harness.report.runs import FAILURE, performance, played, run

COUNT = 12


def one(at: int, seconds: float = 0.05, verdict: Verdict | None = None, unseen: tuple[str, ...] = ()) -> Played:
    """Make a scenario of the old run."""
    return played(performance(name=f"n {at}"), seconds, verdict, unseen)


def unchanged(made: Played) -> Played:
    """Leave it as it is."""
    return made


def the_run(**changed: Callable[[Played], Played] | None) -> Run:
    """Make a run of several scenarios, each with its usual noise; some changed (`n3`), None leaves one out."""
    found = []
    for at in range(COUNT):
        change = changed.get(f"n{at}", unchanged)
        if change is not None:
            found.append(change(one(at, 0.05 + at * 0.001)))
    return run(*found)


def differences(found: Comparison) -> dict[str, list[object]]:
    """Give every difference by its kind, none where there is none."""
    parts = {"verdicts": found.verdicts, "messages": found.messages, "times": found.times, "claims": found.requirements}
    return {name: list(each) for name, each in parts.items() if each}


def failing(made: Played) -> Played:
    """Let it fail."""
    failed = played(performance(failure=FAILURE, name=made.name), made.seconds)
    return failed.model_copy(update={"clauses": made.clauses})


def without_last_message(made: Played) -> Played:
    """Leave out what was sent last."""
    events = made.events[:-1]
    return made.model_copy(update={"events": events, "ladder": made.ladder[:-1]})


def test_two_equal_runs_differ_in_nothing() -> None:
    """Whatever ports and tags they had."""
    found = compare(the_run(), the_run())
    assert (differences(found), found.same, found.worse) == ({}, True, False)


def test_one_planted_message_is_named_and_nothing_else() -> None:
    """By its kind; messages alone make nothing worse."""
    found = compare(the_run(n4=without_last_message), the_run())
    assert differences(found).keys() == {"messages"}
    [exchanged] = found.messages
    assert (exchanged.id, exchanged.new, exchanged.gone) == (
        "s.yaml::n 4",
        {"200 OK to REGISTER, valserver to scscf": 1},
        {},
    )
    assert not found.worse
    [exchanged] = compare(the_run(), the_run(n4=without_last_message)).messages
    assert exchanged.gone == {"200 OK to REGISTER, valserver to scscf": 1}


def test_one_planted_failure_is_named_with_its_cause() -> None:
    """And the requirements that are lost by it."""
    found = compare(the_run(), the_run(n7=failing))
    assert differences(found).keys() == {"verdicts", "claims"}
    [ended] = found.verdicts
    assert (ended.id, ended.before, ended.after) == ("s.yaml::n 7", Verdict.PASSED, Verdict.FAILED)
    assert ended.why == "s.yaml:9: expect.answer: wanted an answer 403, got 200 OK to alice"
    assert [(line.id, line.before, line.after) for line in found.requirements] == [
        ("REG-01", "shown", "failed"),
        ("REG-10", "shown", "failed"),
    ]
    assert found.worse
    assert not compare(the_run(n7=failing), the_run()).worse


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        (Verdict.PASSED, Verdict.NOT_APPLICABLE, True),
        (Verdict.NOT_APPLICABLE, Verdict.PASSED, False),
        (Verdict.NOT_APPLICABLE, Verdict.FAILED, True),
    ],
)
def test_a_scenario_that_no_longer_applies_is_worse(before: Verdict, after: Verdict, *, worse: bool) -> None:
    """It shows nothing any more."""
    assert compare(run(one(1, verdict=before)), run(one(1, verdict=after))).worse is worse


def test_what_is_shown_in_part_stands_between_shown_and_nothing() -> None:
    """A loss against what was shown, a gain over what does not apply."""
    whole, blind = run(one(1)), run(one(1, unseen=("s.yaml:9: expect.binding: ...",)))
    nothing = run(one(1, verdict=Verdict.NOT_APPLICABLE))
    lost = compare(whole, blind)
    assert [(line.before, line.after) for line in lost.requirements] == [("shown", "shown in part")] * 2
    assert (lost.worse, compare(blind, whole).worse) == (True, False)
    assert (compare(blind, nothing).worse, compare(nothing, blind).worse) == (True, False)
    assert compare(blind, blind).same


def test_a_scenario_that_is_gone_is_worse_and_a_new_one_is_not() -> None:
    """Unless it fails at once."""
    gone = compare(the_run(), the_run(n3=None))
    assert ([(ended.id, ended.after) for ended in gone.verdicts], gone.worse) == ([("s.yaml::n 3", None)], True)
    new = compare(the_run(n3=None), the_run())
    assert ([(ended.id, ended.before) for ended in new.verdicts], new.worse) == ([("s.yaml::n 3", None)], False)
    assert compare(the_run(n3=None), the_run(n3=failing)).worse


def test_a_requirement_that_a_report_lacks_is_lost() -> None:
    """Whether the new one lacks it or the old one, no scenario speaks of it there."""
    whole = the_run()
    without = whole.model_copy(update={"requirements": tuple(one for one in whole.requirements if one.id != "REG-01")})
    lost, won = compare(whole, without), compare(without, whole)
    assert [(one.id, one.before, one.after) for one in lost.requirements] == [("REG-01", "shown", "no scenario")]
    assert [(one.id, one.before, one.after) for one in won.requirements] == [("REG-01", "no scenario", "shown")]
    assert (lost.worse, won.worse) == (True, False)


def test_two_scenarios_of_one_id_are_two() -> None:
    """The first is held against the first, the second against the second, and none hides another."""
    before, after = run(one(1), one(1)), run(failing(one(1)), one(1))
    assert [(ended.id, ended.after) for ended in compare(before, after).verdicts] == [("s.yaml::n 1", Verdict.FAILED)]
    [gone] = compare(before, run(one(1))).verdicts
    assert (gone.id, gone.before, gone.after) == ("s.yaml::n 1 (2)", Verdict.PASSED, None)


def interrupted(made: Run, after: int) -> Run:
    """Interrupt it after so many; what was not played shows nothing."""
    return run(*made.scenarios[:after]).model_copy(update={"interrupted_of": COUNT})


def test_what_an_interrupted_run_did_not_play_is_neither_gone_nor_new() -> None:
    """On either side; it is said how many there are, and what both played is compared as ever."""
    whole, part = the_run(n2=failing), interrupted(the_run(), 5)
    then = compare(part, whole)
    assert differences(then).keys() == {"verdicts", "claims"}
    assert [ended.id for ended in then.verdicts] == ["s.yaml::n 2"]
    why = "that run was interrupted after 5 of 12 scenarios"
    ids = tuple(f"s.yaml::n {at}" for at in range(5, COUNT))
    assert then.left_out == (LeftOut("then", why, ids),)
    now = compare(the_run(), part)
    assert (differences(now), now.same, now.worse) == ({}, True, False)
    assert now.left_out == (LeftOut("now", why, ids),)


def test_what_was_not_played_then_and_failed_now_is_told() -> None:
    """It is a failure, though perhaps no new one."""
    [ended] = compare(interrupted(the_run(), 5), the_run(n9=failing)).verdicts
    assert (ended.id, ended.before, ended.unplayed, ended.worse) == ("s.yaml::n 9", None, True, True)


def test_what_was_left_out_on_the_command_line_is_not_gone() -> None:
    """Unless both runs were told the same."""
    some = run(*the_run().scenarios[:5]).model_copy(update={"options": {"only": "REG-01"}})
    found = compare(the_run(), some)
    assert (differences(found), [left.why for left in found.left_out]) == (
        {},
        ["that run played only what fits REG-01"],
    )
    part = some.model_copy(update={"options": {"paths": "scenarios/figures"}})
    whole = the_run().model_copy(update={"options": {"paths": "scenarios"}})
    assert [left.why for left in compare(whole, part).left_out] == ["that run played only what is in scenarios/figures"]
    fewer = some.model_copy(update={"scenarios": some.scenarios[:4]})
    assert [ended.id for ended in compare(some, fewer).verdicts] == ["s.yaml::n 4"]
