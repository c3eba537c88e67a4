"""JSON members of the right kind, or Unusable."""

import pytest

from ue_sim.identity.errors import Unusable
from ue_sim.identity.reading import json_object, number, optional_text, text


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"a":1,"a":2}'])
def test_what_is_no_object_is_unusable(body: bytes) -> None:
    """The sentence names what it should have been."""
    with pytest.raises(Unusable, match="the key set is not a JSON object"):
        json_object(body, "key set")


@pytest.mark.parametrize("value", [None, "", 1, [], True])
def test_a_text_is_a_text(value: object) -> None:
    """And not empty."""
    with pytest.raises(Unusable, match="the answer has no a"):
        text({"a": value}, "a", "answer")
    assert text({"a": "b"}, "a", "answer") == "b"


def test_an_optional_text_may_be_absent() -> None:
    """But if it is there, it is a text."""
    assert optional_text({}, "a", "answer") is None
    with pytest.raises(Unusable):
        optional_text({"a": 1}, "a", "answer")


@pytest.mark.parametrize("value", [None, "300", True, -1, 1e300, float("inf")])
def test_a_number_is_a_duration(value: object) -> None:
    """Not negative, not a text, not so large that it is none."""
    with pytest.raises(Unusable, match="number of seconds"):
        number({"a": value}, "a", "answer")
    assert (number({"a": 3}, "a", "x"), number({"a": 0.5}, "a", "x")) == (3.0, 0.5)
