import pytest

from harness.run.shortening import MOST, SHOWN, shortened
from harness.seen.ladder.rungs import Arrow, Ladder, Row
from harness.seen.ladder.text import draw


def drawn(rows: int, width: int | None = None) -> str:
    """Draw a ladder of so many rows, each with details beneath it."""
    arrows = [Row(at, None, Arrow(0, 1, f"PUBLISH{at}", ("Expires: 60.000",))) for at in range(rows)]
    return draw(Ladder("every wrong token", ("alice", "VAL server"), tuple(arrows)), width)


@pytest.mark.parametrize("width", [None, 120, 37])
def test_of_a_long_ladder_the_head_and_the_end_are_shown(width: int | None) -> None:
    """With how much is left out, and where it is whole; wide, and told line by line."""
    told = " ".join(shortened(drawn(100, width), width).split())
    assert told.startswith("every wrong")
    assert "PUBLISH59" not in told
    assert "PUBLISH60" in told
    assert "PUBLISH99" in told
    assert f"... {100 - SHOWN} of 100 rows are left out here" in told
    assert "`-v` or `--report DIR` has all of them" in told


def test_a_ladder_that_is_not_long_is_shown_whole() -> None:
    """Up to the last row that fits."""
    assert shortened(drawn(MOST)) == drawn(MOST)
    assert shortened("") == ""
