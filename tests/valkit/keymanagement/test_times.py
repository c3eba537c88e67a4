"""The two ways to write a time."""

from datetime import datetime

import pytest
from hypothesis import example, given
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


@given(st.datetimes(), st.integers(-840, 840), st.sampled_from(["", ".999999999"]))
@example(datetime(9999, 12, 31, 23, 59, 59), -720, "")  # noqa: DTZ001  the zone stands beside it
@example(datetime(9999, 12, 31, 23, 59, 59), 0, ".999999999")  # noqa: DTZ001
@example(datetime(1, 1, 1), 720, "")  # noqa: DTZ001
@example(datetime(1, 1, 1), 0, "")  # noqa: DTZ001
def test_what_is_read_can_be_written(local: datetime, minutes: int, fraction: str) -> None:
    """In UTC; a time for which that has no year is none. Else what was kept could not be told any more."""
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    try:
        at = read_date(f"{local.replace(microsecond=0).isoformat()}{fraction}{zone}")
    except Unreadable:
        return
    assert read_date(date(at)) == at // 1


def test_zones() -> None:
    """Without one it is UTC."""
    assert read_date("2014-02-23T08:39:14") == FEBRUARY
    assert read_date("2014-02-23T09:39:14.5+01:00") == FEBRUARY + 0.5


@pytest.mark.parametrize(
    "text", ["", "2014-02-23", "2014-13-23T08:39:14Z", "2014-02-30T08:39:14Z", "9999-12-31T23:59:59-12:00"]
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
