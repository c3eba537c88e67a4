"""The two ways to write a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.times import date, ntp, read_date, read_ntp

FEBRUARY = 1_393_144_754.0
"""2014-02-23 08:39:14 UTC, the example of TS 33.180 D.2.1."""


def test_the_example_of_the_standard() -> None:
    """TS 33.180 D.2.1 gives this time as this timestamp."""
    assert ntp(FEBRUARY) == "D6B4323200000000"
    assert read_ntp("D6B4323200000000") == FEBRUARY
    assert date(FEBRUARY) == "2014-02-23T08:39:14Z"


@given(st.floats(-1e6, 4e9))
def test_a_timestamp_is_read_as_it_was_written(at: float) -> None:
    """To the microsecond and less, also after the era's end in 2036."""
    assert read_ntp(ntp(at)) == pytest.approx(at, abs=1e-5)


def test_the_next_era_begins_in_2036() -> None:
    """A timestamp of the first half of an era is taken for the next one's."""
    assert date(read_ntp("FFFFFFFF00000000")) == "2036-02-07T06:28:15Z"
    assert date(read_ntp("0000000000000000")) == "2036-02-07T06:28:16Z"


@pytest.mark.parametrize(
    "text", ["", "D6B43232", "D6B43232000000000", "G6B4323200000000", "D6B432320000000\n", "0x" * 8]
)
def test_what_is_no_timestamp(text: str) -> None:
    """It has 16 hexadecimal digits and nothing else."""
    with pytest.raises(Unreadable, match="16 hexadecimal digits"):
        read_ntp(text)


@given(st.integers(0, 200_000_000_000))
def test_a_date_is_read_as_it_was_written(at: int) -> None:
    """To the second."""
    assert read_date(date(at)) == at


def test_zones() -> None:
    """Without one it is UTC."""
    assert read_date("2014-02-23T08:39:14") == FEBRUARY
    assert read_date("2014-02-23T09:39:14.5+01:00") == FEBRUARY + 0.5


@pytest.mark.parametrize(
    "text", ["", "2014-02-23", "2014-13-23T08:39:14Z", "2014-02-30T08:39:14Z", "0000-01-01T00:00:00Z"]
)
def test_what_is_no_date(text: str) -> None:
    """Neither another form nor a day that there is not."""
    with pytest.raises(Unreadable):
        read_date(text)


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_unreadable(text: str) -> None:
    """Nothing else comes of it."""
    for read in (read_date, read_ntp):
        try:
            read(text)
        except Unreadable:
            continue
