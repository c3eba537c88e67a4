"""`val token`: make, decode and check access tokens."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from time import time
from typing import Annotated, BinaryIO, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.clients.access import access_token_in
from harness.console.terminal import colours
from harness.explaining import Explained, Row, claimed, claims_of, explained, header_of, verdict
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.ids import SystemIds
from valkit.settings.types import duration
from valkit.tokens import AccessToken, Grant, KeySet, KeyUnusable, SigningKey, TokenPolicy, TokenRejected, jwks, mint
from valkit.tokens.claims import LATEST, REQUIRED
from valkit.tokens.keys import ALGORITHMS
from valkit.tokens.minting import SCOPE

STDIN = "-"

LONGEST = 1_000_000
"""Bytes that are read of a token, key or key set at most: a file may be a device that never ends."""

LONGEST_NAME = 255
"""Characters that a file's name has at most."""

app = typer.Typer(
    help="Make, decode and check access tokens.",
    no_args_is_help=True,
    epilog="""\b
Examples:
  val token mint --new-key --key key.pem --jwks-out jwks.json --user alice --service dispatch > token.txt
  val token show token.txt --jwks jwks.json
""",
)

SHOW_EXAMPLES = """\b
Examples:
  val token show eyJhbGciOi...
  val token show token.txt --jwks keys.json --issuer https://idms.home.example
  val token mint --key key.pem --user alice --service dispatch | val token show --jwks keys.json
  val token show token.txt --json
"""

MINT_EXAMPLES = """\b
Examples:
  val token mint --new-key --key key.pem --jwks-out keys.json --user alice --service dispatch
  val token mint --key key.pem --user alice --service dispatch --service video --lifetime 1h
  val token mint --key key.pem --user alice --service dispatch --claim aud=other --claim jti=null
"""


@app.command(epilog=SHOW_EXAMPLES)
def show(
    token: Annotated[str, typer.Argument(help="The token, a file that holds it, or - for standard input.")] = STDIN,
    *,
    key_set: Annotated[Path | None, typer.Option("--jwks", help="Check it with the keys in this JWK Set.")] = None,
    issuer: Annotated[str | None, typer.Option(help="... and this issuer; else whichever it names.")] = None,
    audience: Annotated[str | None, typer.Option(help="... and this audience; else whichever it names.")] = None,
    scope: Annotated[str, typer.Option(help="... and this scope.")] = TokenPolicy("", "").scope,
    at: Annotated[str | None, typer.Option(help="... at this time: 2026-11-23T12:00:00Z or epoch seconds.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON: header, claims, and with --jwks the verdict.")] = False,
) -> None:
    """Decode a token: header, claims, times in words. Never its signature, so what it prints is no token.

    With --jwks it also says whether a VAL server would believe it, and if not, why; then it exits with 1.
    """
    text, now = _token_text(token), _moment(at)
    console = Console(highlight=False, color_system=colours(), soft_wrap=True)
    try:
        told = explained(text, now)
        if not as_json:
            _print(console, told)
        judged = None
        if key_set is not None:
            asked = _policy(text, issuer, audience, scope)
            judged = verdict(text, KeySet.from_jwks(_read(key_set)), asked, now)
        if as_json:
            typer.echo(_json(text, judged))
        elif judged is None:
            console.print("Not checked: give the issuer's keys with --jwks FILE.")
        else:
            _print_verdict(console, judged)
        if isinstance(judged, TokenRejected):
            raise typer.Exit(FAILED)
    except TokenRejected as error:
        _fail(BAD_INPUT, str(error))
    except KeyUnusable as error:
        _fail(BAD_INPUT, f"{key_set}: {error}")


@app.command(name="mint", epilog=MINT_EXAMPLES)
def mint_token(
    *,
    key: Annotated[Path, typer.Option(help="File with the private key, PEM or JWK.")],
    user: Annotated[str, typer.Option(help="VAL user ID.")],
    service: Annotated[list[str], typer.Option(help="VAL service ID; may be given several times.")],
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make the key file, for its owner alone (mode 600).")
    ] = False,
    alg: Annotated[str | None, typer.Option(help="ES256, RS256, EdDSA ...; by default what the key is for.")] = None,
    issuer: Annotated[str, typer.Option(help="Issuer.")] = "https://idms.home.example",
    audience: Annotated[str, typer.Option(help="Audience.")] = "val-server",
    client_id: Annotated[str, typer.Option(help="Client the token is for.")] = "val-client",
    scope: Annotated[str, typer.Option(help="Scope.")] = SCOPE,
    lifetime: Annotated[str, typer.Option(help="How long it holds: 30s, 5m, 1h; -5m gives one that is over.")] = "5m",
    claim: Annotated[
        list[str] | None, typer.Option(help="Further claim NAME=VALUE, JSON or text; null leaves it out.")
    ] = None,
    jwks_out: Annotated[
        Path | None, typer.Option(help="Write the public half here, as a JWK Set for a server.")
    ] = None,
) -> None:
    """Make an access token and print it, and nothing else."""
    signing = _new_key(key, alg or "ES256") if new_key else _signing_key(key, alg)
    seconds = _lifetime(lifetime)
    grant = Grant(
        issuer=issuer,
        audience=audience,
        val_user_id=user,
        val_service_ids=tuple(service),
        jti=SystemIds().nonce(16).hex(),
        issued_at=time() + min(0.0, 2 * seconds),  # of one that is over: it lived as long as it is over now
        lifetime=abs(seconds),
        client_id=client_id,
        scope=scope,
        extra=dict(map(_claim, claim or ())),
    )
    if jwks_out is not None:
        _write(jwks_out, jwks(signing) + "\n", 0o644)
    try:
        typer.echo(mint(signing, grant))
    except RecursionError:
        _fail(BAD_INPUT, "--claim is nested too deeply.")


def _token_text(given: str) -> str:
    """Take the token from the argument, a file or standard input; a scheme in front of it is dropped.

    Of a log-in that was saved it is the access token.
    """
    if given == STDIN:
        text = _text(sys.stdin.buffer, "Standard input")
    elif os.path.exists(given):  # noqa: PTH110 - Path refuses names as long as a token
        text = _read(Path(given))
    elif given.startswith("eyJ") or (given.count(".") >= 2 and "/" not in given):
        text = given
    else:
        named = given if len(given) <= LONGEST_NAME else f"{given[:16]}..."
        _fail(BAD_ENVIRONMENT, f"{named}: there is no such file, and it is no token either.")
    return access_token_in(text.strip().removeprefix("Bearer ").strip())


def _moment(at: str | None) -> float:
    if at is None:
        return time()
    try:
        return _seconds(at)
    except ValueError:
        _fail(BAD_INPUT, f"--at {at} is no time (expected 2026-11-23T12:00:00Z or epoch seconds).")


def _seconds(at: str) -> float:
    """Read a time in either form; ValueError if it is none, or lies where no token's times may."""
    try:
        seconds = float(at)
    except ValueError:
        moment = datetime.fromisoformat(at)
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not -LATEST <= seconds <= LATEST:
        raise ValueError
    return seconds


def _policy(token: str, issuer: str | None, audience: str | None, scope: str) -> TokenPolicy:
    """Ask what was told, and of issuer and audience otherwise only that they are there."""
    return TokenPolicy(
        issuer=claimed(token, "iss") if issuer is None else issuer,
        audience=claimed(token, "aud") if audience is None else audience,
        scope=scope,
        algorithms=frozenset(ALGORITHMS),
        required=REQUIRED,
    )


def _print(console: Console, told: Explained) -> None:
    for title, rows in (("Header", told.header), ("Claims", told.claims)):
        if console.is_terminal:
            console.print(_table(title, rows), soft_wrap=False)
        else:
            console.print(Text("\n".join((title, *_lines(rows)))))
    console.print(f"Signature: {told.signature}.")


def _table(title: str, rows: Sequence[Row]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(Text(f"  {row.name}"), Text(row.value, overflow="fold"), Text(row.remark, style="dim"))
    return table


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    """Give a line for each row, whole however long it is: who reads a pipe takes it line by line."""
    room = max((len(row.name) for row in rows), default=0)
    for row in rows:
        yield f"  {row.name:{room}}  {row.value}  {row.remark}".rstrip()


def _print_verdict(console: Console, judged: AccessToken | TokenRejected) -> None:
    if isinstance(judged, TokenRejected):
        console.print(Text(f"Refused ({judged.cause.value}): {judged}", style="bold red"))
    else:
        console.print(Text("Holds: signature, claims and times are as they must be.", style="bold green"))


def _json(text: str, judged: AccessToken | TokenRejected | None) -> str:
    try:
        return json.dumps(_as_json(text, judged), indent=1, allow_nan=False)
    except RecursionError:
        _fail(BAD_INPUT, "The token is nested too deeply to be shown as JSON.")


def _as_json(text: str, judged: AccessToken | TokenRejected | None) -> dict[str, object]:
    said: dict[str, object] = {"header": _in_json(header_of(text)), "claims": _in_json(claims_of(text))}
    match judged:
        case TokenRejected():
            said["verdict"] = {"holds": False, "cause": judged.cause.value, "why": str(judged)}
        case AccessToken():
            said["verdict"] = {"holds": True}
    return said


def _in_json(value: object) -> object:
    """Give a value that was read as JSON has it: what no number of a reader holds, such as 1e400, as a text."""
    match value:
        case dict():
            return {name: _in_json(each) for name, each in value.items()}
        case list():
            return [_in_json(each) for each in value]
        case float() if not isfinite(value):
            return str(value)
    return value


def _signing_key(file: Path, algorithm: str | None) -> SigningKey:
    try:
        return SigningKey.from_text(_read(file, "Make it with --new-key."), algorithm)
    except KeyUnusable as error:
        _fail(BAD_INPUT, f"{file}: {error}")


def _new_key(file: Path, algorithm: str) -> SigningKey:
    try:
        key = SigningKey.generate(algorithm)
    except KeyUnusable as error:
        _fail(BAD_INPUT, str(error))
    _write(file, key.pem(), 0o600, new=True)
    return key


def _write(file: Path, text: str, mode: int, *, new: bool = False) -> None:
    """Write a file with this mode from its first moment on; a new one takes no other's place."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if new else os.O_TRUNC)
    try:
        with os.fdopen(os.open(file, flags, mode), "w") as out:
            out.write(text)
    except FileExistsError:
        _fail(BAD_INPUT, f"{file} is there already. Leave out --new-key to use it.")
    except OSError as error:
        _fail(BAD_ENVIRONMENT, f"{file} cannot be written: {error.strerror}.")


def _read(file: Path, otherwise: str = "") -> str:
    try:
        with file.open("rb") as source:
            return _text(source, str(file))
    except FileNotFoundError:
        _fail(BAD_ENVIRONMENT, f"{file} does not exist. {otherwise}".rstrip())
    except OSError as error:
        _fail(BAD_ENVIRONMENT, f"{file} cannot be read: {error.strerror}.")


def _text(source: BinaryIO, name: str) -> str:
    octets = source.read(LONGEST + 1)
    if len(octets) > LONGEST:
        _fail(BAD_INPUT, f"{name} is too long (expected at most {LONGEST} bytes).")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        _fail(BAD_INPUT, f"{name} is no text (expected UTF-8).")


def _lifetime(text: str) -> float:
    try:
        seconds = duration(text.removeprefix("-"))
    except ValueError as error:
        _fail(BAD_INPUT, f"--lifetime {text} {error}.")
    return -seconds if text.startswith("-") else seconds


def _claim(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        _fail(BAD_INPUT, f"--claim {text} is no claim (expected NAME=VALUE).")
    try:
        read = json.loads(value)
        json.dumps(read, allow_nan=False)
    except ValueError:  # NaN and 1e400 among them: Python reads them, and no other reader of the token would
        return name, value
    except RecursionError:
        _fail(BAD_INPUT, "--claim is nested too deeply.")
    return name, read


def _fail(code: int, sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)
