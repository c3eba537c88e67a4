import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from harness.language.schemas import lab_schema, scenario_schema
from valkit.settings import documents

ROOT = Path(__file__).parents[3]
SCENARIOS = sorted(path for path in (ROOT / "scenarios").rglob("*.yaml") if path.parent.name not in {"labs", "shared"})
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
        {"expect.message": {"headers": {"Expires": {"matchs": "6+"}}}},
        {"expect.message": {"parts": [{"xlm": {"//a": "b"}}]}},
    ],
)
def test_a_slip_of_the_pen_is_underlined(step: dict[str, object], scenarios: Any) -> None:
    """A verb, an argument, a value, a duration, two verbs in one, and one that has to be said."""
    assert not scenarios.is_valid({"name": "n", "clauses": ["REG-01"], "steps": [step]})


def test_any_value_may_be_one_of_the_matrix(scenarios: Any) -> None:
    """`${...}` stands for a number, too."""
    step = {"expect.answer": {"status": "${status}", "expires": "${expires}"}}
    assert scenarios.is_valid({"name": "n", "clauses": ["REG-01"], "steps": [step]})


def test_what_stands_within_a_step_may_be_written_short_too(scenarios: Any) -> None:
    """A text for a value or a part, a list for all values, and `${...}` for whatever it is."""
    part = {"xml": {"//m:a": ["b", "c"]}, "namespaces": "${ns}", "count": "${n}", "text": {"matches": "a+"}}
    step = {"expect.message": {"headers": {"Expires": 60}, "parts": ["text/plain", "${part}", part]}}
    assert scenarios.is_valid({"name": "n", "clauses": ["REG-01"], "steps": [step]})


@pytest.mark.parametrize(
    "step",
    [
        {"include": "registered"},
        {"include": {"steps": "registered", "with": {"ue": "bob"}}},
        {"parallel": [[{"ue.register": "alice"}], [{"include": "registered"}]]},
    ],
)
def test_what_is_no_verb_is_known_too(step: dict[str, object], scenarios: Any) -> None:
    """Shared steps, and branches with steps in them."""
    assert scenarios.is_valid({"name": "n", "vars": {"a": 1}, "steps": [step]} | {"clauses": ["REG-01"]})
    assert not scenarios.is_valid(
        {"name": "n", "clauses": ["REG-01"], "steps": [{"parallel": [[{"ue.registre": "a"}], []]}]}
    )


@pytest.mark.parametrize(("name", "made"), [("scenario.schema.json", scenario_schema), ("lab.schema.json", lab_schema)])
def test_the_published_schemas_are_those_of_the_code(name: str, made: Any) -> None:
    """If this one is not: make docs."""
    assert (ROOT / "docs" / name).read_text() == made()
