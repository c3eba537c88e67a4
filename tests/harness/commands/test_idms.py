"""`val idms`: a file is needed, and what is wrong in it is told with its line."""

from pathlib import Path

from typer.testing import CliRunner

from harness.console.command_line import build


def test_it_needs_a_file() -> None:
    """2, with a sentence."""
    done = CliRunner().invoke(build("idms"), ["idms"])
    assert (done.exit_code, "--config" in done.output) == (2, True)


def test_a_fault_in_the_file_is_told(tmp_path: Path) -> None:
    """With its place."""
    config = tmp_path / "idms.yaml"
    config.write_text("tokens: {audiense: x}\n")
    done = CliRunner().invoke(build("idms"), ["idms", "--config", str(config)])
    assert (done.exit_code, "idms.yaml:1:10" in done.output) == (2, True)


def test_its_help_has_an_example() -> None:
    """To copy."""
    done = CliRunner().invoke(build("idms"), ["idms", "--help"])
    assert (done.exit_code, "val idms --config" in done.output) == (0, True)
