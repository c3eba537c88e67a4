"""Where the user's browser comes back to: a listener on loopback, at a free port, for one log-in (RFC 8252 7.3).

A redirect that answers another request is ignored: the page says so, and the wait goes on.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen
from klein import Klein
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from twisted.web.http import Request

from ue_sim.identity.errors import IdentityError, NotLoopback
from ue_sim.identity.tokens import TokenSet
from valkit.net.web import WebPort, answer_errors_as_json, is_loopback, listen

REDIRECT = "http://127.0.0.1/callback"
"""The usual address; any port will do (RFC 8252 7.3)."""
LINGER = 0.2
"""Seconds after which the browser's connections are cut; it keeps them open for further requests."""

Judge = Callable[[str], Awaitable[TokenSet | None]]
"""Makes tokens of a redirect; None if it is not for us."""

_Judged = TokenSet | IdentityError | None

_PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>{0}</title><h1>{0}</h1><p>{1}</p>'


class _Callback:
    """The one page."""

    app = Klein()
    answer_errors_as_json(app)

    def __init__(self) -> None:
        self.url = ""
        self.judge: Judge | None = None
        self.outcome: Deferred[TokenSet | IdentityError] = Deferred()
        self._settled = False
        self._judging: dict[str, list[Deferred[_Judged]]] = {}
        """Redirects that are being judged, and who waits for that: browsers load a page twice, or ahead."""

    @app.route("/", methods=["GET"], branch=True)
    async def callback(self, request: Request) -> bytes:
        """Take a redirect in; the first one that is for us decides."""
        here = request.path.decode("ascii", "replace") == urlsplit(self.url).path
        if self.judge is None or self._settled or not here:
            return _page(request, 404, "Nothing to do", "Nobody is signing in here.")
        query = request.uri.partition(b"?")[2].decode("ascii", "replace")
        judged = await self._judged(self.judge, f"{self.url}?{query}")
        if judged is None:
            return _page(request, 400, "Not for us", "This page answers another request and was ignored.")
        self._decide(request, judged)
        if isinstance(judged, IdentityError):
            return _page(request, 400, "Not signed in", "The program that asked says why. You may close this window.")
        return _page(request, 200, "Signed in", "You may close this window.")

    def _judged(self, judge: Judge, url: str) -> "Deferred[_Judged]":
        """Judge a redirect once, however often it arrives: a code that is brought twice is worth nothing any more."""
        arrived: Deferred[_Judged] = Deferred()
        self._judging.setdefault(url, []).append(arrived)
        if self._judging[url] == [arrived]:
            Deferred.fromCoroutine(self._judge(judge, url))
        return arrived

    async def _judge(self, judge: Judge, url: str) -> None:
        """Tell all who wait; if no browser does any more, what was decided is decided."""
        try:
            judged: _Judged | Failure = await judge(url)
        except IdentityError as error:
            judged = error
        except Exception:  # noqa: BLE001  each request tells it, as its own
            judged = Failure()
        waiting = [arrived for arrived in self._judging.pop(url) if not arrived.called]
        if isinstance(judged, TokenSet | IdentityError):
            self._settled = True
            if not waiting and not self.outcome.called:
                self.outcome.callback(judged)
        for arrived in waiting:
            arrived.callback(judged)  # a Failure makes it fail

    def _decide(self, request: Request, outcome: TokenSet | IdentityError) -> None:
        """End the wait when the page is written, or the browser has gone without it."""

        def written(_: object) -> None:
            if not self.outcome.called:
                self.outcome.callback(outcome)

        request.notifyFinish().addBoth(written)


@frozen
class Loopback:
    """A listener that waits for one log-in."""

    _reactor: Any
    _port: WebPort
    _callback: _Callback

    @property
    def redirect_uri(self) -> str:
        """The redirect address to name in the request."""
        return self._callback.url

    async def tokens(self, judge: Judge, within: float, clock: Any) -> TokenSet:
        """Wait for the browser. Raises what `judge` raises, TimeoutError of Twisted's when nobody comes."""
        self._callback.judge = judge
        outcome = await self._callback.outcome.addTimeout(within, clock)
        if isinstance(outcome, IdentityError):
            raise outcome
        return outcome

    async def close(self) -> None:
        """Listen no more, as soon as the page that was written has had time to arrive."""
        await deferLater(self._reactor, LINGER)
        await self._port.close()


async def open_loopback(reactor: Any, redirect_uri: str = REDIRECT) -> Loopback:
    """Begin to listen at this address, at a free port if it names none.

    Raises NotLoopback for any other address, CannotListenError if the port cannot be had.
    """
    host, port, path = _parts(redirect_uri)
    callback = _Callback()
    listening = await listen(reactor, callback.app, host, port)
    callback.url = listening.url + path
    return Loopback(reactor, listening, callback)


def _parts(redirect_uri: str) -> tuple[str, int, str]:
    try:
        parts = urlsplit(redirect_uri)
        host, port = parts.hostname or "", parts.port or 0
    except ValueError:
        raise NotLoopback(f"{redirect_uri} is no address") from None
    if parts.scheme != "http" or not is_loopback(host) or host == "localhost" or parts.query or parts.fragment:
        raise NotLoopback(f"a browser cannot come back to {redirect_uri} here (expected something like {REDIRECT})")
    return host, port, parts.path or "/"


def _page(request: Request, status: int, heading: str, sentence: str) -> bytes:
    """Show a page that lets nothing of its address out."""
    request.setResponseCode(status)
    request.setHeader("Content-Type", "text/html; charset=utf-8")
    request.setHeader("Cache-Control", "no-store")
    request.setHeader("Referrer-Policy", "no-referrer")
    request.setHeader("Content-Security-Policy", "default-src 'none'")
    return _PAGE.format(heading, sentence).encode()
