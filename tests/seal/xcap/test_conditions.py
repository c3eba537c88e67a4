import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal.xcap.conditions import etag_of, require, unchanged
from seal.xcap.errors import Refused

KEPT = b"<a/>"
NOW = etag_of(KEPT)


def status(if_match: str | None, if_none_match: str | None, kept: bytes | None) -> int:
    """Say how a change is answered that is conditional so."""
    try:
        require(if_match, if_none_match, kept)
    except Refused as error:
        return error.status
    return 200


@pytest.mark.parametrize(
    ("if_match", "if_none_match", "kept", "expected"),
    [
        (None, None, KEPT, 200),
        (NOW, None, KEPT, 200),
        (f'"other" , {NOW}', None, KEPT, 200),
        ("*", None, KEPT, 200),
        ('"other"', None, KEPT, 412),
        (f"W/{NOW}", None, KEPT, 412),
        ("*", None, None, 412),
        (NOW, None, None, 412),
        (None, "*", None, 200),
        (None, "*", KEPT, 412),
        (None, NOW, KEPT, 412),
        (None, f"W/{NOW}", KEPT, 412),
        (None, '"other"', KEPT, 200),
        (NOW, NOW, KEPT, 412),
        ("", None, KEPT, 412),
        ("other", None, KEPT, 400),
        (None, '"a" "b"', KEPT, 400),
    ],
)
def test_a_change_happens_only_to_the_state_it_is_meant_for(
    if_match: str | None, if_none_match: str | None, kept: bytes | None, expected: int
) -> None:
    """RFC 9110 13.1: If-Match compares strongly, If-None-Match weakly."""
    assert status(if_match, if_none_match, kept) == expected


def test_who_has_it_already_need_not_read_it() -> None:
    """304."""
    assert unchanged(f'"x", W/{NOW}', KEPT)
    assert unchanged("*", KEPT)
    assert not unchanged(None, KEPT)
    assert not unchanged('"x"', KEPT)


@given(st.binary(), st.binary())
def test_other_octets_have_another_tag(one: bytes, other: bytes) -> None:
    """A strong one (RFC 9110 8.8.1)."""
    assert (etag_of(one) == etag_of(other)) == (one == other)
