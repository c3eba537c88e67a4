"""`val check`: tell whether files are right, without playing them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from harness.console.terminal import broken, columns
from harness.grammar.files import text_of
from harness.grammar.lab_files import FOLDER
from harness.grammar.script import FOLDER as SHARED
from harness.grammar.script import check_shared
from harness.language.places import read_checked, staged
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.settings import SettingsError, readable


def check(paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders.")]) -> None:
    r"""Check scenario and lab files without playing them; every fault with its line.

    \b
    Examples:
      val check my-scenarios/
      val check scenarios/labs/home.yaml
    """
    files = [file for path in paths if path.exists() for file in _files(path)]
    missing = [path for path in paths if not path.exists()]
    for path in missing:
        typer.echo(f"{path} does not exist. Give a scenario file, a lab file, or a folder of them.", err=True)
    if not (files or missing):
        typer.echo(f"There is no .yaml file in {', '.join(map(str, paths))}.", err=True)
        raise typer.Exit(BAD_INPUT)
    faults = list(dict.fromkeys(line for file in files for line in _faults(file)))
    for line in faults:
        typer.echo(broken(line, columns()), err=True)
    if missing or faults:
        raise typer.Exit(BAD_ENVIRONMENT if missing else BAD_INPUT)
    typer.echo(f"{len(files)} file{'s' if len(files) != 1 else ''} checked, all well.")


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    else:
        yield from sorted(file for file in path.rglob("*") if file.suffix in {".yaml", ".yml"})


def _faults(file: Path) -> Iterator[str]:
    try:
        if file.parent.name == FOLDER or _is_lab(file):
            read_checked(file)
        elif file.parent.name == SHARED:
            check_shared(file)
        else:
            staged(file, str(file))
    except SettingsError as error:
        yield from map(str, error.faults)


def _is_lab(file: Path) -> bool:
    """Whether it describes a lab in no folder of labs: it has phones or is like another, and no steps."""
    found = readable(text_of(file, str(file)), str(file), [])
    first = found[0].value if found else None
    return isinstance(first, dict) and "steps" not in first and bool({"ues", "like"} & first.keys())
