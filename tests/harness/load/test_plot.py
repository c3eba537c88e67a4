import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from harness.load.plot import BOTTOM, HEIGHT, MOST, TOP, WIDTH, plots
from harness.load.profile import Profile
from harness.load.result import Result
from harness.load.tally import Tally
from tests.harness.load.results import asked, result


def test_there_is_a_picture_of_the_rate_and_one_of_each_step() -> None:
    """Each line says what it is at its highest."""
    rate, register, publish = plots(result())
    assert [(line.name, line.highest) for line in rate.lines] == [
        ("due", "2/s"),
        ("succeeded", "2/s"),
        ("failed or held back", "1/s"),
    ]
    assert (register.title, publish.title) == ("How long register took", "How long publish took")
    assert [line.name for line in register.lines] == ["p50", "p90", "p99"]


def test_nothing_counted_is_no_picture() -> None:
    """Nor an error."""
    assert plots(Result(asked(), Tally(), 0.0, 0.0)) == ()


def test_what_was_counted_in_one_second_is_a_line_as_well() -> None:
    """A point by itself would not be seen."""
    tally = Tally()
    tally.at(0).begun = tally.at(0).succeeded = 1
    rate = plots(Result(asked(), tally, 0.0, 2.0))[0]
    assert rate.lines[0].points == f"0.0,{TOP:.1f} {WIDTH / 2:.1f},{TOP:.1f}"


@pytest.mark.parametrize(("profile", "seconds"), [("2/s 2500ms", 2.5), ("2/s 241s", 241)])
def test_the_last_point_is_of_the_time_that_is_left(profile: str, seconds: float) -> None:
    """A steady rate is a level line, though its end is in the middle of a second, or of the seconds of a point."""
    tally = Tally()
    for moment in Profile.parse(profile).moments():
        tally.at(moment).begun += 1
    for took in (seconds, seconds + 9.5):
        made = Result(evolve(asked(), profile=Profile.parse(profile)), tally, 0.0, took)
        due = plots(made)[0].lines[0]
        assert len({point.split(",")[1] for point in due.points.split()}) == 1


@given(st.dictionaries(st.integers(0, 5_000), st.tuples(st.integers(1, 500), st.floats(1e-5, 100)), min_size=1))
def test_every_point_is_in_the_picture(seconds: dict[int, tuple[int, float]]) -> None:
    """However long the load was, in at most so many points."""
    tally = Tally()
    for at, (count, took) in seconds.items():
        tally.at(at).begun = tally.at(at).succeeded = count
        tally.at(at).step("register").took.add(took)
    for plot in plots(Result(asked(), tally, 0.0, max(seconds) + 1.0)):
        assert all(0 <= tick.at <= 100 for tick in plot.along)
        for line in plot.lines:
            points = [tuple(map(float, point.split(","))) for point in line.points.split()]
            assert 1 < len(points) <= MOST
            assert all(0 <= x <= WIDTH and TOP <= y <= HEIGHT - BOTTOM for x, y in points)
