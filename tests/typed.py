"""Commands of `val` as pages and CI files show them, held against the command line's parser: nothing is run."""

import io
import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import typer

from harness.console.command_line import build

CALL = re.compile(r"(?:^|[|;&]|\$) *(?:\.venv/bin/)?val +(?=[a-z])(.*)")
END = re.compile(r" +#| *(?:&&|[|;>&])(?: |$)")
"""What a command of a shell ends with: a comment, another one, a file to write to."""


def commands(text: str) -> Iterator[list[str]]:
    """Give the arguments of every call of `val` in lines for a shell."""
    for line in text.replace("\\\n", " ").splitlines():
        found = CALL.search(line.strip())
        if found is not None:
            yield shlex.split(END.split(found[1])[0])


def fault(words: Sequence[str]) -> str:
    """Say why the command line would not take this; empty if it would."""
    command = typer.main.get_command(build(words[0]))
    _quieten(command)
    said = io.StringIO()
    try:
        with redirect_stderr(said), redirect_stdout(io.StringIO()):
            command.main(list(words), prog_name="val")
    except SystemExit as end:
        return said.getvalue() if end.code else ""
    return ""


def _quieten(command: Any) -> None:
    """Let a command and all beneath it do nothing once their arguments are taken."""
    command.callback = lambda **_: None
    for each in getattr(command, "commands", {}).values():
        _quieten(each)
