"""`val ue sign-in`: the log-in by hand, in the user's own browser or without one. It says who signed in; no token."""

import os
import sys
from collections.abc import Awaitable, Callable
from getpass import getpass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Annotated, Any, NoReturn
from webbrowser import open_new_tab

import typer
from attrs import frozen
from rich.console import Console
from rich.markup import escape
from twisted.internet import task
from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TooLong
from twisted.internet.error import CannotListenError
from twisted.internet.threads import deferToThread

from ue_sim.identity.client import IdentityClient
from ue_sim.identity.errors import Doubtful, IdentityError, Unreachable
from ue_sim.identity.form import Answers
from ue_sim.identity.headless import log_in
from ue_sim.identity.loopback import open_loopback
from ue_sim.identity.request import PASSWORD, SCOPE, Registration
from ue_sim.identity.tokens import TokenSet
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.ids import SystemIds
from valkit.net.https import HttpsClient
from valkit.net.serving import leave
from valkit.net.tls import Tls

WAIT = 300.0
"""Seconds that the user has in the browser."""
NOWHERE = "http://127.0.0.1/callback"
"""The redirect address of a log-in without a browser: it is read, never requested."""

EXAMPLES = """\b
Examples:
  val ue sign-in --issuer https://127.0.0.3:8443 --client-id val-client
  val ue sign-in --issuer https://127.0.0.3:8443 --client-id val-client --headless --user alice --save alice.json
  pass show alice | val ue sign-in --issuer https://127.0.0.3:8443 --client-id val-client --headless --user alice
"""


@frozen
class Told:
    """What the command line says of server and client."""

    issuer: str
    registration: Registration
    tls: Tls

    def client(self, reactor: Any, registration: Registration | None = None) -> IdentityClient:
        """Make the client."""
        https = HttpsClient(reactor, self.tls)
        return IdentityClient(self.issuer, registration or self.registration, https, reactor.seconds, SystemIds())


def sign_in(
    issuer: Annotated[str, typer.Option(help="The identity server's issuer, as https://127.0.0.3:8443.")],
    client_id: Annotated[str, typer.Option(help="The app's name at the identity server.")],
    authority: Annotated[Path, typer.Option(help="PEM file: who vouches for the server's certificate.")] = Path(
        "val-ca/authority.pem"
    ),
    client_secret: Annotated[Path | None, typer.Option(help="File with the app's secret, if it has one.")] = None,
    scope: Annotated[str, typer.Option(help="What to ask for.")] = SCOPE,
    acr: Annotated[str, typer.Option(help="Ways to log in, by preference.")] = PASSWORD,
    headless: Annotated[
        bool, typer.Option("--headless", help="Without a browser; the password comes from a prompt or standard input.")
    ] = False,
    user: Annotated[str, typer.Option(help="Who logs in; with --headless.")] = "",
    one_time_code: Annotated[
        bool, typer.Option("--one-time-code", help="Ask for a one-time code too; on standard input, the second line.")
    ] = False,
    redirect_uri: Annotated[str, typer.Option(help="The app's redirect address; with --headless.")] = NOWHERE,
    save: Annotated[Path | None, typer.Option(help="File for the tokens, whole; readable by its owner only.")] = None,
) -> None:
    """Sign in at an identity server and say who it was, with which VAL services, for how long."""
    if headless and not user:
        leave("--headless needs --user: whose password is it?", BAD_INPUT)
    if not issuer.startswith("https://"):
        leave(f"--issuer {issuer} is not https (expected something like https://127.0.0.3:8443)", BAD_INPUT)
    secret = None if client_secret is None else _text(client_secret).strip()
    told = Told(issuer, Registration(client_id, redirect_uri, scope, acr, secret), _tls(authority))
    say = Console(highlight=False, soft_wrap=True)
    way = without_browser(told, _answers(user, one_time_code)) if headless else in_browser(told, say)

    async def main(reactor: Any) -> None:
        tokens = await _explained(way(reactor))
        _show(tokens, say, reactor.seconds())
        if save is not None:
            _save(save, tokens, say)

    task.react(lambda reactor: Deferred.fromCoroutine(main(reactor)))


def without_browser(told: Told, answers: Answers) -> Callable[[Any], Awaitable[TokenSet]]:
    """Fill in the form."""

    async def way(reactor: Any) -> TokenSet:
        client = told.client(reactor)
        request = client.request()
        url = request.url((await client.provider()).authorization_endpoint)
        browser = HttpsClient(reactor, told.tls, cookies=CookieJar())
        tokens = await client.redeem(request, await log_in(browser, url, request.client.redirect_uri, answers))
        if tokens is None:
            raise Doubtful("the redirect answers another request (state)")
        return tokens

    return way


def in_browser(
    told: Told, say: Console, show: Callable[[str], object] = open_new_tab
) -> Callable[[Any], Awaitable[TokenSet]]:
    """Let the user's browser do it, and wait for it on loopback (RFC 8252)."""

    async def way(reactor: Any) -> TokenSet:
        loopback = await open_loopback(reactor)
        try:
            own = told.registration
            client = told.client(
                reactor,
                Registration(own.client_id, loopback.redirect_uri, own.scope, own.acr_values, own.client_secret),
            )
            request = client.request()
            url = request.url((await client.provider()).authorization_endpoint)
            say.print(f"Sign in with a browser at\n{escape(url)}", soft_wrap=True)
            deferToThread(show, url).addErrback(lambda _: None)  # who has no browser here copies the address
            return await loopback.tokens(lambda back: client.redeem(request, back), WAIT, reactor)
        finally:
            await loopback.close()

    return way


async def _explained(signing_in: Awaitable[TokenSet]) -> TokenSet:
    """Say in a sentence what stood in the way."""
    try:
        return await signing_in
    except Unreachable as error:
        leave(f"Not signed in: {error}.", BAD_ENVIRONMENT)
    except IdentityError as error:
        leave(f"Not signed in: {error}.", FAILED)
    except TooLong:
        leave(f"Not signed in: nobody came back from the browser within {WAIT:.0f} s.", FAILED)
    except CannotListenError as error:
        leave(f"Not signed in: no port for the browser to come back to ({error}).", BAD_ENVIRONMENT)


def _show(tokens: TokenSet, say: Console, now: float) -> None:
    who = tokens.who
    say.print(f"[green]signed in[/] as {escape(who.val_user_id)} ({escape(who.subject)})")
    say.print(f"  VAL services: {escape(', '.join(who.val_service_ids)) or 'none'}")
    say.print(f"  logged in by {escape(who.acr or 'a way that was not told')}; scope {escape(tokens.scope)}")
    say.print(
        f"  access token for {tokens.expires - now:.0f} s; refresh token: {'yes' if tokens.refresh_token else 'no'}"
    )


def _save(path: Path, tokens: TokenSet, say: Console) -> None:
    """Write the tokens for their owner only, from the first byte on, in place of an older file."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(tokens.as_json())
        beside.replace(path)
    except OSError as error:
        leave(f"{path} cannot be written: {error}", BAD_ENVIRONMENT)
    say.print(f"  saved in {escape(str(path))}")


def _answers(user: str, one_time_code: bool) -> Answers:
    asked = ["password", "one-time code"] if one_time_code else ["password"]
    typed = [_typed(f"{what} of {user}") for what in asked]
    return Answers(user, *typed)


def _typed(what: str) -> str:
    text = getpass(f"{what}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    return text or _missing(what)


def _missing(what: str) -> NoReturn:
    leave(f"There is no {what} (expected a line on standard input)", BAD_INPUT)


def _tls(path: Path) -> Tls:
    tls = Tls(_text(path).encode())
    try:
        tls.client("localhost")
    except ValueError as error:
        leave(f"{path}: {error}", BAD_INPUT)
    return tls


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        leave(f"{path} cannot be read: {error}", BAD_ENVIRONMENT)
