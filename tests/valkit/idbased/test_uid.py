import pytest
from hypothesis import given
from hypothesis.strategies import floats, integers

from tests.vectors.uid import KNOWN, Known
from valkit.idbased.uid import KeyPeriods, uid

ALICE, KMS, MONTHLY = "sip:alice@home.example", "kms.home.example", KeyPeriods()


@pytest.mark.parametrize("known", KNOWN, ids=("period 631", "period 1490"))
def test_uids_of_another_implementation(known: Known) -> None:
    """User, KMS and key period give the UID that others compute, so the encoding of numbers is theirs."""
    periods = KeyPeriods(known.length, known.offset)
    assert uid(known.user, known.kms, periods, known.number).hex() == known.uid


def test_everything_counts() -> None:
    """Another user, KMS, length, offset or number is another UID, of 32 bytes."""
    uids = {
        uid(ALICE, KMS, MONTHLY, 1),
        uid("sip:bob@home.example", KMS, MONTHLY, 1),
        uid(ALICE, "kms.partner.example", MONTHLY, 1),
        uid(ALICE, KMS, KeyPeriods(86_400), 1),
        uid(ALICE, KMS, KeyPeriods(offset=1), 1),
        uid(ALICE, KMS, MONTHLY, 2),
        uid(ALICE, KMS, MONTHLY, 256),
    }
    assert len(uids) == 7
    assert {len(one) for one in uids} == {32}


def test_text_has_one_normal_form() -> None:
    """A letter and its accent are one character or two, and one user (TS 33.220 B.2)."""
    assert uid("ren\N{LATIN SMALL LETTER E WITH ACUTE}", KMS, MONTHLY, 1) == uid(
        "rene\N{COMBINING ACUTE ACCENT}", KMS, MONTHLY, 1
    )


@pytest.mark.parametrize("text", ["", "a" * 65_536])
def test_a_uri_that_cannot_be_written_is_refused(text: str) -> None:
    """A length has two bytes, and nobody is called nothing."""
    with pytest.raises(ValueError, match="65535"):
        uid(text, KMS, MONTHLY, 1)
    with pytest.raises(ValueError, match="65535"):
        uid(ALICE, text, MONTHLY, 1)


class TestKeyPeriods:
    @given(
        now=floats(0, 1e11, allow_nan=False),
        length=integers(1, 10**9),
        offset=integers(0, 10**9),
    )
    def test_now_is_in_its_period(self, now: float, length: int, offset: int) -> None:
        """The period that a time has the number of begins before it and ends after it."""
        periods = KeyPeriods(length, offset % length)
        begin, end = periods.bounds(periods.number(now))
        assert begin <= now < end
        assert end - begin == length

    def test_periods_follow_one_another(self) -> None:
        """Where one ends the next one begins."""
        assert MONTHLY.bounds(1490)[1] == MONTHLY.bounds(1491)[0]

    def test_the_first_one_begins_with_1900(self) -> None:
        """Period 0 of offset 0 begins 2208988800 seconds before 1970, the epoch of NTP."""
        assert MONTHLY.bounds(0)[0] == -2_208_988_800
        assert KeyPeriods(86_400, 60).bounds(0)[0] == -2_208_988_740

    def test_a_known_day(self) -> None:
        """On 2014-02-23, 08:39:14 UTC, which is 3602133554 seconds after 1900, period 1389 of 30 days runs."""
        assert MONTHLY.number(3_602_133_554 - 2_208_988_800) == 1389

    @pytest.mark.parametrize(("length", "offset"), [(0, 0), (-1, 0), (10, 10), (10, -1)])
    def test_what_cuts_no_time_is_refused(self, length: int, offset: int) -> None:
        """A period has a length, and its offset is shorter."""
        with pytest.raises(ValueError):
            KeyPeriods(length, offset)
