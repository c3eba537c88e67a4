import json
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from harness.load.histogram import LEAST, WIDER, Histogram

times = st.lists(st.floats(LEAST, 1_000), min_size=1, max_size=50)


def counted(seconds: list[float]) -> Histogram:
    """Count these."""
    histogram = Histogram()
    for each in seconds:
        histogram.add(each)
    return histogram


@given(times, st.sampled_from([0.5, 0.9, 0.99, 1.0]))
def test_a_percentile_is_at_most_one_percent_above_what_was_measured(seconds: list[float], share: float) -> None:
    """And never below it."""
    exact = sorted(seconds)[ceil(share * len(seconds) - 1e-9) - 1]
    found = counted(seconds).percentile(share)
    assert exact * (1 - 1e-9) <= found <= exact * WIDER * (1 + 1e-9)


@given(times, times)
def test_adding_up_two_is_counting_all(some: list[float], others: list[float]) -> None:
    """In whichever process they were counted."""
    added = counted(some)
    added.take(counted(others))
    assert added == counted(some + others)


@given(times)
def test_what_is_written_is_read_again(seconds: list[float]) -> None:
    """By way of JSON."""
    assert Histogram.of(json.loads(json.dumps(counted(seconds).told()))) == counted(seconds)


def test_nothing_counted_has_no_percentile() -> None:
    """It is 0, and so is its length."""
    assert (Histogram().percentile(0.99), len(Histogram())) == (0, 0)


def test_the_longest_is_exact() -> None:
    """No bucket rounds it."""
    assert counted([0.1, 0.123456]).percentile(1) == 0.123456


def test_those_above_a_time_are_counted() -> None:
    """To the width of a bucket."""
    assert counted([0.01, 0.04, 0.06, 0.2]).above(0.05) == 2
