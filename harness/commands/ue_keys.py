"""`val ue keys`: a user's identity-based keys, fetched from a key management server, and used (C-2).

Everything but `fetch` needs no server: the keys stand in a file.
"""

import sys
from base64 import b64decode, b64encode
from pathlib import Path
from time import time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from harness.clients.access import access_of
from harness.console.finishing import finish
from harness.console.keyring import client_of, code_of, keep, kept, user_of
from harness.console.terminal import colours
from harness.explaining import date
from ue_sim.keys.client import KeyClient
from ue_sim.keys.errors import KeysError, NoKeys
from ue_sim.keys.ring import KeyRing
from ue_sim.settings import UeSettings
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.ids import SystemIds
from valkit.net.serving import leave, settings_from
from valkit.terminal import plain

EXAMPLES = """\b
Examples:
  val ue keys fetch --config examples/ue-kms.yaml
  val ue keys show
  val ue keys send --to bob --out message.mikey
  val ue keys open message.mikey --keys bob-keys.json
"""

app = typer.Typer(no_args_is_help=True, help="A user's identity-based keys: fetch, show, use them.", epilog=EXAMPLES)

Keys = Annotated[Path, typer.Option(help="The file that keeps the keys.")]
Input = Annotated[Path, typer.Argument(help="The file; - is standard input.")]
Kms = Annotated[str, typer.Option(help="The other's KMS, if it is of another domain.")]
KEPT = Path("val-keys.json")
LARGEST = 1 << 20
"""Bytes of a file that is signed or opened."""

FETCH = """\b
Examples:
  val ue keys fetch --config examples/ue-kms.yaml
  val ue keys fetch --config ue.yaml --token alice.json --keys alice-keys.json
  val ue keys fetch --config ue.yaml --at 1790000000
"""
SHOW = """\b
Examples:
  val ue keys show
  val ue keys show --keys alice-keys.json
"""
SIGN = """\b
Examples:
  val ue keys sign letter.txt > letter.sig
  echo hello | val ue keys sign - --keys alice-keys.json
"""
VERIFY = """\b
Examples:
  val ue keys verify letter.txt --signature letter.sig --signer alice
"""
SEND = """\b
Examples:
  val ue keys send --to bob --out message.mikey
  val ue keys send --to carol --kms kms.partner.example --show-secret
"""
OPEN = """\b
Examples:
  val ue keys open message.mikey --keys bob-keys.json
  val ue keys open message.mikey --show-secret
"""


@app.command(epilog=FETCH)
def fetch(
    config: Annotated[Path, typer.Option(help="The phone's file, whose `keys` says where the server is.")],
    token: Annotated[
        Path | None,
        typer.Option(help="A file with an access token, or a log-in saved by `val ue sign-in`; - is standard input."),
    ] = None,
    keys: Annotated[Path | None, typer.Option(help="The file to keep them in; else the one that `keys` names.")] = None,
    at: Annotated[float | None, typer.Option(help="For the key period of this time, in seconds since 1970.")] = None,
) -> None:
    """Fetch certificate and keys, check them, and keep them in a file for its owner only."""
    settings = settings_from(UeSettings, config)
    if settings.keys is None:
        leave(f"{config} has no keys: where is the key management server? (keys: {{url: https://...}})", BAD_INPUT)
    told, say = settings.keys, _console()
    claim = "val_user_id" if settings.identity is None else settings.identity.user_claim
    getting = access_of(token, settings.identity, say)

    async def main(reactor: Any) -> None:
        access = await getting(reactor)
        if access.token is None:
            advice = "give one by --token FILE, or say in the phone's file where its user logs in (identity)"
            leave(f"Without an access token there are no keys: {advice}.", access.code or BAD_INPUT)
        client = client_of(told, reactor, settings.client_id)
        ring = await _fetched(client, access.token, user_of(access.token, claim), at)
        keep(ring, keys or told.kept)
        _show(ring, say, reactor.seconds())
        say.print(f"Kept in {escape(str(keys or told.kept))}")

    finish(main)


@app.command(epilog=SHOW)
def show(keys: Keys = KEPT) -> None:
    """Show what is held: whose keys, of which KMS and key periods; no key."""
    now = time()
    _show(kept(keys, now), _console(), now)


@app.command(epilog=SIGN)
def sign(file: Input, keys: Keys = KEPT) -> None:
    """Sign a file as this user, with the keys of now (ECCSI, RFC 6507); the signature is base64."""
    now = time()
    try:
        signature = kept(keys, now).sign(_content(file), now, SystemIds())
    except KeysError as error:
        leave(_sentence(error), code_of(error))
    sys.stdout.write(b64encode(signature).decode() + "\n")


@app.command(epilog=VERIFY)
def verify(
    file: Input,
    signature: Annotated[Path, typer.Option(help="The file with the signature, in base64.")],
    signer: Annotated[str, typer.Option(help="Whose it is to be: a VAL user ID.")],
    kms: Kms = "",
    keys: Keys = KEPT,
) -> None:
    """Verify a signature that was made in this key period."""
    now = time()
    try:
        kept(keys, now).verify(_content(file), _decoded(signature), signer, now, kms or None)
    except KeysError as error:
        leave(_sentence(error), code_of(error))
    _console().print(f"[green]signed by {escape(plain(signer))}[/]")


@app.command(epilog=SEND)
def send(
    to: Annotated[str, typer.Option(help="Who is to open it: a VAL user ID.")],
    out: Annotated[Path | None, typer.Option(help="The file for the message; else standard output.")] = None,
    kms: Kms = "",
    show_secret: Annotated[bool, typer.Option("--show-secret", help="Show the secret that was drawn.")] = False,
    keys: Keys = KEPT,
) -> None:
    """Draw a secret, encapsulate it to a user and sign it: a MIKEY-SAKKE message (RFC 6509), in base64."""
    now = time()
    try:
        secret, message = kept(keys, now).send(to, now, SystemIds(), kms_uri=kms or None)
    except KeysError as error:
        leave(_sentence(error), code_of(error))
    text = b64encode(message).decode() + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        _write(out, text)
    if show_secret:
        sys.stderr.write(f"secret: {secret.hex()}\n")


@app.command("open", epilog=OPEN)
def open_(
    file: Input,
    show_secret: Annotated[bool, typer.Option("--show-secret", help="Show the secret that came.")] = False,
    keys: Keys = KEPT,
) -> None:
    """Open a message: whom it is from is proved by its signature, whom it is for by the keys."""
    now = time()
    try:
        opened = kept(keys, now).open(_decoded(file), now)
    except KeysError as error:
        leave(_sentence(error), code_of(error))
    say = _console()
    say.print(f"[green]from {escape(plain(opened.initiator))}[/], sent {date(opened.at)}")
    if show_secret:
        say.print(f"secret: {opened.ssv.hex()}")


async def _fetched(client: KeyClient, token: str, user: str, at: float | None) -> KeyRing:
    try:
        await client.fetch(token, user, at)
        return await client.fetch_others(token)
    except KeysError as error:
        leave(_sentence(error), code_of(error))


def _show(ring: KeyRing, say: Console, now: float) -> None:
    current = ring.kms.certificate.periods.number(now)
    say.print(f"keys of [bold]{escape(plain(ring.user))}[/] at {escape(plain(ring.kms.uri))}")
    for number in ring.numbers:
        begins, ends = ring.kms.certificate.periods.bounds(number)
        note = "  [green]now[/]" if number == current else ""
        say.print(f"  key period {number}: {date(begins)} to {date(ends)}{note}")
    for key in ring.provisioned:
        until = "" if key.valid_to is None else f" until {date(key.valid_to)}"
        say.print(f"  provisioned for {escape(plain(key.val_service_id))}: {escape(plain(key.key_id))}{until}")
    for uri in ring.others:
        say.print(f"  certificate of {escape(plain(uri))}")


def _content(file: Path) -> bytes:
    try:
        if str(file) == "-":
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with file.open("rb") as opened:
                content = opened.read(LARGEST + 1)
    except OSError as error:
        leave(f"{file} cannot be read: {error.strerror}", BAD_ENVIRONMENT)
    if len(content) > LARGEST:
        leave(f"{file} is too large (expected at most {LARGEST} bytes)", BAD_INPUT)
    return content


def _decoded(file: Path) -> bytes:
    try:
        return b64decode(b"".join(_content(file).split()), validate=True)
    except ValueError:
        leave(f"{file} is not base64 (expected what `val ue keys` has written)", BAD_INPUT)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "ascii")
    except OSError as error:
        leave(f"{path} cannot be written: {error.strerror}", BAD_ENVIRONMENT)


def _sentence(error: KeysError) -> str:
    text = plain(str(error))
    said = f"{text[:1].upper()}{text[1:]}"
    return f"{said} (val ue keys fetch)" if isinstance(error, NoKeys) else said


def _console() -> Console:
    return Console(highlight=False, color_system=colours(), soft_wrap=True)
