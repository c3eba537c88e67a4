"""`val ue visit`: from a log-in at home to tokens in a partner domain (clause 5.X.4.2). It says who one is there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from harness.clients.access import access_of, saved_in
from harness.clients.signing_in import NotHad, had, keep, show, way_of, writable
from harness.commands.sign_in import told
from harness.console.finishing import finish
from harness.console.terminal import colours
from ue_sim.identity.saved import Saved
from ue_sim.identity.tokens import TokenSet
from valkit.exits import BAD_INPUT
from valkit.net.serving import leave

EXAMPLES = """\b
Examples:
  val ue sign-in --issuer https://127.0.0.3:8443 --client-id val-client --save alice.json
  val ue visit https://127.0.1.3:8443 --log-in alice.json --save alice-abroad.json
  val ue register --config ue-abroad.yaml --token alice-abroad.json
"""


def visit(
    partner: Annotated[str, typer.Argument(help="The partner's identity server, as https://127.0.1.3:8443.")],
    log_in: Annotated[
        Path, typer.Option(help="The log-in at home, saved by `val ue sign-in`; renewed first if it is about to end.")
    ],
    client_id: Annotated[str, typer.Option(help="The app's name at the partner; without it, that at home.")] = "",
    authority: Annotated[
        Path | None, typer.Option(help="PEM file: who vouches for the partner's certificate; without it, as at home.")
    ] = None,
    client_secret: Annotated[Path | None, typer.Option(help="File with the app's secret there, if it has one.")] = None,
    client_key: Annotated[Path | None, typer.Option(help="File with the app's private key there, if it signs.")] = None,
    scope: Annotated[str, typer.Option(help="What to ask for; without it, all that guests may have there.")] = "",
    save: Annotated[Path | None, typer.Option(help="File for the tokens, whole; readable by its owner only.")] = None,
) -> None:
    """Get tokens in a partner domain: exchange the access token of a log-in, and bring what comes of it there.

    For each partner domain it is done anew; each time the partner is given another security token.
    """
    say = Console(highlight=False, color_system=colours(), soft_wrap=True)
    if not partner.startswith("https://"):
        leave(f"{partner} is no identity server (expected something like https://127.0.1.3:8443)", BAD_INPUT)
    home = saved_in(log_in).identity
    options: dict[str, object] = {
        "issuer": partner,
        "client_id": client_id or home.client_id,
        "authority": authority or home.authority,
        "client_secret": client_secret,
        "client_key": client_key,
    }
    there = told(None, {name: value for name, value in options.items() if value} | {"scope": scope})
    way_home, way_there = way_of(home), way_of(there)
    getting = access_of(log_in, None, say)
    if save is not None:
        writable(save)

    async def admitted(reactor: Any, access_token: str) -> TokenSet:
        security_token = await had(
            way_home.client(reactor).exchange(access_token, there.issuer),
            "No security token from home",
            _at_home(there.issuer),
        )
        return await had(
            way_there.client(reactor).present(security_token),
            "Not admitted by the partner",
            _at_the_partner(home.issuer, there.client_id),
        )

    async def main(reactor: Any) -> None:
        access = await getting(reactor)
        if access.token is None:
            leave("Without an access token of home there is nothing to go with.", access.code)
        try:
            tokens = await admitted(reactor, access.token)
        except NotHad as error:
            leave(str(error), error.code)
        show(tokens, say, reactor.seconds(), "admitted")
        if save is not None:
            keep(save, Saved(tokens, there), say)

    finish(main)


def _at_home(partner: str) -> Mapping[str, str]:
    """Say what to do about what the server at home refuses."""
    spelling = f" Or without the / at its end: {partner.rstrip('/')}." if partner.endswith("/") else ""
    return {
        "invalid_target": f"At home {partner} has to be a partner, to the letter, whatever is agreed on the other way "
        f"round: `val idms --config HOME partner list` shows it, `partner add` enters it.{spelling}"
    }


def _at_the_partner(home: str, client_id: str) -> Mapping[str, str]:
    """Say what to do about what the partner's server refuses."""
    return {
        "invalid_client": f"The app {client_id} has to be a client there too: `val idms --config PARTNER client add "
        f"{client_id} --redirect http://127.0.0.1/callback`. Or has it another name there (--client-id)?",
        "invalid_scope": "Ask for that with --scope, or for all that there is without it; its operator allows more by "
        f"`val idms --config PARTNER partner change {home} --guest-scope SCOPE`, for each.",
    }
