import re

import pytest
from pydantic import ValidationError

from harness.seen.patterns import Pattern, status_fits
from tests.harness.scenes import CAST, request


def pattern(**told: object) -> Pattern:
    """Make a pattern from what a scenario says."""
    return Pattern.model_validate(told)


def test_a_pattern_without_status_means_requests() -> None:
    """An answer to the same method is not meant."""
    message = request()
    assert pattern(method="REGISTER").fits("alice", "pcscf", message, CAST)
    assert not pattern(method="REGISTER").fits("alice", "pcscf", message.answer(200), CAST)


def test_a_pattern_with_status_means_answers() -> None:
    """A code or a class of codes, to the method asked for."""
    answer = request().answer(401)
    assert pattern(status=401).means(answer)
    assert pattern(status="4xx", method="REGISTER").means(answer)
    assert not pattern(status="2xx").means(answer)
    assert not pattern(status=401, method="PUBLISH").means(answer)


def test_ends_may_be_names_or_parts() -> None:
    """`from: ue, to: core` means any phone and any element of the core."""
    assert pattern(**{"from": "ue", "to": "core"}).joins("alice", "icscf", CAST)
    assert not pattern(**{"from": "core"}).joins("alice", "icscf", CAST)


@pytest.mark.parametrize("status", [99, "2x", "7xx", "ok"])
def test_a_status_is_a_code_or_a_class(status: object) -> None:
    """Anything else is refused."""
    with pytest.raises(ValidationError):
        pattern(status=status)


def test_a_class_holds_its_hundred() -> None:
    """4xx means 400 to 499."""
    assert status_fits("4xx", 400)
    assert status_fits("4xx", 499)
    assert not status_fits("4xx", 500)


def test_a_pattern_reads_as_words() -> None:
    """Failures name what was meant."""
    assert str(pattern(method="REGISTER", **{"from": "scscf", "to": "valserver"})) == "REGISTER from scscf to valserver"
    assert str(pattern(status=200, method="PUBLISH")) == "200 to PUBLISH"


@pytest.mark.parametrize(
    ("written", "said"), [("REGSITER", "did you mean REGISTER?"), ("JUMP", "expected one of: ACK")]
)
def test_a_method_is_one_of_sip(written: str, said: str) -> None:
    """A method that nobody sends would never be missed."""
    with pytest.raises(ValidationError, match=f"is not a SIP method .{re.escape(said)}"):
        Pattern.model_validate({"method": written})
