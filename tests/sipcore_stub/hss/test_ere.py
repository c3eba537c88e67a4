import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipcore_stub.hss.ere import Ere


@pytest.mark.parametrize(
    ("expression", "found", "missed"),
    [
        ("^sip:val@", "sip:val@home.example", "<sip:val@home.example>"),
        ("end$", "the end", "the end\n"),
        ("^b", "bc", "a\nb"),
        (r"a\.b", "a.b", "axb"),
        ("[[:alpha:]_]{3}", "12ab_", "ab1_"),
        ("[^[:space:]]$", "a", "a "),
        ("[]x]", "]", "["),
        ("(ab|cd)+e", "abcde", "abde"),
        ("a.b", "a\nb", "ab"),
        ("[a-f]{2,}", "1ef", "1e2f"),
        ("", "anything", None),
    ],
)
def test_what_an_expression_finds(expression: str, found: str, missed: str | None) -> None:
    """IEEE 1003.1 9.3.5 and 9.4, one sentence of it a line."""
    assert Ere(expression).is_in(found)
    assert missed is None or not Ere(expression).is_in(missed)


@pytest.mark.parametrize("expression", [r"\d+", "(?=a)", "*", "a|*", "[a", "(a", "a{3,2}", "[[:letter:]]"])
def test_what_is_none_is_refused(expression: str) -> None:
    """What Python's expressions would take is among it: another core would not."""
    with pytest.raises(ValueError, match="is no extended regular expression: "):
        Ere(expression)


def test_case_counts_unless_it_is_told_not_to() -> None:
    """Header names know no case; their contents do."""
    assert not Ere("event").is_all_of("Event")
    assert Ere("event", any_case=True).is_all_of("Event")
    assert not Ere("event").is_all_of("events")


def test_no_text_takes_for_ever() -> None:
    """A UE chooses the text: a matcher that backtracks would try 2 to the power of its length ways."""
    assert not Ere("(a+)+$").is_in("a" * 100_000 + "!")


def test_text_that_is_no_utf_8_is_searched_too() -> None:
    """A header's octets may be any."""
    assert Ere("x$").is_in("\udcff x")


@given(st.text())
def test_any_text_is_an_expression_or_a_clear_fault(text: str) -> None:
    """No other exception comes of it, and a text whose special characters are escaped finds itself."""
    try:
        outcome: object = Ere(text)
    except ValueError as error:
        outcome = str(error)
    assert outcome
    escaped = "".join(f"\\{each}" if each in ".[]\\()*+?{}|^$" else each for each in text)
    assert Ere(escaped).is_all_of(text)
