"""Whole numbers as this arithmetic wants them: drawn at random from a range, and written in signed digits.

A draw takes as many bits as the range has and throws away what lies outside, so every number is equally likely; no
remainder is taken, which would favour the small ones and give an ephemeral key away by and by.
"""

from collections.abc import Iterator

from valkit.ids import Ids

DRAWS = 128
"""After so many draws outside the range (each as likely as not, at worst) the source is not random."""


def drawn(ids: Ids, low: int, below: int) -> int:
    """Draw a number of low ... below - 1, each equally likely.

    Raises ValueError if the source gives nothing in the range for so long that it cannot be random.
    """
    bits = below.bit_length()
    size = (bits + 7) // 8
    for _ in range(DRAWS):
        number = int.from_bytes(ids.nonce(size)) & (1 << bits) - 1
        if low <= number < below:
            return number
    raise ValueError("the source of randomness is not random")


def naf(number: int, width: int) -> Iterator[tuple[int, int]]:
    """Give the non-zero signed digits of a number and their places, lowest first: number = sum of digit * 2**place.

    Digits are odd and smaller than 2**(width - 1); among `width` neighbouring places at most one is not zero. With
    width 2 this is the non-adjacent form.
    """
    full, half = 1 << width, 1 << width - 1
    place = 0
    while number:
        zeros = (number & -number).bit_length() - 1
        number >>= zeros
        place += zeros
        digit = number & full - 1
        if digit >= half:
            digit -= full
        yield digit, place
        number -= digit
