"""valkit.tokens.strictjson: one reading of a JSON object, or none."""

from contextlib import suppress
from json import dumps

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.tokens.strictjson import read_object

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_what_json_writes_is_read_back(value: dict[str, object]) -> None:
    """Any object survives."""
    assert read_object(dumps(value).encode()) == value


def test_white_space_around_is_allowed() -> None:
    """JSON allows it, so a token may have it (RFC 8259 2)."""
    assert read_object(b' \r\n{"a": 1}\t') == {"a": 1}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a": 1, "a": 2}', "names a member twice"),
        (b'{"a": {"b": 1, "b": 1}}', "names a member twice"),
        (b'{"a": 1, "\\u0061": 2}', "names a member twice"),
        (b'{"exp": NaN}', "holds NaN"),
        (b'{"exp": Infinity}', "holds Infinity"),
        (b'{"exp": -Infinity}', "holds -Infinity"),
        (b'{"a": 1}{"b": 2}', "goes on after its end"),
        (b'{"a": 1}\x0b', "goes on after its end"),
        (b"[1]", "is not a JSON object"),
        (b'"text"', "is not a JSON object"),
        (b"null", "is not a JSON object"),
        (b'{"a":' + b"[" * 9000, "is nested too deeply"),
        (b"", "Expecting value"),
        (b"{'a': 1}", "Expecting property name"),
        (b'{"a": "\xff"}', "can't decode"),
        (b'\xef\xbb\xbf{"a": 1}', "Expecting value"),
        (b'{"a": ' + b"9" * 5000 + b"}", "Exceeds the limit"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    """What two readers could read in two ways, and what is no JSON object."""
    with pytest.raises(ValueError, match=reason):
        read_object(data)


@given(st.binary(max_size=40))
def test_any_bytes_give_an_object_or_a_value_error(data: bytes) -> None:
    """Nothing else comes out."""
    with suppress(ValueError):
        assert isinstance(read_object(data), dict)
