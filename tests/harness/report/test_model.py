import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from harness.report.model import FORMAT, Run, Token, schema
from tests.harness.report.runs import FAILURE, performance, played, run

PUBLISHED = Path(__file__).parents[3] / "docs" / "report.schema.json"


def written(whole: Run) -> object:
    """Give a run as report.json has it."""
    return json.loads(whole.model_dump_json(exclude_defaults=True))


def test_the_published_schema_is_that_of_the_models() -> None:
    """`make docs` writes it."""
    assert PUBLISHED.read_text() == json.dumps(schema(), indent=2) + "\n"


def test_a_report_is_valid_under_the_published_schema() -> None:
    """One that passed, one that failed."""
    validator = Draft202012Validator(json.loads(PUBLISHED.read_text()))
    Draft202012Validator.check_schema(validator.schema)
    whole = written(run(played(performance()), played(performance(failure=FAILURE, name="another"))))
    assert list(validator.iter_errors(whole)) == []
    assert isinstance(whole, dict)
    whole["scenarios"][0]["verdict"] = "perhaps"
    del whole["format"]
    assert len(list(validator.iter_errors(whole))) == 2


def test_a_run_is_read_as_it_was_written() -> None:
    """What has its default is not written."""
    whole = run()
    text = whole.model_dump_json(exclude_defaults=True)
    assert Run.model_validate_json(text) == whole
    assert '"again":false' not in text


def test_what_is_no_character_is_written_as_an_escape() -> None:
    """JSON of others may have a lone surrogate, and no file in UTF-8; it cost the whole report."""
    token = Token(where="bearer", header={"kid": "\udfff"}, claims={"\ud800": ["grün", {"a": "\ud800b"}]})
    assert token.claims == {"\\ud800": ["grün", {"a": "\\ud800b"}]}
    assert Token.model_validate_json(token.model_dump_json()) == token


def test_a_report_says_which_format_it_has() -> None:
    """Of another one nothing is read."""
    assert run().format == FORMAT
    with pytest.raises(ValidationError):
        Run.model_validate({**run().model_dump(), "format": "val-report/2"})


def test_what_a_later_version_says_beside_is_left_out() -> None:
    """New fields may come under the same number."""
    assert Run.model_validate({**run().model_dump(), "weather": "fine"}) == run()


def test_a_run_with_a_failure_has_not_passed() -> None:
    """One is enough."""
    assert run().passed
    assert not run(played(performance()), played(performance(failure=FAILURE))).passed
