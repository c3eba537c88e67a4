"""valkit.durations: lengths of time in words."""

import pytest

from valkit.durations import in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "less than a second"),
        (59, "59 s"),
        (60, "1 min"),
        (3600, "1 h"),
        (3660, "1 h 1 min"),
        (90061, "1 d 1 h"),
        (86460, "1 d"),
    ],
)
def test_lengths_of_time(seconds: float, words: str) -> None:
    """At most two units, the smaller left out where it is nothing."""
    assert in_words(seconds) == in_words(-seconds) == words
