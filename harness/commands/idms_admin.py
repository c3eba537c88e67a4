"""`val idms user|services|key|apply`: who may log in, and to what, in the database of an identity server.

They work on the database and the key folder that the server's settings name, whether it runs or not; a server that runs
sees what was changed with its next request. No password and no secret is ever an argument: others on the machine could
read it.
"""

import json
from pathlib import Path
from time import time
from typing import Annotated
from urllib.parse import urlsplit

import typer

from harness.commands.idms_clients import client
from harness.commands.idms_partners import partner as partners
from harness.console.provisioning import (
    AsJson,
    ConfigFile,
    Desk,
    desk_of,
    done,
    entry,
    password,
    remark_on,
    settings_of,
    show,
)
from seal.errors import CannotStart
from seal.idms.proving.users import hash_password, new_totp_secret, totp_uri
from seal.idms.provisioning.entries import UserRequest
from seal.idms.provisioning.provisioning import read_provisions
from seal.idms.settings import IdmsSettings
from seal.idms.tokens.certificates import certificate
from seal.idms.tokens.keys import KeyRing
from seal.requesters import OPERATOR
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.ids import SystemIds
from valkit.net.serving import leave
from valkit.terminal import plain

user = typer.Typer(
    help="VAL users: who may log in, and to which VAL services.",
    no_args_is_help=True,
    epilog="""\b
Examples:
  val idms --config idms.yaml user add alice --service dispatch
  val idms --config idms.yaml user change alice --grant telemetry --revoke dispatch
  val idms --config idms.yaml user list
""",
)
CHANGE_EXAMPLES = """\b
Examples:
  val idms --config idms.yaml user change alice --grant telemetry --revoke dispatch
  val idms --config idms.yaml user change alice --password
  val idms --config idms.yaml user change alice --disable
"""
key = typer.Typer(
    help="The keys that sign tokens.",
    no_args_is_help=True,
    epilog="""\b
Examples:
  val idms --config idms.yaml key jwks > idms.jwks
  val idms --config idms.yaml key certificates > home.pem
  val idms --config idms.yaml key rotate --algorithm ES256
""",
)


@user.command(name="add", epilog="\b\nExample:\n  val idms --config idms.yaml user add alice --service dispatch")
def add_user(
    context: typer.Context,
    user_id: Annotated[str, typer.Argument(help="What the user types at the log-in.")],
    val_user_id: Annotated[str | None, typer.Option(help="The VAL user ID in tokens; by default the same.")] = None,
    service: Annotated[list[str] | None, typer.Option(help="A VAL service ID; may be given several times.")] = None,
    totp: Annotated[bool, typer.Option("--totp", help="Make a secret for an authenticator app, and show it.")] = False,
    config: ConfigFile = None,
) -> None:
    """Add a VAL user. The password is asked for, or read from standard input."""
    values = {"user_id": user_id, "val_user_id": val_user_id, "val_service_ids": service or []}
    with desk_of(context, config) as desk:
        secret = new_totp_secret(SystemIds()) if totp else None
        new = entry(UserRequest, {**values, "password": password(), "totp_secret": secret})
        done(desk.provisioner.create_user(new))
        _tell(desk, user_id, "added")
        _show_secret(desk, user_id, secret)


@user.command(name="change", epilog=CHANGE_EXAMPLES)
def change_user(
    context: typer.Context,
    user_id: str,
    grant: Annotated[list[str] | None, typer.Option(help="A VAL service ID to add.")] = None,
    revoke: Annotated[list[str] | None, typer.Option(help="A VAL service ID to take away.")] = None,
    val_user_id: Annotated[str | None, typer.Option(help="The VAL user ID in tokens.")] = None,
    new_password: Annotated[
        bool, typer.Option("--password", help="A new password; all log-ins and tokens end.")
    ] = False,
    totp: Annotated[bool | None, typer.Option("--totp/--no-totp", help="A new secret for an app, or none.")] = None,
    enabled: Annotated[bool | None, typer.Option("--enable/--disable", help="Whether the user may log in.")] = None,
    partner: Annotated[
        str | None, typer.Option(help="The partner domain whose guest this is, by its pattern; empty: our own user.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Change a VAL user: only what is named."""
    with desk_of(context, config) as desk:
        values: dict[str, object] = {"user_id": user_id, "val_user_id": val_user_id}
        old = done(desk.provisioner.store.user(user_id))
        services = [each.val_service_id for each in done(desk.provisioner.store.services())]
        if old is not None and (grant or revoke):
            values["val_service_ids"] = sorted({*old.val_service_ids, *(grant or ())} - set(revoke or ()))
        values |= {} if enabled is None else {"enabled": enabled}
        values |= {} if partner is None else {"partner": partner}
        if old is not None and new_password:
            values["password"] = password()
        secret = new_totp_secret(SystemIds()) if totp else None
        if totp is not None:
            values["totp_secret"] = secret
        done(desk.provisioner.update_user(entry(UserRequest, values)))
        _tell(desk, user_id, "changed")
        remark_on("VAL service", grant, services)
        _show_secret(desk, user_id, secret)


@user.command(name="list", epilog="\b\nExample:\n  val idms --config idms.yaml user list --json")
def list_users(context: typer.Context, as_json: AsJson = False, config: ConfigFile = None) -> None:
    """Show the VAL users."""
    with desk_of(context, config) as desk:
        rows = [
            {
                "user": each.user_id,
                "VAL user": each.val_user_id,
                "VAL services": list(each.val_service_ids),
                "enabled": each.enabled,
                "guest of": each.partner,
                "one-time password": each.totp_secret is not None,
            }
            for each in done(desk.provisioner.store.users())
        ]
        show(rows, as_json=as_json)


@user.command(name="remove", epilog="\b\nExample:\n  val idms --config idms.yaml user remove alice")
def remove_user(context: typer.Context, user_id: str, config: ConfigFile = None) -> None:
    """Remove a VAL user; its log-ins and refresh tokens end."""
    with desk_of(context, config) as desk:
        done(desk.provisioner.remove_user(user_id))
        typer.echo(f"{plain(user_id)} removed.")


@user.command(name="hash", epilog="\b\nExample:\n  val idms user hash < alice.password")
def hash_apassword() -> None:
    """Hash a password for `password_hash` in a file; it is asked for, or read from standard input."""
    try:
        typer.echo(hash_password(password()))
    except ValueError as error:
        leave(str(error), BAD_INPUT)


def services(context: typer.Context, as_json: AsJson = False, config: ConfigFile = None) -> None:
    """Show the VAL services, who provisioned them, and the VAL users mapped to them."""
    with desk_of(context, config) as desk:
        found = done(desk.provisioner.services(OPERATOR, ()))
        rows = [
            {"VAL service": each.val_service_id, "requester": each.requester, "VAL users": list(each.val_user_ids)}
            for each in found
        ]
        show(rows, as_json=as_json)


def apply(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="YAML file with clients, users, VAL services and partners.")],
    config: ConfigFile = None,
) -> None:
    """Make what is kept as a file says; what the file does not name stays."""
    with desk_of(context, config) as desk:
        count = done(desk.provisioner.apply(read_provisions(file), change=True))
        typer.echo(f"All is as {file} says: its clients, users, VAL services and partners, {count} in number.")


@key.command(name="list", epilog="\b\nExample:\n  val idms --config idms.yaml key list")
def list_keys(context: typer.Context, as_json: AsJson = False, config: ConfigFile = None) -> None:
    """Show the keys that sign tokens, and those before them whose tokens still live."""
    settings = settings_of(context, config)
    ring = _ring(settings)
    signing = {ring.signer(algorithm).kid for algorithm in _algorithms(settings)}
    rows = [
        {"kid": jwk["kid"], "algorithm": jwk["alg"], "signs": jwk["kid"] in signing}
        for jwk in json.loads(ring.jwks())["keys"]
    ]
    show(rows, as_json=as_json)


@key.command(name="jwks", epilog="\b\nExample:\n  val idms --config examples/idms.yaml key jwks > idms.jwks")
def publish_keys(context: typer.Context, config: ConfigFile = None) -> None:
    """Show the public keys as a JWK Set, as the server publishes it: for `keys` of a VAL server or `val token show`."""
    typer.echo(_ring(settings_of(context, config)).jwks())


@key.command(
    name="certificates", epilog="\b\nExample:\n  val idms --config examples/idms.yaml key certificates > home.pem"
)
def show_certificates(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=3650, help="For how many days a partner is to believe them.")] = 365,
    config: ConfigFile = None,
) -> None:
    """Show a certificate for each key, in PEM: for `keys` of a partner domain, which gets them out of band."""
    settings = settings_of(context, config)
    name = settings.issuer or f"https://{settings.token.host}:{settings.token.port}" if settings.token else "val"
    for each in _ring(settings).signing():
        typer.echo(certificate(each, name, time(), days * 86_400.0), nl=False)


@key.command(name="rotate", epilog="\b\nExample:\n  val idms --config idms.yaml key rotate --algorithm ES256")
def rotate_keys(
    context: typer.Context,
    algorithm: Annotated[list[str] | None, typer.Option(help="Only this one's: ES256 or RS256.")] = None,
    config: ConfigFile = None,
) -> None:
    """Sign with new keys from now on; tokens of the old ones stay valid while they live."""
    settings = settings_of(context, config)
    known = _algorithms(settings)
    ring = _ring(settings)
    for wanted in algorithm or known:
        if wanted not in known:
            leave(f"{wanted} signs nothing here (expected {' or '.join(known)})", BAD_INPUT)
        typer.echo(f"{wanted} {ring.rotate(wanted, time()).kid}")


def mount(app: typer.Typer) -> None:
    """Put these commands under `val idms`."""
    for name, group in (("user", user), ("client", client), ("partner", partners), ("key", key)):
        app.add_typer(group, name=name)
    app.command(name="services", epilog="\b\nExample:\n  val idms --config examples/idms.yaml services --json")(
        services
    )
    app.command(
        name="apply", epilog="\b\nExample:\n  val idms --config examples/idms.yaml apply examples/idms-users.yaml"
    )(apply)


def _tell(desk: Desk, user_id: str, what: str) -> None:
    """Say what was done, and how the user is kept now."""
    now = done(desk.provisioner.store.user(user_id))
    if now is not None:
        services = f"in {' '.join(now.val_service_ids)}" if now.val_service_ids else "in no VAL service"
        may = "" if now.enabled else "; may not log in"
        typer.echo(plain(f"{user_id} {what}: VAL user {now.val_user_id}, {services}{may}."))


def _show_secret(desk: Desk, user_id: str, secret: str | None) -> None:
    if secret is not None:
        issuer = urlsplit(desk.settings.issuer or "").hostname or "val"
        typer.echo(f"For an authenticator app, shown once: {totp_uri(user_id, secret, issuer)}")


def _algorithms(settings: IdmsSettings) -> tuple[str, ...]:
    return tuple(dict.fromkeys((settings.tokens.access_algorithm, settings.tokens.id_algorithm)))


def _ring(settings: IdmsSettings) -> KeyRing:
    try:
        return KeyRing(settings.tokens.keys, _algorithms(settings), settings.tokens.overlap, time())
    except CannotStart as error:
        leave(str(error), BAD_ENVIRONMENT)
