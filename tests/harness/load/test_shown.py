from io import StringIO

import pytest
from attrs import evolve
from rich.console import Console

from harness.load.shown import line, screen, summary, written
from harness.load.tally import Tally
from harness.load.verdict import Limits
from tests.harness.load.results import asked, result, tally


def text(*parts: object, width: int = 200) -> str:
    """Print it as on a terminal without colours."""
    console = Console(width=width, color_system=None, record=True, file=StringIO())
    for part in parts:
        console.print(part)
    return console.export_text()


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(0.0012345, "1.23 ms"), (0.0512, "51.2 ms"), (0.512, "512 ms"), (1.5, "1500 ms"), (12, "12.0 s")],
)
def test_times_are_told_with_three_digits(seconds: float, says: str) -> None:
    """In milliseconds, as long as that can be read."""
    assert written(seconds) == says


def test_the_end_tells_steps_causes_and_limits() -> None:
    """What others wrote does nothing on the terminal."""
    told = text(*summary(result(Limits(p99=0.02))))
    assert "6 journeys in 3.0 s: 5 succeeded, 1 failed, 0 held back; 1.7/s" in told
    assert "1 x publish: 403 <b>\\x1b[1m" in told
    assert "Too much: p99 of register was 60.0 ms (--p99-over 20ms)" in told


def test_the_screen_shows_how_it_goes() -> None:
    """The rate of the last seconds, what is under way, and the steps."""
    told = text(screen(asked(), tally(), 2.9))
    assert "3 of 3 s   udp:192.0.2.1:5060" in told
    assert "2.0/s due" in told
    assert "5 succeeded, 1 failed, 0 held back, 0 under way" in told
    assert "register" in told


def test_the_rate_is_that_of_full_seconds_and_of_the_first_one_until_now() -> None:
    """Whatever part of another one has passed."""
    for passed, rate in ((0.5, "4.0"), (1.9, "2.0"), (3.9, "2.0")):
        assert f": {rate}/s due" in line(asked(), tally(), passed)


def test_a_load_that_ended_early_says_why() -> None:
    """What others wrote does nothing on the terminal."""
    told = text(*summary(evolve(result(), fault="A process of the load ended: \x1b[1m")))
    assert "It ended before its time: A process of the load ended: \\x1b[1m" in told


def test_before_anything_has_begun_there_is_a_screen_as_well() -> None:
    """And a line."""
    assert "0 succeeded" in text(screen(asked(), Tally(), -0.2))
    assert "0 succeeded" in line(asked(), Tally(), -0.2)


def test_a_line_says_the_same() -> None:
    """With the p99 of each step that succeeded."""
    assert line(asked(), tally(), 3.0).endswith("register p99 60.0 ms, publish p99 5.00 ms")


def test_a_narrow_terminal_has_room_for_every_column() -> None:
    """Names of steps and figures, none of them cut."""
    lines = text(*summary(result()), width=60).splitlines()
    register = next(line for line in lines if line.startswith("register"))
    assert register.split() == ["register", "6", "0", "30.1", "ms", "60.0", "ms", "60.0", "ms", "60.0", "ms"]
