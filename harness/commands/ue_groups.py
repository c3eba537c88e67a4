"""`val ue groups`: a user's groups and their keys, at a group management server (C-5)."""

import json
from pathlib import Path
from typing import Annotated

import typer
from attrs import evolve
from rich.markup import escape

from harness.console.documents import Desk, Told, asked, console
from ue_sim.documents.errors import Refused
from ue_sim.documents.groups import GroupClient, GroupKey
from ue_sim.identity.saved import replacing
from valkit.documents import GroupDocument, group_selector
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.net.serving import leave
from valkit.sip import parse_uri
from valkit.sip.errors import ParseError
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

CREATE = """\b
Examples:
  val ue groups create sip:watch@home.example --config examples/ue-seal.yaml --service dispatch --member alice
"""
CHANGE = """\b
Examples:
  val ue groups change sip:watch@home.example --config examples/ue-seal.yaml --service dispatch --name Watch
  val ue groups change sip:watch@home.example --config ue.yaml --token alice.json --member bob --no-member alice
"""
DELETE = """\b
Examples:
  val ue groups delete sip:watch@home.example --config examples/ue-seal.yaml --service dispatch
"""

app = typer.Typer(
    no_args_is_help=True, help="A user's groups: list, create, change, delete them, fetch their keys.", epilog=EXAMPLES
)

FORBIDDEN = 403
PRECONDITION_FAILED = 412

Config = Annotated[Path, typer.Option(help="The phone's file, whose `groups` says where the server is.")]
Token = Annotated[
    Path | None,
    typer.Option(help="A file with an access token, or a log-in saved by `val ue sign-in`; - is standard input."),
]
Service = Annotated[str | None, typer.Option(help="The VAL service; else every one of the token.")]

GroupId = Annotated[str, typer.Argument(help="The VAL group ID, as sip:fire@home.example.")]
Name = Annotated[str | None, typer.Option(help="What it is called.")]
Subject = Annotated[str | None, typer.Option(help="What it is about.")]
Member = Annotated[list[str] | None, typer.Option(help="A VAL user who is to be a member; may be given several times.")]
Administrator = Annotated[
    list[str] | None, typer.Option(help="A VAL user who may change it; may be given several times.")
]
Priority = Annotated[int | None, typer.Option(min=0, max=255, help="Its priority.")]
NoMember = Annotated[list[str] | None, typer.Option(help="A VAL user who is to be no member any more.")]
NoAdministrator = Annotated[list[str] | None, typer.Option(help="A VAL user who may change it no more.")]

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


@app.command(epilog=CREATE)
def create(
    group_id: GroupId,
    config: Config,
    *,
    token: Token = None,
    service: Service = None,
    name: Name = None,
    subject: Subject = None,
    member: Member = None,
    administrator: Administrator = None,
    priority: Priority = None,
) -> None:
    """Create a group, if there is none of this ID; who creates it is an administrator of it."""

    async def created(desk: Desk) -> GroupDocument:
        group = GroupDocument(
            _group_id(group_id),
            (_one_service(desk),),
            name or "",
            subject or "",
            administrators=_other((desk.user,), administrator, None),
            members=tuple(member or ()),
            priority=priority,
        )
        await _written(desk, GroupClient(desk.client), group)
        return group

    asked(Told(config, token, service), lambda settings: settings.groups, "groups", created, _said)


@app.command(epilog=CHANGE)
def change(
    group_id: GroupId,
    config: Config,
    *,
    token: Token = None,
    service: Service = None,
    name: Name = None,
    subject: Subject = None,
    member: Member = None,
    no_member: NoMember = None,
    administrator: Administrator = None,
    no_administrator: NoAdministrator = None,
    priority: Priority = None,
) -> None:
    """Change a group that one administers: only what is named; members and administrators are added or taken away."""

    async def changed(desk: Desk) -> GroupDocument:
        client = GroupClient(desk.client)
        selector = group_selector(_one_service(desk), group_id)
        old = await client.group(desk.token, _one_service(desk), group_id)
        if not GroupDocument.knows_all_of(desk.client.held[selector].text):
            leave(f"{plain(group_id)} has elements that would be lost here: change it by XCAP, in parts.", FAILED)
        group = evolve(
            old,
            members=_other(old.members, member, no_member),
            administrators=_other(old.administrators, administrator, no_administrator),
            display_name=old.display_name if name is None else name,
            subject=old.subject if subject is None else subject,
            priority=old.priority if priority is None else priority,
        )
        await _written(desk, client, group)
        return group

    asked(Told(config, token, service), lambda settings: settings.groups, "groups", changed, _said)


@app.command(epilog=DELETE)
def delete(group_id: GroupId, config: Config, token: Token = None, service: Service = None) -> None:
    """Delete a group that one administers."""

    async def deleted(desk: Desk) -> str:
        await GroupClient(desk.client).delete(desk.token, _one_service(desk), group_id)
        return group_id

    def said(gone: str) -> None:
        console().print(f"{escape(plain(gone))} is deleted")

    asked(Told(config, token, service), lambda settings: settings.groups, "groups", deleted, said)


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


def _one_service(desk: Desk) -> str:
    """Give the VAL service that a group is of; leave with a sentence where it could be one of several."""
    if len(desk.services) > 1:
        leave(f"Of which VAL service is the group? --service {plain(' or '.join(desk.services))}", BAD_INPUT)
    return desk.services[0]


async def _written(desk: Desk, client: GroupClient, group: GroupDocument) -> None:
    """Put a group in place of what was read, or of nothing; say what stood in the way. Raises a DocumentsError."""
    try:
        await client.put(desk.token, _one_service(desk), group, held=True)
    except Refused as error:
        if error.status == PRECONDITION_FAILED:
            leave(f"{plain(group.group_id)} is there already, or was changed at this moment: nothing is done.", FAILED)
        if error.status == FORBIDDEN:
            who = "Its administrators change a group; the operator says who creates some (creators, anybody_creates)."
            leave(f"The server refuses: 403. {who}", FAILED)
        raise


def _group_id(text: str) -> str:
    try:
        parse_uri(text)
    except ParseError:
        leave(f"{plain(text)} is no VAL group ID (expected something like sip:watch@home.example)", BAD_INPUT)
    return text


def _other(users: tuple[str, ...], more: list[str] | None, fewer: list[str] | None) -> tuple[str, ...]:
    return tuple(user for user in dict.fromkeys((*users, *(more or ()))) if user not in (fewer or ()))


def _said(group: GroupDocument) -> None:
    _in_words({group.services[0]: [group]})


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
