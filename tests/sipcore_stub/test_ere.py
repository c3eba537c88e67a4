import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipcore_stub.ere import CLASSES, compiled


@pytest.mark.parametrize(
    ("expression", "found", "missed"),
    [
        ("^sip:val@", "sip:val@home.example", "<sip:val@home.example>"),
        ("end$", "the end", "the end\n"),
        (r"a\.b", "a.b", "axb"),
        ("[[:alpha:]_]{3}", "12ab_", "ab1_"),
        ("[^[:space:]]$", "a", "a "),
        ("[]x]", "]", "["),
        ("[^]x]", "[", "]x"),
        (r"[\.]", "\\", "a"),
        ("(ab|cd)+e", "abcde", "abde"),
        ("a.b", "a\nb", "ab"),
        ("[a-f]{2,}", "1ef", "1e2f"),
        ("", "anything", None),
    ],
)
def test_what_an_expression_finds(expression: str, found: str, missed: str | None) -> None:
    """IEEE 1003.1 9.3.5 and 9.4, one sentence of it a line."""
    assert compiled(expression).search(found)
    assert missed is None or not compiled(expression).search(missed)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (r"\d+", r"has '\\d' at character 1"),
        ("(?=a)", "repeats nothing at character 2"),
        ("a*?", "repeats nothing at character 3"),
        ("*", "repeats nothing at character 1"),
        ("a|*", "repeats nothing at character 3"),
        ("^*", "repeats nothing at character 2"),
        ("[a", "has '[a' at character 1"),
        ("(a", "is no extended regular expression"),
        ("a{3,2}", "is no extended regular expression"),
        ("[[:letter:]]", "has [:letter:]"),
    ],
)
def test_what_posix_leaves_undefined_is_refused(expression: str, said: str) -> None:
    """IEEE 1003.1 9.4.2, 9.4.3 and 9.4.6: another core would read it otherwise."""
    with pytest.raises(ValueError, match=re.escape(said)):
        compiled(expression)


def test_case_counts_unless_it_is_told_not_to() -> None:
    """Header names know no case; their contents do."""
    assert not compiled("event").fullmatch("Event")
    assert compiled("event", any_case=True).fullmatch("Event")


@pytest.mark.parametrize(
    ("name", "members"),
    [("punct", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"), ("space", " \t\n\r\f\v"), ("xdigit", "0123456789abcdefABCDEF")],
)
def test_the_character_classes(name: str, members: str) -> None:
    """As in the C locale, every ASCII character in it or not."""
    pattern = compiled(f"[[:{name}:]]")
    assert {chr(code) for code in range(128) if pattern.fullmatch(chr(code))} == set(members)
    assert name in CLASSES


@given(st.text(st.characters(max_codepoint=126, min_codepoint=32)))
def test_any_text_is_an_expression_or_a_clear_fault(text: str) -> None:
    """No other exception comes of it, and a text whose special characters are escaped finds itself."""
    try:
        outcome: object = compiled(text)
    except ValueError as error:
        outcome = str(error)
    assert outcome
    escaped = "".join(f"\\{each}" if each in ".[]\\()*+?{}|^$" else each for each in text)
    assert compiled(escaped).fullmatch(text)
