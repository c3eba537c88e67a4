"""`val compare`: a run held against an earlier one, for people, a pull request, or another program."""

import json
from pathlib import Path
from typing import Annotated

import typer

from harness.errors import NoReport
from harness.report import told
from harness.report.comparing import compare as held_against
from harness.report.folder import read
from harness.report.model import Run
from harness.report.model import schema as report_schema
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, OK
from valkit.terminal import plain


def _tell_schema(asked: bool) -> None:  # typer hands the flag over like this
    if asked:
        typer.echo(json.dumps(report_schema(), indent=2))
        raise typer.Exit


def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="Report of the earlier run: its folder or its JSON file.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Report of the later one.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of text.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Markdown, for a pull request.")] = False,
    schema: Annotated[  # noqa: ARG001  its callback does what it is for
        bool,
        typer.Option("--schema", callback=_tell_schema, is_eager=True, help="Print the JSON Schema of report.json."),
    ] = False,
) -> None:
    r"""Tell what changed between two runs: verdicts, requirements, messages and what is in them, times.

    Exit code 1 if a verdict or a requirement got worse. What differs by nature from run to run is no change: ports,
    Call-IDs, tags, nonces, dates, the names of tokens. Times count as changed only where a scenario's differ by more
    than the others' do.

    \b
    Examples:
      val compare reports/main reports/branch
      val compare reports/main/report.json reports/branch/report.json --markdown > comment.md
      val compare --schema > report.schema.json
    """
    if as_json and as_markdown:
        typer.echo("Give --json or --markdown, not both.", err=True)
        raise typer.Exit(BAD_INPUT)
    found = held_against(_read(old), _read(new))
    if as_json:
        typer.echo(json.dumps(told.as_json(found), indent=1))
    else:
        typer.echo((told.as_markdown(found) if as_markdown else told.text(found)).rstrip("\n"))
    raise typer.Exit(FAILED if found.worse else OK)


def _read(path: Path) -> Run:
    try:
        return read(path)
    except NoReport as error:
        typer.echo(plain(str(error)), err=True)
        raise typer.Exit(BAD_INPUT if path.exists() else BAD_ENVIRONMENT) from None
