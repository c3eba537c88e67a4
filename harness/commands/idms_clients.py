"""`val idms client`: who may ask for tokens, in the database of an identity server.

A secret is made here and shown once, a key pair is made here and its private half goes into a file: neither is ever an
argument, which others on the machine could read.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from harness.console.provisioning import AsJson, ConfigFile, Desk, desk_of, done, entry, json_in, remark_on, show
from seal.errors import NotKept, Unfit
from seal.idms.provisioning.entries import ClientRequest
from seal.idms.records import Client
from valkit.ids import SystemIds
from valkit.terminal import plain
from valkit.tokens import SigningKey, jwks

KEYED = "private_key_jwt"
METHODS = "none, client_secret_basic, client_secret_post, private_key_jwt"

ADD_EXAMPLES = """\b
Examples:
  val idms --config idms.yaml client add app --redirect http://127.0.0.1/callback
  val idms --config idms.yaml client add val-server --auth client_secret_basic > val-server.secret
  val idms --config idms.yaml client add kiosk --redirect https://kiosk.example/cb --new-key kiosk.pem
"""

CHANGE_EXAMPLES = """\b
Examples:
  val idms --config idms.yaml client change app --access-lifetime 1m
  val idms --config idms.yaml client change val-server --new-secret > val-server.secret
"""

client = typer.Typer(help="Clients: who may ask for tokens.", no_args_is_help=True, epilog=ADD_EXAMPLES)

Redirect = Annotated[list[str] | None, typer.Option(help="Where codes may be sent; may be given several times.")]
PostLogout = Annotated[
    list[str] | None, typer.Option(help="Where browsers may go after signing out; may be given several times.")
]
Scope = Annotated[list[str] | None, typer.Option(help="A scope that it may ask for; may be given several times.")]
JwksFile = Annotated[Path | None, typer.Option("--jwks", help="File with its public keys, for private_key_jwt.")]
NewKey = Annotated[
    Path | None, typer.Option(help="Make its key pair: this new file gets the private key, for private_key_jwt.")
]


@client.command(name="add", epilog=ADD_EXAMPLES)
def add(
    context: typer.Context,
    client_id: str,
    *,
    redirect: Redirect = None,
    post_logout: PostLogout = None,
    scope: Scope = None,
    name: Annotated[str, typer.Option(help="What people are shown at the log-in.")] = "",
    auth: Annotated[str | None, typer.Option(help=f"{METHODS}; by default none, or what a key is for.")] = None,
    jwks_file: JwksFile = None,
    new_key: NewKey = None,
    access_lifetime: Annotated[str, typer.Option(help="How long its access tokens live.")] = "5m",
    refresh_lifetime: Annotated[str, typer.Option(help="How long its refresh tokens live.")] = "30d",
    config: ConfigFile = None,
) -> None:
    """Add a client. Where it needs a secret, one is made and shown, once."""
    with desk_of(context, config) as desk:
        method = auth or (KEYED if new_key or jwks_file else "none")
        secret = _secret_for(method)
        values = {
            "client_id": client_id,
            "name": name,
            "redirect_uris": redirect or [],
            "post_logout_redirect_uris": post_logout or [],
            "scopes": scope or desk.settings.scopes,
            "auth_method": method,
            "access_lifetime": access_lifetime,
            "refresh_lifetime": refresh_lifetime,
            "secret": secret,
        }
        with _keys(new_key, jwks_file) as keys:
            done(desk.provisioner.create_client(entry(ClientRequest, values | keys)))
        _tell(desk, client_id, "added", secret)
        remark_on("scope", scope, desk.settings.scopes)


@client.command(name="change", epilog=CHANGE_EXAMPLES)
def change(
    context: typer.Context,
    client_id: str,
    *,
    redirect: Redirect = None,
    post_logout: PostLogout = None,
    scope: Scope = None,
    name: Annotated[str | None, typer.Option(help="What people are shown at the log-in.")] = None,
    auth: Annotated[str | None, typer.Option(help=METHODS)] = None,
    jwks_file: JwksFile = None,
    new_key: NewKey = None,
    new_secret: Annotated[bool, typer.Option("--new-secret", help="Make another secret, and show it, once.")] = False,
    access_lifetime: Annotated[str | None, typer.Option(help="How long its access tokens live.")] = None,
    refresh_lifetime: Annotated[str | None, typer.Option(help="How long its refresh tokens live.")] = None,
    config: ConfigFile = None,
) -> None:
    """Change a client: only what is named, which takes the place of what was. What it was granted stays."""
    with desk_of(context, config) as desk:
        old = _kept(desk, client_id)
        method = auth or (KEYED if new_key or jwks_file else old.auth_method)
        lacks_secret = method != old.auth_method and old.secret_hash is None
        secret = _secret_for(method) if new_secret or lacks_secret else None
        if new_secret and secret is None:
            raise Unfit(f"a client that authenticates by {method} has no secret")
        named = {
            "name": name,
            "redirect_uris": redirect or None,
            "post_logout_redirect_uris": post_logout or None,
            "scopes": scope or None,
            "auth_method": None if method == old.auth_method else method,
            "access_lifetime": access_lifetime,
            "refresh_lifetime": refresh_lifetime,
            "secret": secret,
        }
        told = {each: value for each, value in named.items() if value is not None}
        with _keys(new_key, jwks_file) as keys:
            done(desk.provisioner.update_client(entry(ClientRequest, {"client_id": client_id, **told, **keys})))
        _tell(desk, client_id, "changed", secret)
        remark_on("scope", scope, desk.settings.scopes)


@client.command(name="list", epilog="\b\nExample:\n  val idms --config idms.yaml client list --json")
def list_clients(context: typer.Context, as_json: AsJson = False, config: ConfigFile = None) -> None:
    """Show the clients."""
    with desk_of(context, config) as desk:
        rows = [
            {
                "client": each.client_id,
                "name": each.name,
                "authentication": each.auth_method,
                "redirect addresses": list(each.redirect_uris),
                "scopes": list(each.scopes),
            }
            for each in done(desk.provisioner.store.clients())
        ]
        show(rows, as_json=as_json)


@client.command(name="remove", epilog="\b\nExample:\n  val idms --config idms.yaml client remove app")
def remove(context: typer.Context, client_id: str, config: ConfigFile = None) -> None:
    """Remove a client; the refresh tokens that it has end."""
    with desk_of(context, config) as desk:
        done(desk.provisioner.remove_client(client_id))


def _kept(desk: Desk, client_id: str) -> Client:
    old = done(desk.provisioner.store.client(client_id))
    if old is None:
        raise NotKept(f"there is no client {client_id!r}")
    return old


def _secret_for(method: str) -> str | None:
    return SystemIds().nonce(32).hex() if method.startswith("client_secret_") else None


def _tell(desk: Desk, client_id: str, what: str, secret: str | None) -> None:
    """Say what was done beside standard output, which is the secret's alone: it goes into a file."""
    now = _kept(desk, client_id)
    typer.echo(plain(f"{client_id} {what}: authentication {now.auth_method}, scopes {' '.join(now.scopes)}."), err=True)
    if secret is not None:
        typer.echo(secret)


@contextmanager
def _keys(new_key: Path | None, jwks_file: Path | None) -> Iterator[dict[str, object]]:
    """Give what an entry says of the client's keys; a private key that was made for nothing is removed again."""
    if new_key is None:
        yield {} if jwks_file is None else {"jwks": json_in(jwks_file)}
        return
    if jwks_file is not None:
        raise Unfit("--new-key makes the client's keys, and --jwks has them: give one of the two")
    key = SigningKey.generate("ES256")
    try:
        with os.fdopen(os.open(new_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key.pem())
    except OSError as error:
        raise Unfit(f"{new_key} cannot be made: {error.strerror}") from error
    try:
        yield {"jwks": json.loads(jwks(key))}
    except BaseException:
        new_key.unlink()
        raise
