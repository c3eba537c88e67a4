"""The access token for one call of `val ue`: from a file, renewed if it is about to end, or from a log-in (SIP-03).

Registration waits for no identity server (SIP-02): where no token is to be had, that is said, and whoever asked goes on
without one if that makes sense.
"""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from attrs import frozen
from rich.console import Console
from rich.markup import escape

from harness.clients.signing_in import LogIn, NotHad, Way, had, keep, log_in_of, show, way_of, writable
from ue_sim.identity.saved import Saved, alone, replacing
from ue_sim.identity.settings import IdentitySettings
from ue_sim.identity.tokens import TokenSet
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, OK
from valkit.net.serving import leave
from valkit.settings import SettingsError
from valkit.tokens.strictjson import read_object

LARGEST = 1 << 20
"""Characters of a file with a token that are read."""


@frozen
class Access:
    """A token, or why there is none."""

    token: str | None
    code: int = OK
    """The exit code that the lack of it is worth."""


Getting = Callable[[Any], Awaitable[Access]]
"""Gets it, on a reactor."""


def access_of(file: Path | None, identity: IdentitySettings | None, say: Console) -> Getting:
    """Say how to get it: out of this file, or as the phone's settings say. What can be read is read now."""
    if file is not None:
        return _from_file(file, say)
    if identity is None:
        return _without(Access(None))
    return _signed_in(identity, say)


def access_token_in(text: str) -> str:
    """Give the access token of a token response or a saved log-in, or the text itself where it is neither."""
    try:
        members = read_object(text.encode())
    except ValueError:
        return text
    token = members.get("access_token")
    return token if isinstance(token, str) else text


def _from_file(file: Path, say: Console) -> Getting:
    text = _read(file)
    if text.lstrip().startswith("{"):
        if str(file) == "-":
            leave("- cannot be renewed: give a log-in that was saved by its file's name", BAD_INPUT)
        saved_in(file)  # what is wrong with it is told before anything is sent
        return _renewing(file, say)
    words = text.split()
    if len(words) != 1:
        leave(
            f"{file} holds {len(words)} words (expected one access token, or what `val ue sign-in --save` wrote)",
            BAD_INPUT,
        )
    return _without(Access(words[0]))


def _signed_in(identity: IdentitySettings, say: Console) -> Getting:
    """Take the log-in that was kept, if there is one and it is good; else log in, and keep that."""
    kept = identity.tokens if identity.tokens is not None and identity.tokens.exists() else None
    if kept is not None and _belongs(saved_in(kept), identity):
        return _renewing(kept, say, lambda: _logging_in(identity, log_in_of(identity, say), say))
    if identity.tokens is not None:
        writable(identity.tokens)
    return _logging_in(identity, log_in_of(identity, say), say)


def _belongs(saved: Saved, identity: IdentitySettings) -> bool:
    """Tell whether a log-in was at this server, as this app."""
    return (saved.identity.issuer, saved.identity.client_id) == (identity.issuer, identity.client_id)


def _logging_in(identity: IdentitySettings, log_in: LogIn, say: Console) -> Getting:
    async def get(reactor: Any) -> Access:
        try:
            tokens = await had(log_in(reactor))
        except NotHad as error:
            return _lacking(error, say)
        show(tokens, say, reactor.seconds())
        if identity.tokens is not None:
            keep(identity.tokens, Saved(tokens, identity), say)
        return Access(tokens.access_token)

    return get


def _renewing(file: Path, say: Console, otherwise: Callable[[], Getting] | None = None) -> Getting:
    """Take a saved log-in; where it is over, log in anew if there is a way to."""

    async def get(reactor: Any) -> Access:
        try:
            with alone(file):
                return Access((await _fresh(file, say, reactor)).access_token)
        except NotHad as error:
            if otherwise is None or error.code == BAD_ENVIRONMENT:
                return _lacking(error, say)
            say.print(f"[yellow]{escape(str(error))}[/] Signing in again.")
            return await otherwise()(reactor)
        except OSError as error:
            leave(f"{file} cannot be written, so its token is not renewed: {error.strerror}", BAD_ENVIRONMENT)

    return get


async def _fresh(file: Path, say: Console, reactor: Any) -> TokenSet:
    """Give the tokens of a file, renewed and written back if they are about to end. Raises NotHad, OSError."""
    saved = saved_in(file)
    held, now = saved.tokens, reactor.seconds()
    if now < held.renew_at:
        return held
    if held.refresh_token is None:
        if now < held.expires:
            return held
        ended = f"The access token in {file} has ended, and there is no refresh token"
        raise NotHad(f"{ended}: sign in again, or visit again.", BAD_INPUT)
    way: Way = way_of(saved.identity)
    with replacing(file) as put:
        try:
            tokens = await had(way.client(reactor).refresh(held), f"The token in {file} is not renewed")
        except NotHad as error:
            if now >= held.expires:
                raise
            say.print(f"[yellow]{escape(str(error))}[/] It holds for {held.expires - now:.0f} s more.")
            return held
        put(Saved(tokens, saved.identity).text())
    show(tokens, say, reactor.seconds(), "renewed")
    return tokens


def _lacking(error: NotHad, say: Console) -> Access:
    say.print(f"[yellow]{escape(str(error))}[/]")
    return Access(None, error.code)


def _without(access: Access) -> Getting:
    async def get(_: Any) -> Access:
        return access

    return get


def saved_in(file: Path) -> Saved:
    """Read a saved log-in; leave with a sentence if it is none."""
    try:
        return Saved.read(_read(file), str(file))
    except SettingsError as error:
        leave(f"{error}\nThis is no file of `val ue sign-in --save`.", BAD_INPUT)


def _read(file: Path) -> str:
    try:
        if str(file) == "-":
            text = sys.stdin.read(LARGEST + 1)
        else:
            with file.open(encoding="utf-8") as opened:
                text = opened.read(LARGEST + 1)
    except UnicodeDecodeError:
        leave(f"{file} is no text (expected an access token)", BAD_INPUT)
    except OSError as error:
        leave(f"{file} cannot be read: {error.strerror}", BAD_ENVIRONMENT)
    if len(text) > LARGEST:
        leave(f"{file} is too large for a token", BAD_INPUT)
    return text
