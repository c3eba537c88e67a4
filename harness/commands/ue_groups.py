"""`val ue groups`: a user's groups and their keys, from a group management server (C-5)."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from harness.documents import Desk, Told, asked, console
from ue_sim.documents.groups import GroupClient, GroupKey
from ue_sim.identity.saved import replacing
from valkit.documents import GroupDocument
from valkit.exits import BAD_ENVIRONMENT
from valkit.net.serving import leave
from valkit.terminal import plain

EXAMPLES = """\b
Examples:
  val ue groups list --config examples/ue-seal.yaml
  val ue groups keys sip:fire@home.example --config examples/ue-seal.yaml --out fire.keys
"""
LIST = """\b
Examples:
  val ue groups list --config examples/ue-seal.yaml
  val ue groups list --config ue.yaml --token alice.json --service dispatch --json
"""
KEYS = """\b
Examples:
  val ue groups keys sip:fire@home.example --config examples/ue-seal.yaml --out fire.keys
"""

app = typer.Typer(no_args_is_help=True, help="A user's groups: list them, fetch their keys.", epilog=EXAMPLES)

Config = Annotated[Path, typer.Option(help="The phone's file, whose `groups` says where the server is.")]
Token = Annotated[
    Path | None,
    typer.Option(help="A file with an access token, or a log-in saved by `val ue sign-in`; - is standard input."),
]
Service = Annotated[str | None, typer.Option(help="The VAL service; else every one of the token.")]

Found = dict[str, list[GroupDocument]]


@app.command("list", epilog=LIST)
def list_(
    config: Config,
    token: Token = None,
    service: Service = None,
    as_json: Annotated[bool, typer.Option("--json", help="Show them in JSON.")] = False,
) -> None:
    """Show the groups that the user is a member or administrator of, with their members and policy."""
    show = _in_json if as_json else _in_words
    asked(Told(config, token, service), lambda settings: settings.groups, "groups", _listed, show)


@app.command(epilog=KEYS)
def keys(
    group_id: Annotated[str, typer.Argument(help="The VAL group ID.")],
    config: Config,
    out: Annotated[Path, typer.Option(help="The file for the key material, for its owner only.")],
    token: Token = None,
    service: Service = None,
) -> None:
    """Fetch the key material of a group, as the key management server gave it."""

    async def fetched(desk: Desk) -> GroupKey:
        return await GroupClient(desk.client).keys(desk.token, desk.services[0], group_id)

    def kept(key: GroupKey) -> None:
        try:
            with replacing(out) as put:
                put(key.material.decode("utf-8", "replace"))
        except OSError as error:
            leave(f"{out} cannot be written: {error.strerror}", BAD_ENVIRONMENT)
        console().print(
            f"Keys of {escape(plain(group_id))} are in {escape(str(out))} ({escape(plain(key.media_type))})"
        )

    asked(Told(config, token, service), lambda settings: settings.groups, "groups", fetched, kept)


def _in_json(found: Found) -> None:
    typer.echo(json.dumps({name: [_shown(group) for group in groups] for name, groups in found.items()}, indent=1))


def _in_words(found: Found) -> None:
    say = console()
    for name, groups in found.items():
        say.print(f"[bold]{escape(plain(name))}[/]" + ("" if groups else "  no groups"))
        for group in groups:
            called = f" ({group.display_name})" if group.display_name else ""
            say.print(f"  {escape(plain(group.group_id + called))}")
            for what, users in (("members", group.members), ("administrators", group.administrators)):
                say.print(f"    {what}: {escape(plain(', '.join(users) or 'none'))}")


async def _listed(desk: Desk) -> Found:
    client = GroupClient(desk.client)
    found: Found = {}
    for service in desk.services:
        ids = await client.listed(desk.token, service)
        found[service] = [await client.group(desk.token, service, group_id) for group_id in ids]
    return found


def _shown(group: GroupDocument) -> dict[str, object]:
    return {
        "group_id": group.group_id,
        "display_name": group.display_name,
        "subject": group.subject,
        "category": group.category,
        "services": list(group.services),
        "administrators": list(group.administrators),
        "members": list(group.members),
        "explicit_members": list(group.explicit_members),
        "priority": group.priority,
    }
