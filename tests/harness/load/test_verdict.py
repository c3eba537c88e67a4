import pytest

from harness.load.errors import BadOrder
from harness.load.tally import Second
from harness.load.verdict import Limits, not_done, remarks


def second(
    *, succeeded: int = 98, failed: int = 1, held_back: int = 1, took: float = 0.1, lag: float = 0.001
) -> Second:
    """Give what was counted."""
    made = Second(succeeded + failed, held_back, succeeded, failed)
    for _ in range(made.begun):
        made.lag.add(lag)
    for _ in range(succeeded):
        made.step("register").took.add(took)
    return made


def test_what_did_not_begin_counts_as_not_done() -> None:
    """So that a system cannot pass by being slow."""
    assert not_done(second()) == 0.02


@pytest.mark.parametrize(
    ("fail_over", "p99_over", "count"),
    [(None, None, 1), ("2%", "200ms", 0), ("1%", None, 1), ("0.01", "50ms", 2), ("0%", None, 1)],
)
def test_limits_that_were_exceeded_are_told(fail_over: str | None, p99_over: str | None, count: int) -> None:
    """In a sentence each."""
    assert len(list(Limits.read(fail_over, p99_over).exceeded(second()))) == count


def test_a_load_in_which_nothing_succeeded_is_never_well() -> None:
    """However many may fail."""
    assert list(Limits(failed=1).exceeded(second(succeeded=0, failed=5))) == ["no journey succeeded"]


def test_journeys_that_never_ended_excuse_only_a_load_that_was_cut_short() -> None:
    """Of those one might have succeeded."""
    whole = Second(begun=5, failed=3)
    any_may_fail = Limits(failed=1)
    assert list(any_may_fail.exceeded(whole)) == ["no journey succeeded"]
    assert list(any_may_fail.exceeded(whole, cut_short=True)) == []
    assert list(any_may_fail.exceeded(second(succeeded=0, failed=5), cut_short=True)) == ["no journey succeeded"]


@pytest.mark.parametrize("text", ["x", "-1%", "200%", "1%%"])
def test_what_is_no_share_is_refused(text: str) -> None:
    """With what was expected."""
    with pytest.raises(BadOrder, match="expected such as 1%"):
        Limits.read(text, None)


def test_what_is_no_time_is_refused() -> None:
    """With what was expected."""
    with pytest.raises(BadOrder, match="expected one with its unit"):
        Limits.read(None, "200")


def test_journeys_that_begin_late_are_the_machines_fault() -> None:
    """They say nothing of the system under test."""
    assert not list(remarks(second(held_back=0), 10))
    (said,) = remarks(second(held_back=0, lag=0.2), 10)
    assert said.startswith("This machine was a limit")


def test_journeys_held_back_are_told() -> None:
    """With how many may be under way."""
    (said,) = remarks(second(held_back=3), 10)
    assert said.startswith("3 journeys did not begin: every UE was busy, or 10 journeys under way")
