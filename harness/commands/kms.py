"""`val kms`: one key management server, and the operator's say in one that runs."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from harness.clients.keys_admin import asked
from harness.console.starting import ConfigIfNeeded, Logged
from seal.kms.__main__ import run
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.net.serving import leave
from valkit.terminal import plain

EXAMPLES = """\b
Examples:
  val kms --config examples/kms.yaml
  val ue keys fetch --config examples/ue-kms.yaml
  val kms --config examples/kms.yaml disable dispatch
"""
DISABLE = """\b
Examples:
  val kms --config examples/kms.yaml disable dispatch
"""
ENABLE = """\b
Examples:
  val kms --config examples/kms.yaml enable dispatch
"""
REVOKE = """\b
Examples:
  val kms --config examples/kms.yaml revoke sip:alice@home.example
"""
RESTORE = """\b
Examples:
  val kms --config examples/kms.yaml restore sip:alice@home.example
"""
CERTIFICATE = """\b
Examples:
  val kms --config examples/kms.yaml certificate > home-kms.xml
"""
TRUST = """\b
Examples:
  val kms --config examples/kms.yaml trust partner-kms.xml
"""
DISTRUST = """\b
Examples:
  val kms --config examples/kms.yaml distrust kms.partner.example
"""
STATE = """\b
Examples:
  val kms --config examples/kms.yaml state --json
"""

app = typer.Typer(help="One key management server (S-KMS), until Ctrl-C.", epilog=EXAMPLES, invoke_without_command=True)

SHOWN = {"VAL services disabled": "disabled", "identities revoked": "revoked", "certificates of": "external"}

Service = Annotated[str, typer.Argument(help="The VAL service ID.")]
Uri = Annotated[str, typer.Argument(help="The VAL user ID, or the URI of a group.")]


@app.callback()
def kms(
    context: typer.Context,
    config: ConfigIfNeeded = None,
    log_format: Logged = None,
) -> None:
    """Run one key management server, until Ctrl-C: gives identity-based keys for an access token.

    The commands below change one that runs, where its settings have `admin`.
    """
    context.obj = config
    if context.invoked_subcommand is None:
        run(_config(context), log_format)


@app.command(epilog=DISABLE)
def disable(context: typer.Context, service: Service) -> None:
    """Give no keys for a VAL service any more."""
    _change(context, "/services", val_service_id=service, enabled=False)


@app.command(epilog=ENABLE)
def enable(context: typer.Context, service: Service) -> None:
    """Give keys for a VAL service again."""
    _change(context, "/services", val_service_id=service, enabled=True)


@app.command(epilog=REVOKE)
def revoke(context: typer.Context, uri: Uri) -> None:
    """Give no keys of a user or group any more, to nobody."""
    _change(context, "/identities", uri=uri, revoked=True)


@app.command(epilog=RESTORE)
def restore(context: typer.Context, uri: Uri) -> None:
    """Give keys of a user or group again; they are the same as before."""
    _change(context, "/identities", uri=uri, revoked=False)


@app.command(epilog=CERTIFICATE)
def certificate(context: typer.Context) -> None:
    """Write this server's own certificate, for another domain's operator."""
    typer.echo(asked(_config(context), "GET", "/certificate")["certificate"])


@app.command(epilog=TRUST)
def trust(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="The file with the other KMS's certificate.")]
) -> None:
    """Hand out the certificate of another domain's KMS from now on, so that users can send to its users."""
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        leave(f"{file} cannot be read: {error.strerror}", BAD_ENVIRONMENT)
    except UnicodeDecodeError:
        leave(f"{file} is no text (expected a KMS certificate, as XML)", BAD_INPUT)
    _change(context, "/certificates", certificate=text)


@app.command(epilog=DISTRUST)
def distrust(
    context: typer.Context, kms_uri: Annotated[str, typer.Argument(help="The name of the other KMS.")]
) -> None:
    """Hand out the certificate of another domain's KMS no more; one of the settings (external) stays."""
    _act(context, "DELETE", f"/certificates?id={quote(kms_uri)}")


@app.command(epilog=STATE)
def state(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False
) -> None:
    """Show which VAL services are disabled, which identities revoked, and whose certificates are handed out."""
    found = asked(_config(context), "GET", "/state")
    if as_json:
        typer.echo(json.dumps({name: found.get(name, []) for name in SHOWN.values()}))
    else:
        _show(found)


def _config(context: typer.Context) -> Path:
    if context.obj is None:
        leave("val kms needs --config FILE", BAD_INPUT)
    config: Path = context.obj
    return config


def _change(context: typer.Context, path: str, **entry: object) -> None:
    _act(context, "PUT", path, entry)


def _act(context: typer.Context, method: str, path: str, entry: Mapping[str, object] | None = None) -> None:
    """Do it, and show how things are then; say where they were so before, as after a slip in a name."""
    before = asked(_config(context), "GET", "/state")
    after = asked(_config(context), method, path, entry)
    _show(after)
    if all(before.get(name) == after.get(name) for name in SHOWN.values()):
        typer.echo("Nothing has changed by that: is the name written as it is above?", err=True)


def _show(found: Mapping[str, Any]) -> None:
    for what, name in SHOWN.items():
        typer.echo(f"{what}: {', '.join(map(plain, map(str, found.get(name, [])))) or 'none'}")
