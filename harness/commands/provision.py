"""`val provision`: users, services, profiles, groups and keys, from one file to every SEAL server (IDM-15)."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from harness.console.documents import console
from harness.console.finishing import finish
from harness.provision.applying import Stopped, applied
from harness.provision.consistency import read_provisioning
from harness.provision.plan import Provisioning
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.net.serving import leave
from valkit.settings import SettingsError
from valkit.terminal import plain

STYLES = {"created": "green", "changed": "yellow", "unchanged": "dim"}


def provision(
    file: Annotated[Path, typer.Argument(help="YAML file with servers, services, users and groups.")],
    check: Annotated[bool, typer.Option("--check", help="Only look whether the file makes sense.")] = False,
) -> None:
    r"""Provision VAL users, services, profiles, groups and keys from one file, at servers that run.

    The file is checked as a whole first, with every fault where it is written. What is there already as it says is
    left alone, so it can be asked for again: after a server has failed, too. Passwords are set for users that are new.

    \b
    Examples:
      val provision examples/seal.yaml
      val provision examples/seal.yaml --check
    """
    plan = _read(file)
    if check:
        console().print(f"{escape(str(file))} makes sense: {_counted(plan)}")
        return

    async def main(reactor: Any) -> None:
        say, done = console(), Counter[str]()
        try:
            async for outcome in applied(plan, reactor):
                done[outcome.done] += 1
                style = STYLES[outcome.done]
                say.print(f"{outcome.server:5} [{style}]{outcome.done:9}[/] {escape(plain(outcome.what))}")
        except Stopped as error:
            stands = "What is listed above stands" if done else "Nothing was changed"
            text = plain(str(error))
            leave(
                f"Stopped at {text}. {stands}; call it again to do the rest.",
                FAILED if error.reached else BAD_ENVIRONMENT,
            )
        say.print(", ".join(f"{done[each]} {each}" for each in STYLES))

    finish(main)


def _read(file: Path) -> Provisioning:
    try:
        return read_provisioning(file.read_text("utf-8"), str(file))
    except SettingsError as error:
        leave(str(error), BAD_INPUT)
    except UnicodeDecodeError:
        leave(f"{file} is no UTF-8 text: save it as UTF-8.", BAD_INPUT)
    except OSError as error:
        leave(f"{file} cannot be read: {error.strerror}", BAD_ENVIRONMENT)


def _counted(plan: Provisioning) -> str:
    return f"{len(plan.services)} services, {len(plan.users)} users, {len(plan.groups)} groups"
