"""`val init`: a lab and scenarios of one's own to begin with."""

import os
import shlex
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

import typer

from harness.console.beginning import ISSUER, KEY, PUBLIC_KEYS, beginning
from harness.errors import EnvironmentFault
from harness.lab.outward import speaking_to
from harness.plans.addresses import Hosts
from harness.plans.elsewhere import placed
from harness.plans.lab import IssuerPlan
from harness.seen.cast import SCSCF
from valkit.carriers.known import VAL_INFO
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.net.serving import leave
from valkit.sip.hop import Hop
from valkit.tokens import SigningKey, jwks


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Made if it is not there; nothing is written over.")],
    *,
    valserver: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where your VAL server listens, as udp:192.0.2.31:5060.")
    ] = "",
) -> None:
    r"""Write a lab and scenarios of one's own to begin with, commented, and ready to be played.

    With a VAL server of yours there is a key, too, that tokens are signed with, and its public half for your server.

    \b
    Examples:
      val init mine
      val run mine
      val init mine --valserver udp:192.0.2.31:5060
    """
    if not str(folder).isprintable():
        leave(f"{str(folder)!a} is no name for a folder (expected printable characters).", BAD_INPUT)
    address = _hop(valserver) if valserver else None
    files = {name: (text, 0o644) for name, text in beginning(folder.absolute(), address).items()}
    wants = ""
    if address is not None:
        key = SigningKey.generate("ES256")
        files |= {KEY: (key.pem(), 0o600), PUBLIC_KEYS: (jwks(key) + "\n", 0o644)}
        wants = _wants(folder, address.host)
    for name in files:
        if os.path.lexists(folder / name):
            leave(f"{folder / name} is there already; nothing was written. Name another folder.", BAD_INPUT)
    for name, (text, mode) in files.items():
        _write(folder / name, text, mode)
    typer.echo("\n".join(f"  {folder / name}" for name in files))
    typer.echo(f"{wants}\nNow: val run {shlex.quote(str(folder) if str(folder)[0] != '-' else f'./{folder}')}")


def _hop(text: str) -> Hop:
    """Read where a server listens that our core can speak to: by IPv4, and without certificates that nobody named."""
    try:
        hop = placed(text)
    except ValueError:
        leave(f"{text} is no address (expected such as udp:192.0.2.31:5060, with an address and no name).", BAD_INPUT)
    host = ip_address(hop.host)
    if hop.transport not in {"udp", "tcp"} or host.version != 4:
        leave(f"{text} cannot be spoken to by a lab's core (expected udp or tcp, and an IPv4 address).", BAD_INPUT)
    if not hop.port or host.is_unspecified or host.is_multicast:
        leave(f"{text} is where nobody can listen (expected a server's own address and port).", BAD_INPUT)
    return hop


def _wants(folder: Path, valserver: str) -> str:
    """Say what a VAL server has to be told, before scenarios can pass."""
    try:
        scscf = Hosts(moved=speaking_to(valserver)).of(SCSCF)
    except EnvironmentFault as error:
        leave(str(error), BAD_ENVIRONMENT)
    tokens = IssuerPlan()
    return (
        f"\nTell your server:\n"
        f"  whose tokens to believe    issuer {ISSUER}, public keys in {folder / PUBLIC_KEYS}\n"
        f"  what those tokens say      audience {tokens.audience}, scope {tokens.scope},\n"
        f"                             val_user_id and val_service_ids (an array)\n"
        f"  where they stand in SIP    a part {VAL_INFO.media_type}, its {VAL_INFO.element}\n"
        f"  which S-CSCF to trust      {scscf}, of this machine\n"
    )


def _write(file: Path, text: str, mode: int) -> None:
    """Write a new file, with this mode from its first moment on."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as out:
            out.write(text)
    except OSError as error:
        with suppress(OSError):
            file.unlink()  # a full disk leaves an empty one, which would be in the way of the next attempt
        leave(f"{file} cannot be written: {error.strerror}.", BAD_ENVIRONMENT)
