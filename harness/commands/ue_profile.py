"""`val ue profile`: a user's profile and UE configuration, from a configuration management server (C-4)."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from harness.console.documents import Desk, Told, asked, console
from ue_sim.documents.configuration import ConfigurationClient
from ue_sim.documents.errors import Refused
from valkit.documents import UeConfiguration, UserProfile
from valkit.terminal import plain

EXAMPLES = """\b
Examples:
  val ue profile --config examples/ue-seal.yaml
  val ue profile --config ue.yaml --token alice.json --service dispatch --json
"""

Found = dict[str, tuple[UserProfile | None, UeConfiguration | None]]


def profile(
    config: Annotated[Path, typer.Option(help="The phone's file, whose `configuration` says where the server is.")],
    token: Annotated[
        Path | None,
        typer.Option(help="A file with an access token, or a log-in saved by `val ue sign-in`; - is standard input."),
    ] = None,
    service: Annotated[str | None, typer.Option(help="The VAL service; else every one of the token.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Show it in JSON.")] = False,
) -> None:
    """Fetch the user's profile and the UE configuration, and show the domains that the user's groups are in."""
    told = Told(config, token, service)
    show = _in_json if as_json else _in_words
    asked(told, lambda settings: settings.configuration, "configuration", _fetched, show)


def _in_json(found: Found) -> None:
    typer.echo(json.dumps({name: _shown(*documents) for name, documents in found.items()}, indent=1))


def _in_words(found: Found) -> None:
    say = console()
    for name, (mine, configuration) in found.items():
        say.print(f"[bold]{escape(plain(name))}[/]")
        if mine is None:
            say.print("  no profile")
        else:
            state = "" if mine.enabled else "  [yellow]disabled[/]"
            say.print(f"  profile {mine.index} {escape(plain(mine.name))}{state}".rstrip())
            for group in mine.groups:
                say.print(f"    group {escape(plain(group.group_id))} of {escape(plain(group.home or 'this domain'))}")
        if configuration is not None:
            called = f"{configuration.name} of {configuration.domain}".strip()
            say.print(f"  UE configuration {escape(plain(called))}")


async def _fetched(desk: Desk) -> Found:
    client = ConfigurationClient(desk.client)
    found: Found = {}
    for service in desk.services:
        try:
            mine = await client.profile(desk.token, service, desk.user)
        except Refused as refused:
            if refused.status != 404:
                raise
            mine = None
        found[service] = (mine, await client.ue_configuration(desk.token, service, desk.user))
    return found


def _shown(mine: UserProfile | None, configuration: UeConfiguration | None) -> dict[str, object]:
    shown: dict[str, object] = {"profile": None, "ue_configuration": None}
    if mine is not None:
        shown["profile"] = {
            "index": mine.index,
            "name": mine.name,
            "enabled": mine.enabled,
            "default": mine.default,
            "groups": [{"group_id": each.group_id, "domain": each.home} for each in mine.groups],
        }
    if configuration is not None:
        shown["ue_configuration"] = {"domain": configuration.domain, "name": configuration.name}
    return shown
