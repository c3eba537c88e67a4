"""What every command that starts a program takes, as its help says."""

import pytest
from typer.testing import CliRunner

from harness.console.command_line import build


@pytest.mark.parametrize("program", ["server", "core", "idms", "kms", "cms", "gms", "proxy", "gateway"])
def test_every_program_takes_its_settings_and_how_its_log_is_written(program: str) -> None:
    """By the same options."""
    said = CliRunner().invoke(build(program), [program, "--help"], env={"COLUMNS": "120", "TERM": "dumb"}).output
    assert "--config" in said
    assert "--log-format" in said


def test_a_log_is_written_in_no_other_way() -> None:
    """The option says which there are, and nothing is started."""
    asked = ["server", "--config", "none.yaml", "--log-format", "xml"]
    done = CliRunner().invoke(build("server"), asked, env={"COLUMNS": "120", "TERM": "dumb"})
    assert done.exit_code == 2
    assert "'text', 'json'" in done.output
