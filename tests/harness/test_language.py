import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from harness.language import lab_schema, markdown, plain, scenario_schema, told
from harness.vocabulary import verbs
from valkit.settings import documents

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted(path for path in (ROOT / "scenarios").rglob("*.yaml") if path.parent.name != "labs")
LABS = sorted((ROOT / "scenarios" / "labs").glob("*.yaml"))


@pytest.fixture(scope="module")
def scenarios() -> Any:
    """Judge scenarios as an editor does."""
    Draft202012Validator.check_schema(schema := json.loads(scenario_schema()))
    return Draft202012Validator(schema)


@pytest.fixture(scope="module")
def labs() -> Any:
    """Judge labs as an editor does."""
    Draft202012Validator.check_schema(schema := json.loads(lab_schema()))
    return Draft202012Validator(schema)


def plainly(value: object) -> object:
    """Give what an editor sees: plain JSON, a number where one is written."""
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_scenario_of_ours_is_right_in_an_editor(path: Path, scenarios: Any) -> None:
    """What `val check` takes, the schema takes."""
    for document in documents(path.read_text(), path.name):
        assert not [error.message for error in scenarios.iter_errors(plainly(document.value))]


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_every_lab_of_ours_is_right_in_an_editor(path: Path, labs: Any) -> None:
    """Also one that stands on another."""
    [document] = documents(path.read_text(), path.name)
    assert not [error.message for error in labs.iter_errors(plainly(document.value))]


@pytest.mark.parametrize(
    "step",
    [
        {"ue.registre": "alice"},
        {"ue.register": {"ue": "alice", "tokn": True}},
        {"ue.register": {"ue": "alice", "res": "rong"}},
        {"clock.advance": "an hour"},
        {"ue.register": "alice", "expect.answer": 200},
        {"expect.binding": {"val_user_id": "alice"}},
    ],
)
def test_a_slip_of_the_pen_is_underlined(step: dict[str, object], scenarios: Any) -> None:
    """A verb, an argument, a value, a duration, two verbs in one, and one that has to be said."""
    assert not scenarios.is_valid({"name": "n", "clauses": ["REG-01"], "steps": [step]})


def test_any_value_may_be_one_of_the_matrix(scenarios: Any) -> None:
    """`${...}` stands for a number, too."""
    step = {"expect.answer": {"status": "${status}", "expires": "${expires}"}}
    assert scenarios.is_valid({"name": "n", "clauses": ["REG-01"], "steps": [step]})


def test_what_a_step_can_be_told_is_in_plain_words() -> None:
    """What has to be said comes first; each with its kind and what is taken otherwise."""
    first, *_ = told(verbs()["ue.register"])
    assert (first.name, first.kind, first.default) == ("ue", "text", None)
    text = plain(verbs()["ue.register"])
    assert "res: right | wrong | none, otherwise right" in text
    assert "`ue.register: X` is short for `ue.register: {ue: X}`." in text
    assert "by: duration, such as 30s" in plain(verbs()["clock.advance"])
    assert "since_start: yes | no, otherwise no" in plain(verbs()["expect.message"])
    assert "only: list of text, otherwise all 85 of them" in plain(verbs()["token.mutations"])


def test_every_step_and_every_argument_says_what_it_is() -> None:
    """Documentation is part of a verb."""
    for verb in verbs().values():
        assert verb.says
        assert all(argument.says for argument in told(verb)), verb.name


@pytest.mark.parametrize(
    ("name", "made"),
    [("steps.md", markdown), ("scenario.schema.json", scenario_schema), ("lab.schema.json", lab_schema)],
)
def test_the_published_pages_are_those_of_the_code(name: str, made: Any) -> None:
    """If this one is not: make docs."""
    assert (ROOT / "docs" / name).read_text() == made()
