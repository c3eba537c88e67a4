"""`val idms partner`: with which other domains there is an agreement, in the database of an identity server.

Each side enters its half: at home, who may go there; at the partner, whose keys are believed and who their users are.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from harness.console.provisioning import AsJson, ConfigFile, Desk, desk_of, done, entry, remark_on, show
from seal.errors import NotKept, Unfit
from seal.idms.provisioning.partners import PartnerEntry
from seal.idms.records import Partner
from seal.idms.tokens.trust import read_keys
from valkit.terminal import plain

ADD_EXAMPLES = """\b
Examples, the first at home, the others at the partner:
  val idms --config idms.yaml partner add https://idms.partner.example --user alice --token-lifetime 30s
  val idms --config idms.yaml partner add https://idms.home.example --keys home.jwks --guest alice=visitor
  val idms --config idms.yaml partner add https://idms.home.example --keys home.pem --pattern "{subject}@home" \\
    --guest-service rescue
"""

CHANGE_EXAMPLES = """\b
Examples:
  val idms --config idms.yaml partner change https://idms.home.example --keys new.jwks      # retires the old ones
  val idms --config idms.yaml partner change https://idms.home.example --guest bob=visitor2 --no-guest alice
  val idms --config idms.yaml partner change https://idms.partner.example --token-lifetime 0s   # nobody goes there
"""

partner = typer.Typer(
    help="Partner domains: where our users may go, and whose users may come.", no_args_is_help=True, epilog=ADD_EXAMPLES
)

Issuer = Annotated[str, typer.Argument(help="Its S-IdMS, as that calls itself: https://idms.partner.example")]
Name = Annotated[str | None, typer.Option(help="What people call it.")]
TokenLifetime = Annotated[
    str | None, typer.Option(help="How long security tokens for it live, 1m by default; 0s: none are made.")
]
Client = Annotated[list[str] | None, typer.Option(help="A client that may have one; by default, all.")]
User = Annotated[list[str] | None, typer.Option(help="A user for whom they are made; by default, all.")]
Needs = Annotated[list[str] | None, typer.Option(help="A scope that the access token must have.")]
Keys = Annotated[Path | None, typer.Option(help="File with its keys: JWKS, or certificates in PEM.")]
Guest = Annotated[
    list[str] | None, typer.Option(metavar="SUBJECT=USER", help="A user of its, and which user that is here.")
]
NoGuest = Annotated[
    list[str] | None, typer.Option(metavar="SUBJECT", help="A user of its who is nobody here any more.")
]
Pattern = Annotated[
    str | None, typer.Option(help="Who others of its users are here, such as {subject}@home; empty: nobody.")
]
GuestService = Annotated[
    list[str] | None, typer.Option(help="A VAL service of the account that is made for such a user.")
]
GuestScope = Annotated[list[str] | None, typer.Option(help="A scope that its users may have here.")]
GuestRefresh = Annotated[
    bool | None, typer.Option("--guest-refresh/--no-guest-refresh", help="Whether they get refresh tokens.")
]


@partner.command(name="add", epilog=ADD_EXAMPLES)
def add(
    context: typer.Context,
    issuer: Issuer,
    *,
    name: Name = None,
    token_lifetime: TokenLifetime = None,
    client: Client = None,
    user: User = None,
    needs: Needs = None,
    keys: Keys = None,
    guest: Guest = None,
    pattern: Pattern = None,
    guest_service: GuestService = None,
    guest_scope: GuestScope = None,
    guest_refresh: GuestRefresh = None,
    config: ConfigFile = None,
) -> None:
    """Add a partner domain. Several of what has an `s` in a file are given by repeating the option."""
    values = {
        "name": name,
        "token_lifetime": token_lifetime,
        "clients": client,
        "users": user,
        "needs": needs,
        "keys_file": keys,
        "guests": _pairs(guest),
        "pattern": pattern or None,
        "guest_services": guest_service,
        "guest_scopes": guest_scope,
        "guest_refresh": guest_refresh,
    }
    with desk_of(context, config) as desk:
        kept = done(desk.provisioner.create_partner(entry(PartnerEntry, {"issuer": issuer, **_named(values)})))
        typer.echo(_said(kept, "added"))
        _remark(desk, user, client, needs, guest_scope)


@partner.command(name="change", epilog=CHANGE_EXAMPLES)
def change(
    context: typer.Context,
    issuer: Issuer,
    *,
    name: Name = None,
    token_lifetime: TokenLifetime = None,
    client: Client = None,
    user: User = None,
    needs: Needs = None,
    keys: Keys = None,
    guest: Guest = None,
    no_guest: NoGuest = None,
    pattern: Pattern = None,
    guest_service: GuestService = None,
    guest_scope: GuestScope = None,
    guest_refresh: GuestRefresh = None,
    config: ConfigFile = None,
) -> None:
    """Change a partner domain: only what is named, which takes the place of what was; guests are added to."""
    values = {
        "name": name,
        "token_lifetime": token_lifetime,
        "clients": client,
        "users": user,
        "needs": needs,
        "keys_file": keys,
        "pattern": pattern,
        "guest_services": guest_service,
        "guest_scopes": guest_scope,
        "guest_refresh": guest_refresh,
    }
    with desk_of(context, config) as desk:
        told = _named(values)
        if pattern == "":
            told["pattern"] = None
        if guest or no_guest:
            told["guests"] = _guests(_kept(desk, issuer), guest, no_guest or ())
        kept = done(desk.provisioner.update_partner(entry(PartnerEntry, {"issuer": issuer, **told})))
        typer.echo(_said(kept, "changed"))
        _remark(desk, user, client, needs, guest_scope)


@partner.command(name="list", epilog="\b\nExample:\n  val idms --config idms.yaml partner list --json")
def list_partners(context: typer.Context, as_json: AsJson = False, config: ConfigFile = None) -> None:
    """Show the partner domains."""
    with desk_of(context, config) as desk:
        rows = [
            {
                "partner": each.issuer,
                "name": each.name,
                "token lifetime": each.token_lifetime,
                "who may go": [*each.users, *each.clients, *each.needs] or ["all"],
                "keys": len(read_keys(each.keys)) if each.keys else 0,
                "guests": [f"{subject}={user}" for subject, user in sorted(each.guests.items())],
                "pattern": each.pattern or "",
                "guests' scopes": list(each.guest_scopes),
            }
            for each in done(desk.provisioner.store.partners())
        ]
        show(rows, as_json=as_json)


@partner.command(
    name="remove", epilog="\b\nExample:\n  val idms --config idms.yaml partner remove https://idms.partner.example"
)
def remove(context: typer.Context, issuer: Issuer, config: ConfigFile = None) -> None:
    """Remove a partner domain: nobody goes there or comes from there any more. What its guests were granted ends."""
    with desk_of(context, config) as desk:
        done(desk.provisioner.remove_partner(issuer))
        typer.echo(plain(f"{issuer} removed."))


def _named(values: Mapping[str, object]) -> dict[str, object]:
    """Leave out what was not said."""
    return {name: value for name, value in values.items() if value not in (None, [], {})}


def _pairs(guests: Iterable[str] | None) -> dict[str, str]:
    pairs = {}
    for text in guests or ():
        subject, equals, user = text.rpartition("=")
        if not (subject and equals and user):
            raise typer.BadParameter(f"{plain(text)} says not who is who (expected SUBJECT=USER)")
        pairs[subject] = user
    return pairs


def _guests(old: Partner, more: Iterable[str] | None, fewer: Iterable[str]) -> dict[str, str]:
    strangers = sorted(set(fewer) - old.guests.keys())
    if strangers:
        raise Unfit(f"{strangers[0]!r} is no guest of {old.issuer}")
    return {subject: user for subject, user in old.guests.items() if subject not in fewer} | _pairs(more)


def _kept(desk: Desk, issuer: str) -> Partner:
    old = done(desk.provisioner.store.partner(issuer))
    if old is None:
        raise NotKept(f"there is no partner {issuer!r}")
    return old


def _remark(
    desk: Desk,
    users: Iterable[str] | None,
    clients: Iterable[str] | None,
    needs: Iterable[str] | None,
    guest_scopes: Iterable[str] | None,
) -> None:
    """Say what was named and is not there."""
    store = desk.provisioner.store
    remark_on("user", users, (each.user_id for each in done(store.users())))
    remark_on("client", clients, (each.client_id for each in done(store.clients())))
    remark_on("scope", [*(needs or ()), *(guest_scopes or ())], desk.settings.scopes)


def _said(kept: Partner, what: str) -> str:
    """Say what was done, and what holds now in both directions."""
    go = f"security tokens for {kept.token_lifetime:g} s" if kept.token_lifetime else "nobody goes there"
    many = len(read_keys(kept.keys)) if kept.keys else 0
    who = " and ".join(filter(None, [f"{len(kept.guests)} guests by name" if kept.guests else "", kept.pattern or ""]))
    come = f"its users come ({many} keys): {who or 'none is known here'}" if many else "its users do not come (no keys)"
    have = f"; with {' '.join(kept.guest_scopes) or 'no scope'}" if many else ""
    return plain(f"{kept.issuer} {what}: {go}; {come}{have}.")
