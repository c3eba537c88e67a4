from pathlib import Path

import pytest
from pydantic import ValidationError

import harness.expect
import harness.steps  # noqa: F401  importing the two declares their verbs
from harness.grammar.script import items
from harness.grammar.vocabulary import Arguments, Step, parts_of, suggestion, verbs
from valkit.settings import documents


class Advance(Arguments):
    """A verb's arguments with a short form."""

    short = "by"
    by: str = "1s"


def test_every_verb_is_documented() -> None:
    """A reference is made from the docstrings: each verb and each thing it is told says what it is."""
    for verb in verbs().values():
        assert verb.says, verb.name
        for name, field in verb.arguments.model_fields.items():
            assert field.description, f"{verb.name}: {name}"


def test_verbs_have_two_parts() -> None:
    """The plugin knows a script by its verbs in two parts."""
    assert all(name.count(".") == 1 for name in verbs())


def test_a_single_value_stands_for_the_short_field() -> None:
    """`clock.advance: 1h` says the same as `clock.advance: {by: 1h}`, and nothing at all takes the defaults."""
    assert Advance.model_validate("1h").by == Advance.model_validate({"by": "1h"}).by == "1h"
    assert Advance.model_validate(None).by == "1s"


def test_without_a_short_field_a_single_value_is_refused() -> None:
    """A verb that has no short form wants a mapping."""
    with pytest.raises(ValidationError):
        verbs()["expect.binding"].arguments.model_validate("sip:alice@home.example")


def test_all_that_stands_within_a_step_is_given_with_its_place() -> None:
    """In lists and in mappings, however deep."""
    text = "steps: [{expect.message: {parts: [{headers: {To: a}}], capture: {id: To}}}, {expect.answer: 200}]"
    [document] = documents(f"name: n\nclauses: [REG-01]\n{text}", "s.yaml")
    [step, _] = items(document, Path("s.yaml"), [])
    assert isinstance(step, Step)
    places = {".".join(map(str, place[2:])): type(told).__name__ for place, told in parts_of(step)}
    assert places["expect.message.parts.0"] == "PartIs"
    assert places["expect.message.parts.0.headers.To"] == "Wanted"
    assert places["expect.message.capture.id"] == "Taken"


def test_a_misspelt_verb_is_guessed() -> None:
    """What is near to a verb is suggested, anything else gets the list."""
    assert suggestion("ue.regster", verbs()) == "did you mean ue.register?"
    assert "expect.answer" in suggestion("dance", verbs())
