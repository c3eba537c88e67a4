import json

from typer.testing import CliRunner

from harness.console.command_line import build
from harness.grammar.vocabulary import verbs

RUNNER = CliRunner()


def test_every_step_is_listed_with_what_it_does() -> None:
    """A line each."""
    lines = RUNNER.invoke(build("steps"), ["steps"]).output.splitlines()
    assert [line.split()[0] for line in lines] == sorted(verbs())


def test_one_step_or_a_kind_of_steps_is_told_whole() -> None:
    """By its name, or by what stands before the dot."""
    told = RUNNER.invoke(build("steps"), ["steps", "ue.register", "fault"]).output
    assert "res: right | wrong | none" in told
    assert all(name in told for name in ("fault.lose", "fault.hold", "fault.repeat"))


def test_a_name_that_is_none_is_told_with_a_guess() -> None:
    """And ends with 2."""
    result = RUNNER.invoke(build("steps"), ["steps", "ue.registre"])
    assert (result.exit_code, result.output) == (2, "ue.registre is no step (did you mean ue.register?)\n")


def test_the_schemas_are_json() -> None:
    """For an editor, by themselves."""
    for option, title in (("--schema", "A scenario of val"), ("--lab-schema", "A lab of val")):
        assert json.loads(RUNNER.invoke(build("steps"), ["steps", option]).output)["title"] == title
