"""valkit.causes: enumerations that explain themselves."""

import re

import pytest

from valkit.carriers import CarrierCause
from valkit.causes import Explained
from valkit.tokens import Cause


class Weather(Explained):
    """An enumeration to try it on."""

    RAIN = "rain", "It is wet."


def test_a_member_is_found_by_its_code() -> None:
    """The code is the value; the sentence comes with it."""
    assert Weather("rain") is Weather.RAIN
    assert Weather.RAIN.sentence == "It is wet."
    with pytest.raises(ValueError, match="'snow' is not a valid Weather"):
        Weather("snow")


@pytest.mark.parametrize("causes", [Cause, CarrierCause])
def test_every_cause_has_a_name_and_a_sentence(causes: type[Explained]) -> None:
    """The name is for programs, the sentence for people."""
    for cause in causes:
        assert re.fullmatch("[a-z0-9_]+", cause.value)
        assert re.fullmatch(r"[A-Z].*\.", cause.sentence)


def test_no_two_causes_share_a_name() -> None:
    """A log line says `cause=...` and nothing else, so names are unique over both enumerations."""
    names = [cause.value for cause in (*Cause, *CarrierCause)]
    assert len(set(names)) == len(names)
