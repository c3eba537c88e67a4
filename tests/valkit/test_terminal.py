"""valkit.terminal: what others wrote does nothing to a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.terminal import plain, plain_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x1b[2J", r"\x1b[2J"),
        ("a\r\nb\tc\x7f", r"a\r\nb\tc\x7f"),
        ("\x9b31m", r"\x9b31m"),
        ("user\u202eexe.txt", r"user\u202eexe.txt"),
        ("\udc80", r"\udc80"),
        ("Grüße, Ωmega: [bold] 100 %", "Grüße, Ωmega: [bold] 100 %"),
        ("", ""),
    ],
)
def test_what_does_something_is_written_out(text: str, shown: str) -> None:
    """Escape sequences of seven and eight bits, line breaks, reversed writing, halves of characters."""
    assert plain(text) == shown


@given(st.text())
def test_nothing_comes_out_that_is_not_printable(text: str) -> None:
    """Whatever goes in; and what is plain stays as it is."""
    shown = plain(text)
    assert shown.isprintable()
    assert plain(shown) == shown


def test_several_lines_stay_several() -> None:
    """A line feed between them is ours; whatever else breaks lines or moves the cursor is written out."""
    assert plain_lines("one\n\x1b[2Jtwo\r\n\u2028") == "one\n\\x1b[2Jtwo\\r\n\\u2028"
