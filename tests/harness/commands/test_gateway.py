"""`val gateway`, as a user starts it."""

from pathlib import Path

from typer.testing import CliRunner

from harness.console.command_line import build
from tests.harness.commands.serving_alone import program, refused
from tests.valserver.gateway.test_main import CONFIG
from valkit.exits import BAD_INPUT


def test_it_says_where_both_sides_are(tmp_path: Path) -> None:
    """And ends well."""
    (tmp_path / "gateway.yaml").write_text(CONFIG.replace("CA", str(tmp_path / "ca")))
    with program("gateway", tmp_path / "gateway.yaml") as addresses:
        assert set(addresses) == {"inner", "outer"}


def test_a_fault_in_the_file_is_told(tmp_path: Path) -> None:
    """With its place."""
    (tmp_path / "gateway.yaml").write_text(CONFIG.replace("domain: home", "domian: home"))
    code, said = refused("gateway", tmp_path / "gateway.yaml")
    assert (code, "gateway.yaml:1:1" in said) == (BAD_INPUT, True)


def test_its_help_has_an_example() -> None:
    """To copy."""
    done = CliRunner().invoke(build("gateway"), ["gateway", "--help"])
    assert (done.exit_code, "val gateway --config" in done.output) == (0, True)
