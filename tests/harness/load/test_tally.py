import json

from harness.load.tally import MOST_CAUSES, OTHER, Step, Tally


def tally(second: float, *, took: float = 0.01, cause: str = "403 Forbidden") -> Tally:
    """Count a journey that succeeded, one that failed and one held back."""
    made = Tally()
    at = made.at(second)
    at.begun, at.held_back, at.succeeded, at.failed = 2, 1, 1, 1
    at.lag.add(0.001)
    at.step("register").took.add(took)
    at.step("register").fail(cause)
    return made


def test_processes_are_added_up_second_by_second() -> None:
    """What two counted in the same second is in one."""
    both = tally(3.2)
    both.take(tally(3.9, cause="timeout"))
    both.take(tally(5))
    assert sorted(both.seconds) == [3, 5]
    assert both.seconds[3].step("register").causes == {"403 Forbidden": 1, "timeout": 1}
    assert (both.whole.begun, both.whole.due, both.whole.under_way) == (6, 9, 0)
    assert both.whole.step("register").done == 6


def test_what_is_added_up_stays_as_it_is() -> None:
    """The parts are still there, unchanged, when the whole goes on."""
    part = tally(1)
    whole = Tally()
    whole.take(part)
    whole.take(tally(1))
    assert part == tally(1)


def test_what_is_written_is_read_again() -> None:
    """By way of JSON, as processes say it."""
    assert Tally.of(json.loads(json.dumps(tally(7).told()))) == tally(7)


def test_causes_are_bounded() -> None:
    """A peer that invents reason phrases fills no memory."""
    step = Step()
    for number in range(MOST_CAUSES + 50):
        step.fail(f"403 Reason {number}")
    assert (len(step.causes), step.causes[OTHER], step.failed) == (MOST_CAUSES + 1, 50, MOST_CAUSES + 50)
