"""What a load tells programs, held against its published schema."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from harness.load.report import FORMAT, schema
from harness.load.verdict import Limits
from tests.harness.load.results import result

PUBLISHED = Path(__file__).parents[3] / "docs" / "load.schema.json"


def test_the_published_schema_is_that_of_the_models() -> None:
    """`make docs` writes it."""
    assert PUBLISHED.read_text() == json.dumps(schema(), indent=2) + "\n"


def test_what_is_written_is_valid_under_the_published_schema() -> None:
    """And what lacks something, or has something else in its place, is not."""
    validator = Draft202012Validator(json.loads(PUBLISHED.read_text()))
    Draft202012Validator.check_schema(validator.schema)
    told = json.loads(result(Limits(failed=0.01)).told().model_dump_json())
    assert told["format"] == FORMAT
    assert list(validator.iter_errors(told)) == []
    told["journeys"]["begun"] = "six"
    del told["timeline"][0]["steps"]["register"]["p99"]
    assert len(list(validator.iter_errors(told))) == 2


def test_every_field_is_described() -> None:
    """Who reads the schema reads nothing else."""
    made = schema()
    for name, part in {"the whole": made, **made["$defs"]}.items():
        assert "description" in part, name
        assert all("description" in each or "$ref" in each for each in part["properties"].values()), name
