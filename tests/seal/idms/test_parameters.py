"""Parameters out of form-encoded text: strictly, one value each, nothing empty."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal.idms.parameters import MOST, read


def test_values_are_decoded() -> None:
    """Percent signs and plus signs (RFC 6749 appendix B)."""
    assert read(b"scope=openid+a%3Ab&state=%C3%BC").values == {"scope": "openid a:b", "state": "ü"}
    assert read(b"").values == {}


def test_what_is_empty_is_not_there() -> None:
    """RFC 6749 3.1; and what comes twice is told."""
    read_ = read(b"a=&b=1&b=2&c")
    assert (read_.get("a"), read_.get("c"), read_.repeated) == (None, None, frozenset("b"))


@pytest.mark.parametrize(
    "text", ["ü=1".encode(), b"a=%FF", b"a=%00", b"a=%0d%0aSet-Cookie:x", b"a=1&" * (MOST + 1), b"\xff"]
)
def test_what_nobody_sends_is_refused(text: bytes) -> None:
    """Other encodings, control characters, parameters without end."""
    with pytest.raises(ValueError):
        read(text)


@given(st.binary(max_size=200))
def test_any_text_is_read_or_refused(text: bytes) -> None:
    """With nothing but ValueError."""
    with suppress(ValueError):
        assert all(read(text).values.values())
