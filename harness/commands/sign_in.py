"""`val ue sign-in`: the log-in by hand, in the user's own browser or without one. It says who signed in; no token."""

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from harness.clients.signing_in import NotHad, had, keep, log_in_of, show, writable
from harness.console.finishing import finish
from harness.console.terminal import colours
from ue_sim.identity.saved import Saved
from ue_sim.identity.settings import IdentitySettings
from ue_sim.settings import UeSettings
from valkit.exits import BAD_INPUT
from valkit.net.serving import leave, settings_from

EXAMPLES = """\b
Examples:
  val ue sign-in --issuer https://127.0.0.3:8443 --client-id val-client
  val ue sign-in --issuer https://127.0.0.3:8443 --client-id val-client --headless --user alice --save alice.json
  pass show alice | val ue sign-in --issuer https://127.0.0.3:8443 --client-id val-client --headless --user alice
  val ue sign-in --config ue.yaml --save alice.json
"""


def sign_in(
    config: Annotated[
        Path | None, typer.Option(help="The phone's file, whose `identity` says what options do not.")
    ] = None,
    issuer: Annotated[str, typer.Option(help="The identity server's issuer, as https://127.0.0.3:8443.")] = "",
    client_id: Annotated[str, typer.Option(help="The app's name at the identity server.")] = "",
    authority: Annotated[
        Path | None,
        typer.Option(help="PEM file: who vouches for the server's certificate; without it, val-ca/authority.pem."),
    ] = None,
    client_secret: Annotated[Path | None, typer.Option(help="File with the app's secret, if it has one.")] = None,
    client_key: Annotated[Path | None, typer.Option(help="File with the app's private key, if it signs.")] = None,
    scope: Annotated[str, typer.Option(help="What to ask for; without it, VAL service authorization.")] = "",
    acr: Annotated[str, typer.Option(help="Ways to log in, by preference; without it, by password.")] = "",
    headless: Annotated[
        bool, typer.Option("--headless", help="Without a browser; the password comes from a prompt or standard input.")
    ] = False,
    user: Annotated[str, typer.Option(help="Who logs in; with --headless.")] = "",
    one_time_code: Annotated[
        bool, typer.Option("--one-time-code", help="Ask for a one-time code too; on standard input, the second line.")
    ] = False,
    redirect_uri: Annotated[str, typer.Option(help="The app's address; without it, http://127.0.0.1/callback.")] = "",
    save: Annotated[Path | None, typer.Option(help="File for the tokens, whole; readable by its owner only.")] = None,
) -> None:
    """Sign in at an identity server and say who it was, with which VAL services, for how long."""
    block = None if config is None else settings_from(UeSettings, config).identity
    if config is not None and block is None:
        leave(f"{config} has no identity: where is the identity server, and which client is the app?", BAD_INPUT)
    options = {
        "issuer": issuer,
        "client_id": client_id,
        "authority": authority,
        "client_secret": client_secret,
        "client_key": client_key,
        "scope": scope,
        "acr": acr,
        "user": user,
        "redirect_uri": redirect_uri,
    }
    identity = told(block, {name: value for name, value in options.items() if value})
    if headless and not identity.user:
        leave("--headless needs --user: whose password is it?", BAD_INPUT)
    if user and not headless and config is None:
        leave("--user is for --headless; in a browser, whoever sits there types the name", BAD_INPUT)
    say = Console(highlight=False, color_system=colours(), soft_wrap=True)
    file = save or identity.tokens
    if file is not None:
        writable(file)
    log_in = log_in_of(identity, say, one_time_code=one_time_code)

    async def main(reactor: Any) -> None:
        try:
            tokens = await had(log_in(reactor))
        except NotHad as error:
            leave(str(error), error.code)
        show(tokens, say, reactor.seconds())
        if file is not None:
            keep(file, Saved(tokens, identity), say)

    finish(main)


def told(block: IdentitySettings | None, options: dict[str, object]) -> IdentitySettings:
    """Put what options say over what a file says; leave with a sentence if that does not fit together."""
    beneath = {} if block is None else block.model_dump(exclude_unset=True)
    try:
        return IdentitySettings.model_validate({**beneath, **options})
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        name = "".join(f"--{part}".replace("_", "-") for part in fault["loc"])
        if fault["type"] == "missing":
            leave(f"{name} is missing, or a phone's file (--config) whose identity says it", BAD_INPUT)
        leave(f"{name} {fault['msg'].removeprefix('Value error, ')}".strip(), BAD_INPUT)
