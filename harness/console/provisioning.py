"""An identity server's database, opened by a command: settings, password, sentences when something fails, tables.

A command waits; nothing here needs a reactor. The rules of provisioning stand in `seal.idms.provisioning.provisioning`.
"""

import json
import sys
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from attrs import frozen
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from harness.console.terminal import colours
from seal.errors import CannotStart, SealError, StoreUnavailable, Unfit
from seal.idms.proving.users import hash_password
from seal.idms.provisioning.provisioning import Provisioner
from seal.idms.settings import IdmsSettings
from seal.idms.stores.store_sql import open_store_here
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.net.serving import leave, settings_from
from valkit.settings import Settings, SettingsError
from valkit.terminal import plain

ConfigFile = Annotated[Path | None, typer.Option("--config", help="YAML file with the server's settings.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]

WANTED = "Input should be "
"""How pydantic begins to say what it expected."""
WIDE = 10_000
"""Columns of a table that no terminal shows: its lines are for other programs and must stay whole."""

T = TypeVar("T")
M = TypeVar("M", bound=Settings)


@frozen
class Desk:
    """An identity server's settings, and what provisions its database."""

    settings: IdmsSettings
    provisioner: Provisioner


def settings_of(context: typer.Context, config: Path | None) -> IdmsSettings:
    """Read the settings that the command names, or `val idms` before it."""
    path = config or context.obj
    if path is None:
        leave("Which server's? Name its settings with --config FILE.", BAD_INPUT)
    return settings_from(IdmsSettings, path)


@contextmanager
def desk_of(context: typer.Context, config: Path | None) -> Iterator[Desk]:
    """Open the database that the settings name; leave with a sentence when something of it fails."""
    settings = settings_of(context, config)
    if settings.store == "memory":
        leave("This server keeps everything in memory: give it a database (store), or ask its admin API.", BAD_INPUT)
    try:
        store = open_store_here(settings.store)
        try:
            yield Desk(settings, Provisioner(store, _hash))
        finally:
            done(store.close())
    except (Unfit, SettingsError) as error:
        leave(str(error), BAD_INPUT)
    except (CannotStart, StoreUnavailable) as error:
        leave(str(error), BAD_ENVIRONMENT)
    except SealError as error:
        leave(str(error), FAILED)


async def _hash(password: str, old_hash: str) -> str:
    return hash_password(password, old_hash)


def done(coroutine: Coroutine[Deferred[Any], Any, T]) -> T:
    """Give what a coroutine gives that waits for no reactor, or raise what it raises."""
    outcome: list[T | Failure] = []
    Deferred.fromCoroutine(coroutine).addBoth(outcome.append)
    if isinstance(outcome[0], Failure):
        outcome[0].raiseException()
    return outcome[0]


def entry(model: type[M], values: Mapping[str, object]) -> M:
    """Make an entry of what was told on the command line. Raises Unfit."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        said = fault["msg"].removeprefix("Value error, ")
        if said.startswith(WANTED):
            said = f"cannot be used (expected {said.removeprefix(WANTED)})"
        raise Unfit(f"{'.'.join(map(str, fault['loc']))}: {said}") from None


def password() -> str:
    """Ask for a password, twice and without showing it; or read the first line, where nobody sits."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n") or leave(
        "no password was given (expected a line on standard input)", BAD_INPUT
    )


def json_in(path: Path) -> object:
    """Read a JSON file. Raises Unfit."""
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Unfit(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise Unfit(f"{path} cannot be read: {error}") from error


def remark_on(kind: str, named: Iterable[str] | None, known: Iterable[str]) -> None:
    """Say which of these names there are not (yet): it may be meant so, and may be a slip."""
    there = set(known)
    for name in named or ():
        if name not in there:
            typer.echo(plain(f"There is no {kind} {name} here, or not yet: is it written so?"), err=True)


def show(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print a table whose headings are the names in its rows, or JSON."""
    console = Console(highlight=False, color_system=colours(), width=None if sys.stdout.isatty() else WIDE)
    if as_json:
        console.out(json.dumps(rows, indent=1))
        return
    if not rows:
        console.print("There are none.")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in rows[0]:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_said(value)) for value in row.values()))
    console.print(table)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(" ".join(map(str, value)) if isinstance(value, list) else str(value))
