from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis.strategies import integers

from tests.valkit.idbased.support import Given
from valkit.idbased.scalars import drawn, naf
from valkit.ids import SeededIds


class TestDraws:
    def test_every_number_of_the_range_comes_and_no_other(self) -> None:
        """A thousand draws of 2 ... 12 hit each of them, about equally often."""
        ids = SeededIds("draws")
        numbers = [drawn(ids, 2, 13) for _ in range(1100)]
        assert set(numbers) == set(range(2, 13))
        assert all(60 < numbers.count(number) < 140 for number in range(2, 13))

    def test_what_lies_outside_is_thrown_away_rather_than_reduced(self) -> None:
        """With 0 and 15 outside of 1 ... 11, the next draw counts."""
        assert drawn(Given(0, 15, 7), 1, 12) == 7

    def test_superfluous_bits_do_not_count(self) -> None:
        """A range of four bits takes four bits of a byte."""
        assert drawn(Given(0xF5), 1, 12) == 5

    def test_a_source_that_stands_still_is_found_out(self) -> None:
        """Zeros for ever are not random, and do not hang the program."""
        with pytest.raises(ValueError, match="not random"):
            drawn(Given(*[0] * 1000), 1, 12)


class TestSignedDigits:
    @given(number=integers(0, 1 << 300), width=integers(2, 6))
    def test_they_add_up_to_the_number(self, number: int, width: int) -> None:
        """The sum of digit * 2**place is the number."""
        assert sum(digit << place for digit, place in naf(number, width)) == number

    @given(number=integers(1, 1 << 300), width=integers(2, 6))
    def test_they_are_odd_small_and_far_between(self, number: int, width: int) -> None:
        """Digits are odd, below 2**(width - 1), and at least `width` places apart."""
        digits = list(naf(number, width))
        assert all(digit % 2 and abs(digit) < 1 << width - 1 for digit, _ in digits)
        places = [place for _, place in digits]
        assert all(after - before >= width for before, after in pairwise(places))
