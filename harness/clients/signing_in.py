"""A log-in by hand, for the commands of `val ue`: in the user's own browser or without one.

What is read here is read before anything is sent; what is wrong ends the command with a sentence and its exit code.
"""

import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from getpass import getpass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from webbrowser import open_new_tab

from attrs import evolve, frozen
from rich.console import Console
from rich.markup import escape
from twisted.internet.defer import TimeoutError as TooLong
from twisted.internet.error import CannotListenError
from twisted.internet.threads import deferToThread

from ue_sim.identity.client import IdentityClient
from ue_sim.identity.errors import Doubtful, IdentityError, NotLoopback, Refused, Unreachable
from ue_sim.identity.form import Answers
from ue_sim.identity.headless import log_in
from ue_sim.identity.loopback import open_loopback
from ue_sim.identity.request import Registration
from ue_sim.identity.saved import Saved, replacing
from ue_sim.identity.settings import IdentitySettings
from ue_sim.identity.tokens import TokenSet
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.ids import SystemIds
from valkit.net.files import tried
from valkit.net.https import HttpsClient
from valkit.net.serving import leave
from valkit.net.tls import Tls

WAIT = 300.0
"""Seconds that the user has in the browser."""

T = TypeVar("T")
LogIn = Callable[[Any], Awaitable[TokenSet]]
"""Logs in, on a reactor."""


@frozen
class Way:
    """The way to an identity server, its files read."""

    issuer: str
    registration: Registration
    tls: Tls
    user_claim: str = "val_user_id"
    services_claim: str = "val_service_ids"

    def client(self, reactor: Any, registration: Registration | None = None) -> IdentityClient:
        """Make the client."""
        return IdentityClient(
            self.issuer,
            registration or self.registration,
            HttpsClient(reactor, self.tls),
            reactor.seconds,
            SystemIds(),
            self.user_claim,
            self.services_claim,
        )


class NotHad(Exception):
    """There is no token; the text says why, the exit code what kind of reason it is."""

    def __init__(self, sentence: str, code: int) -> None:
        self.code = code
        super().__init__(sentence)


def way_of(identity: IdentitySettings) -> Way:
    """Read the files that the settings name; leave with a sentence if one is not there, or of no use."""
    try:
        return Way(
            identity.issuer,
            identity.registration(),
            identity.trusted(),
            identity.user_claim,
            identity.services_claim,
        )
    except OSError as error:
        leave(
            f"{tried(Path(error.filename))} cannot be read: {error.strerror}{_hint(identity, error.filename)}",
            BAD_ENVIRONMENT,
        )
    except ValueError as error:
        leave(str(error), BAD_INPUT)


def log_in_of(identity: IdentitySettings, say: Console, *, one_time_code: bool = False) -> LogIn:
    """Give the log-in that the settings want: of their user without a browser, or of whoever the browser says."""
    way = way_of(identity)
    return (
        without_browser(way, _answers(identity.user, one_time_code=one_time_code))
        if identity.user
        else in_browser(way, say)
    )


def without_browser(way: Way, answers: Answers) -> LogIn:
    """Fill in the form."""

    async def log_in_headless(reactor: Any) -> TokenSet:
        client = way.client(reactor)
        request = client.request()
        url = request.url((await client.provider()).authorization_endpoint)
        browser = HttpsClient(reactor, way.tls, cookies=CookieJar())
        tokens = await client.redeem(request, await log_in(browser, url, request.client.redirect_uri, answers))
        if tokens is None:
            raise Doubtful("the redirect answers another request (state)")
        return tokens

    return log_in_headless


def in_browser(way: Way, say: Console, show: Callable[[str], object] = open_new_tab) -> LogIn:
    """Let the user's browser do it, and wait for it on loopback (RFC 8252)."""

    async def log_in_there(reactor: Any) -> TokenSet:
        loopback = await open_loopback(reactor, way.registration.redirect_uri)
        try:
            client = way.client(reactor, evolve(way.registration, redirect_uri=loopback.redirect_uri))
            request = client.request()
            url = request.url((await client.provider()).authorization_endpoint)
            say.print(f"Sign in with a browser at\n{escape(url)}", soft_wrap=True)
            deferToThread(show, url).addErrback(lambda _: None)  # who has no browser here copies the address
            return await loopback.tokens(lambda back: client.redeem(request, back), WAIT, reactor)
        finally:
            await loopback.close()

    return log_in_there


async def had(asking: Awaitable[T], what: str = "Not signed in", advice: Mapping[str, str] | None = None) -> T:
    """Give what an identity server gives, such as tokens; NotHad, in a sentence, if something stood in the way.

    `advice` says what to do next about an error code.
    """
    try:
        return await asking
    except Unreachable as error:
        raise NotHad(f"{what}: {error}.", BAD_ENVIRONMENT) from None
    except NotLoopback as error:
        raise NotHad(f"{what}: {error}.", BAD_INPUT) from None
    except IdentityError as error:
        next_step = (advice or {}).get(error.code, "") if isinstance(error, Refused) else ""
        raise NotHad(f"{what}: {error}.{next_step and f' {next_step}'}", FAILED) from None
    except TooLong:
        raise NotHad(f"{what}: nobody came back from the browser within {WAIT:.0f} s.", FAILED) from None
    except CannotListenError as error:
        raise NotHad(
            f"{what}: no port for the browser to come back to ({error.socketError}).", BAD_ENVIRONMENT
        ) from None


def show(tokens: TokenSet, say: Console, now: float, done: str = "signed in") -> None:
    """Say who signed in, with which VAL services, for how long; no token."""
    who = tokens.who
    if who is None:
        say.print(f"[green]{done}[/], by no name: that is in the ID token, which is for the scope openid")
    else:
        say.print(f"[green]{done}[/] as {escape(who.val_user_id)} ({escape(who.subject)})")
        say.print(f"  VAL services: {escape(', '.join(who.val_service_ids)) or 'none'}")
    way = f"logged in by {who.acr}" if who is not None and who.acr else "logged in by a way that was not told"
    say.print(f"  {escape(way)}; scope {escape(tokens.scope)}")
    refreshing = "yes" if tokens.refresh_token else "no"
    say.print(f"  access token for {max(0, tokens.expires - now):.0f} s; refresh token: {refreshing}")


def keep(path: Path, saved: Saved, say: Console) -> None:
    """Write tokens for their owner only, in place of an older file; leave with a sentence if that cannot be."""
    try:
        with replacing(path) as put:
            put(saved.text())
    except OSError as error:
        leave(f"{path} cannot be written: {error.strerror}", BAD_ENVIRONMENT)
    say.print(f"  saved in {escape(str(path))}")


def writable(path: Path) -> None:
    """Leave with a sentence if a file could not be written, before anything is done for it."""
    try:
        with replacing(path):
            pass
    except OSError as error:
        leave(f"{path} cannot be written: {error.strerror}", BAD_ENVIRONMENT)


def _answers(user: str, *, one_time_code: bool) -> Answers:
    asked: Iterable[str] = ["password", "one-time code"] if one_time_code else ["password"]
    typed = [_typed(f"{what} of {user}") for what in asked]
    return Answers(user, *typed)


def _typed(what: str) -> str:
    text = getpass(f"{what}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    return text or _missing(what)


def _missing(what: str) -> NoReturn:
    leave(f"There is no {what} (expected a line on standard input)", BAD_INPUT)


def _hint(identity: IdentitySettings, missing: object) -> str:
    """Say where the usual authority comes from, when it is that file which is not there."""
    if str(missing) != str(identity.authority):
        return ""
    return ". `val idms` makes it at its first start, in the folder that its settings call tls.authority."
