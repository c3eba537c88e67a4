"""Documents by hand, for `val ue profile` and `val ue groups`: asked for with the token of a phone, as its file says.

What is wrong ends the command with a sentence and its exit code.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from attrs import frozen
from rich.console import Console

from harness.clients.access import access_of
from harness.console.finishing import finish
from harness.console.terminal import colours
from harness.explaining import claims_of
from ue_sim.documents.errors import DocumentsError, Refused, Unreachable
from ue_sim.documents.settings import DocumentSettings
from ue_sim.documents.xcap import XcapClient
from ue_sim.settings import UeSettings
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.net.https import HttpsClient
from valkit.net.serving import leave, settings_from
from valkit.terminal import plain
from valkit.tokens import TokenRejected

T = TypeVar("T")

CODES = {Unreachable: BAD_ENVIRONMENT, Refused: FAILED}


@frozen
class Desk:
    """What a command has to ask with."""

    client: XcapClient
    token: str
    user: str
    """The VAL user that the token speaks for."""
    services: tuple[str, ...]
    """The VAL services of the token, or the one that was chosen."""


@frozen
class Told:
    """What every such command is told."""

    config: Path
    token: Path | None
    service: str | None


Server = Callable[[UeSettings], DocumentSettings | None]


def asked(
    told: Told, server: Server, name: str, work: Callable[[Desk], Awaitable[T]], show: Callable[[T], None]
) -> None:
    """Ask the server of this name with the phone's token, show what came, and end the command."""
    settings = settings_from(UeSettings, told.config)
    way = server(settings)
    if way is None:
        leave(f"{told.config} has no {name}: where is the server? ({name}: {{url: https://...}})", BAD_INPUT)
    getting = access_of(told.token, settings.identity, console())
    user_claim = "val_user_id" if settings.identity is None else settings.identity.user_claim

    async def main(reactor: Any) -> None:
        access = await getting(reactor)
        if access.token is None:
            advice = "give one by --token FILE, or say in the phone's file where its user logs in (identity)"
            leave(f"Without an access token there are no documents: {advice}.", access.code or BAD_INPUT)
        desk = _desk(access.token, user_claim, told.service, _client(way, name, reactor))
        try:
            show(await work(desk))
        except DocumentsError as error:
            text = plain(str(error))
            code = next((code for kind, code in CODES.items() if isinstance(error, kind)), FAILED)
            leave(f"{text[:1].upper()}{text[1:]}", code)

    finish(main)


def console() -> Console:
    """Give the terminal."""
    return Console(highlight=False, color_system=colours(), soft_wrap=True)


def _client(settings: DocumentSettings, name: str, reactor: Any) -> XcapClient:
    try:
        return XcapClient(settings.url, HttpsClient(reactor, settings.trusted(), proxy=settings.proxy))
    except OSError as error:
        leave(
            f"{settings.authority} cannot be read: {error.strerror}. It says who vouches for the server "
            f"({name}.authority); val idms makes one where it is started.",
            BAD_ENVIRONMENT,
        )
    except ValueError as error:
        leave(str(error), BAD_INPUT)


def _desk(token: str, user_claim: str, service: str | None, client: XcapClient) -> Desk:
    try:
        claims = claims_of(token)
    except TokenRejected as error:
        leave(f"The token cannot be read: {error}", BAD_INPUT)
    user, listed = claims.get(user_claim), claims.get("val_service_ids")
    if not isinstance(user, str):
        leave(f"The token names no VAL user (claim {user_claim}), and documents are somebody's.", BAD_INPUT)
    services = (service,) if service is not None else tuple(map(str, listed)) if isinstance(listed, list) else ()
    if not services:
        leave("The token names no VAL service: say which one by --service", BAD_INPUT)
    return Desk(client, token, user, services)
