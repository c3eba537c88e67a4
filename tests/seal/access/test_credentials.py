"""The two headers, whatever is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal.access.credentials import Asserted, Bearer, credentials_in, identity_in
from seal.access.errors import AccessRefused

any_text = st.text(st.characters(max_codepoint=255), max_size=300)


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER  abc "])
def test_a_bearer_token_is_taken_whatever_else_is_asserted(header: str) -> None:
    """The scheme in any case (RFC 9110 11.1)."""
    assert credentials_in([header], ["sip:x@home.example"]) == Bearer("abc")


def test_a_scheme_without_a_token_is_a_token_that_will_not_hold() -> None:
    """So that it is answered 401, not 403."""
    assert credentials_in(["Bearer"], []) == Bearer("")


@pytest.mark.parametrize("authorizations", [[], ["Basic YTpi"], [""]])
def test_without_a_bearer_the_assertion_counts(authorizations: list[str]) -> None:
    """Other schemes are not ours."""
    assert credentials_in(authorizations, ['"sip:val@home.example"']) == Asserted("sip:val@home.example")
    with pytest.raises(AccessRefused) as caught:
        credentials_in(authorizations, [])
    assert caught.value.status == 403


@pytest.mark.parametrize(("authorizations", "asserted"), [(["Bearer a", "Bearer b"], []), ([], ["a", "b"])])
def test_two_of_a_kind_are_refused(authorizations: list[str], asserted: list[str]) -> None:
    """Two readers could take different ones."""
    with pytest.raises(AccessRefused) as caught:
        credentials_in(authorizations, asserted)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("value", "identity"),
    [
        ("sip:val@home.example", "sip:val@home.example"),
        ('"sip:val@home.example"', "sip:val@home.example"),
        (' "urn:val:group:fire" ', "urn:val:group:fire"),
        ("", ""),
        ('""', ""),
        ('"sip:a@x", "sip:b@x"', ""),
        ("sip:a@x, sip:b@x", ""),
        ("sip:a@x sip:b@x", ""),
        ('"sip:a@x', ""),
        ("x" * 256, ""),
        ("sip:ä@x", ""),
    ],
)
def test_one_identity_is_read_and_nothing_else(value: str, identity: str) -> None:
    """With its quotes (TS 24.109) or without."""
    assert identity_in(value) == identity


@given(st.lists(any_text, max_size=3), st.lists(any_text, max_size=3))
def test_whatever_comes_is_read_or_refused(authorizations: list[str], asserted: list[str]) -> None:
    """And what was read can be logged as it is."""
    try:
        brought = credentials_in(authorizations, asserted)
    except AccessRefused:
        assert len(authorizations) != 1 or len(asserted) > 1 or not authorizations[0].lower().startswith("bearer ")
    else:
        assert isinstance(brought, Bearer) or brought.identity.isascii()


def test_a_token_is_not_shown() -> None:
    """Not in a traceback either."""
    assert "abc" not in repr(credentials_in(["Bearer abc"], []))
