"""The command line: its help, its version, and what is loaded for them."""

import os
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest
from typer.testing import CliRunner

from harness.console.command_line import COMMANDS, build, prose


def test_help_names_every_command() -> None:
    """With what it does and what exit codes mean."""
    shown = CliRunner().invoke(build(None), ["--help"]).output
    assert all(name in shown for name in COMMANDS)
    assert "Exit codes" in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_has_an_example(name: str) -> None:
    """Its module is found, and its help shows how it is called."""
    shown = CliRunner().invoke(build(name), [name, "--help"]).output
    module = import_module(f"harness.commands.{name.replace('-', '_')}")
    texts = [shown] if not hasattr(module, "app") else _helps(name, module)
    assert all("val " in text and "xample" in text for text in texts), texts


def _helps(name: str, module: object) -> list[str]:
    app: Any = vars(module)["app"]
    verbs = [command.name or command.callback.__name__ for command in app.registered_commands]
    return [CliRunner().invoke(build(name), [name, verb, "--help"]).output for verb in verbs]


def test_help_is_quick() -> None:
    """The command line alone loads neither Twisted nor pydantic."""
    loaded = "print({'twisted', 'pydantic', 'pytest'} & set(sys.modules))"
    code = f"import sys; from harness.console.command_line import build; build(None); {loaded}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_stand_in_lines_of_their_own(name: str) -> None:
    """What keeps them so is not shown."""
    assert "\\b" not in CliRunner().invoke(build(name), [name, "--help"]).output


def test_the_version_is_told() -> None:
    """As reports of faults need it."""
    shown = CliRunner().invoke(build(None), ["--version"])
    assert (shown.exit_code, shown.output.startswith("val 0.")) == (0, True)


def test_help_has_no_escape_sequence_with_no_color() -> None:
    """Neither colours nor bold, even where a terminal is forced."""
    environment = {**os.environ, "NO_COLOR": "1", "FORCE_COLOR": "1", "TERM": "xterm"}
    command = [sys.executable, "-m", "harness", "run", "--help"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "\x1b" not in done.stdout


def test_help_is_made_of_paragraphs() -> None:
    """A terminal breaks their lines; examples stay as they are, and brackets are no markup."""
    assert prose("One line\nand another [x].\n\n\\b\nExamples:\n  val x") == (
        "One line and another \\[x].\n\n\\b\nExamples:\n  val x"
    )
