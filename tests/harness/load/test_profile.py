from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.load.errors import BadProfile
from harness.load.profile import Profile, Stretch

stretches = st.builds(
    Stretch,
    seconds=st.floats(0.1, 60),
    begin=st.floats(0, 100),
    end=st.floats(0, 100),
)
profiles = st.lists(stretches, min_size=1, max_size=4).map(lambda found: Profile(tuple(found)))


def test_a_text_says_rates_ramps_and_steps() -> None:
    """Parts stand between commas; a step includes both ends."""
    profile = Profile.parse("10/s 30s, ramp 10/s..100/s 1m,  steps 20/s..50/s by 20/s 10s")
    assert profile.stretches == (
        Stretch(30, 10, 10),
        Stretch(60, 10, 100),
        Stretch(10, 20, 20),
        Stretch(10, 40, 40),
        Stretch(10, 50, 50),
    )
    assert (profile.seconds, profile.journeys) == (120, 300 + 3300 + 200 + 400 + 500)


@pytest.mark.parametrize(("text", "rates"), [("30/m 1m", [0.5]), ("steps 30/s..10/s by 10/s 1s", [30, 20, 10])])
def test_rates_are_per_minute_too_and_steps_go_down(text: str, rates: list[float]) -> None:
    """As their text says."""
    assert [each.begin for each in Profile.parse(text).stretches] == rates


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("10/s 30s, rump 3/s 4s", "`rump 3/s 4s` at character 11 (expected such as `50/s 30s`"),
        ("10/s 30s,", "nothing at character 10"),
        ("", "nothing at character 1"),
        ("10 30s", "`10 30s` at character 1"),
        ("10/s 30", "at character 1: 30 is not a duration (expected one with its unit"),
        ("10/s 0s", "no time at all"),
        ("0/s 10s", "begins no journey"),
        ("steps 1/s..5/s by 0/s 1s", "too many steps"),
        ("999999/s 1s", "more than anybody sends"),
        (f"{'9' * 400}/s 1s", "more than anybody sends"),
        (f"steps 1/s..{'9' * 400}/s by 1/s 1s", "more than anybody sends"),
        (f"steps 1/s..2/s by 0.{'0' * 400}1/s 1s", "too many steps"),
        (f"1/s {'9' * 400}s", "at most 7 days"),
        (f"1/s {'9' * 5000}s", "at most 7 days"),
        ("1/s 8d", "at most 7 days"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, says: str) -> None:
    """And with what was expected."""
    with pytest.raises(BadProfile) as raised:
        Profile.parse(text)
    assert says in str(raised.value)


def test_a_steady_rate_begins_one_after_the_other() -> None:
    """The first at once."""
    assert list(Profile.parse("4/s 1s").moments()) == [0, 0.25, 0.5, 0.75]


def test_a_ramp_begins_ever_more() -> None:
    """From 0/s to 2/s in 2 s there are two: the second when the area below the ramp is 1."""
    assert list(Profile.parse("ramp 0/s..2/s 2s").moments()) == pytest.approx([0, 2**0.5])


@given(profiles)
def test_there_are_as_many_moments_as_journeys_in_order_and_in_time(profile: Profile) -> None:
    """Whatever the stretches."""
    moments = list(profile.moments())
    assert abs(len(moments) - profile.journeys) <= len(profile.stretches)
    assert all(before <= after + 1e-9 for before, after in pairwise(moments))
    assert all(-1e-9 <= each <= profile.seconds + 1e-6 for each in moments)


def test_a_stretch_that_begins_next_to_nothing_spoils_no_other() -> None:
    """As from a ramp that a program wrote."""
    assert list(Profile((Stretch(1, 1.5e-95, 0), Stretch(2, 0, 1))).moments()) == [1.0]


@given(profiles, st.integers(1, 5))
def test_processes_share_the_moments(profile: Profile, processes: int) -> None:
    """Each journey is begun by one of them."""
    shares = [list(profile.moments(number, processes)) for number in range(processes)]
    assert sorted(chain(*shares)) == list(profile.moments())
