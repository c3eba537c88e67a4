import pytest

from harness.diagnosis.facts import Challenge
from harness.diagnosis.findings import Diagnosis, Finding, diagnoses, diagnosis, findings_in
from tests.harness.diagnosis.ailing import OP, K, answered, challenge
from valkit.aka.milenage import Milenage


def test_every_diagnosis_has_a_sentence_and_a_clause() -> None:
    """The table is made of them."""
    for name, each in diagnoses().items():
        assert each.name == name
        assert each.says.endswith(".")
        assert each.clause.startswith(("RFC ", "TS "))


def test_a_fact_of_another_kind_is_not_looked_at() -> None:
    """A diagnosis says what it is about."""
    each = Diagnosis("x", "RFC 1", Challenge, "It is.", lambda _: [Finding("It is.", "Do.")])
    assert list(each.findings("a text")) == []
    assert list(each.findings(challenge())) == [Finding("It is.", "Do.", name="x", clause="RFC 1")]


def test_what_is_found_again_is_told_once() -> None:
    """With every place."""
    first, second = (Challenge(place, b"", bytes(16)) for place in ("frame 1", "frame 9"))
    (found,) = findings_in([first, second, first])
    assert (found.name, found.evidence) == ("autn-size", ("frame 1", "frame 9"))


def test_two_diagnoses_cannot_have_one_name() -> None:
    """It would be lost which it is."""
    with pytest.raises(AssertionError, match="two diagnoses are called amf"):
        diagnosis("amf", "TS 33.102", "It is.")(lambda _: [])


def test_a_cause_stands_before_what_follows_from_it() -> None:
    """In whichever order they are met."""
    cause, effect = challenge(Milenage(K, OP)), answered("(hidden)")
    assert [found.name for found in findings_in([effect, cause])] == ["wrong-key", "response-refused"]
    assert diagnoses()["response-refused"].follows
    assert not diagnoses()["wrong-key"].follows
