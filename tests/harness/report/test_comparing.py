from collections.abc import Callable

import pytest

from harness.report.comparing import Comparison, compare, kind
from harness.report.model import Played, Run, Sent
from harness.report.results import Verdict
from tests.harness.report.runs import FAILURE, performance, played, run
from tests.harness.scenes import registration

COUNT = 12


def one(at: int, seconds: float = 0.05, verdict: Verdict | None = None) -> Played:
    """Make a scenario of the old run."""
    return played(performance(name=f"n {at}"), seconds, verdict)


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


def slow(made: Played) -> Played:
    """Let most of it pass before the 401."""
    late = False
    events = []
    for event in made.events:
        late = late or (isinstance(event, Sent) and event.status == 401)
        events.append(event.model_copy(update={"at": event.at + 0.4 * late}))
    return made.model_copy(update={"seconds": made.seconds + 0.4, "events": tuple(events)})


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


def test_one_planted_delay_is_named_with_its_place() -> None:
    """The message before which the time was lost."""
    found = compare(the_run(), the_run(n2=slow))
    assert differences(found).keys() == {"times"}
    [timed] = found.times
    assert (timed.id, timed.slower, timed.where) == (
        "s.yaml::n 2",
        True,
        "401 Unauthorized to REGISTER, scscf to icscf",
    )
    assert not found.worse


def test_a_slow_machine_is_no_change() -> None:
    """Where all take four times as long, none takes longer than the others."""
    slower = run(*(each.model_copy(update={"seconds": each.seconds * 4}) for each in the_run().scenarios))
    assert compare(the_run(), slower).times == ()


def test_noise_is_no_change() -> None:
    """Where times are far apart anyhow, as far again says nothing."""
    noisy = run(*(one(at, 0.5 * (4 if at % 2 else 1)) for at in range(COUNT)))
    other = run(*(one(at, 0.5 * (1 if at % 2 else 4)) for at in range(COUNT)))
    assert compare(noisy, other).times == ()


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


def test_a_scenario_that_is_gone_is_worse_and_a_new_one_is_not() -> None:
    """Unless it fails at once."""
    gone = compare(the_run(), the_run(n3=None))
    assert ([(ended.id, ended.after) for ended in gone.verdicts], gone.worse) == ([("s.yaml::n 3", None)], True)
    new = compare(the_run(n3=None), the_run())
    assert ([(ended.id, ended.before) for ended in new.verdicts], new.worse) == ([("s.yaml::n 3", None)], False)
    assert compare(the_run(n3=None), the_run(n3=failing)).worse


def test_kinds_are_told_by_who_and_what() -> None:
    """An answer says to what; a lost message is of another kind."""
    first = played(performance(registration())).events[0]
    assert isinstance(first, Sent)
    assert kind(first) == "REGISTER, alice to pcscf"
    assert kind(first.model_copy(update={"fate": "lost"})) == "REGISTER, alice to pcscf, lost"
    answer = first.model_copy(update={"name": "200 OK", "method": "POST", "path": "/token", "status": 200})
    assert kind(answer) == "200 OK to POST /token, alice to pcscf"


def test_times_that_no_run_takes_are_compared_too() -> None:
    """A report is read as it is written, by whomever."""
    for seconds in ((1e-300, 1e300), (1e300, 1e-300), (1e308, 1e308)):
        old, new = (run(*(one(at, each) for at in range(COUNT))) for each in seconds)
        assert not compare(old, new).worse
        half = run(*(one(at, seconds[at % 2]) for at in range(COUNT)))
        assert {found.id for found in compare(old, half).times} <= {found.id for found in old.scenarios}


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
