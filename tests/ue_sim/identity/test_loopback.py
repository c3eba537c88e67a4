"""The listener that waits for the user's browser."""

from collections.abc import Callable

import pytest
import treq
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.defer import TimeoutError as TooLong
from twisted.internet.task import deferLater
from twisted.web.client import ResponseNeverReceived

from tests.ue_sim.identity.op import reactor
from ue_sim.identity.errors import Refused
from ue_sim.identity.id_token import SignedIn
from ue_sim.identity.loopback import open_loopback
from ue_sim.identity.tokens import Granted, TokenSet

TOKENS = TokenSet.of(
    Granted("a", 300.0, None, None, None), SignedIn("alice", "sip:alice@home.example", (), None, None), "openid", 0.0
)


async def judge(url: str) -> TokenSet | None:
    """Believe one code, refuse an error, ignore the rest."""
    if "error=" in url:
        raise Refused("access_denied")
    return TOKENS if url.endswith("?code=right&state=s") else None


async def until(holds: Callable[[], bool]) -> None:
    """Wait until it does."""
    for _ in range(1000):
        if holds():
            return
        await deferLater(reactor, 0.01)
    pytest.fail("it never came to that")


async def visit(url: str) -> tuple[int, str]:
    """Go there as a browser."""
    response = await treq.get(url, persistent=False)
    assert response.headers.getRawHeaders("Referrer-Policy") in (["no-referrer"], None)
    return response.code, await response.text()


async def test_the_browser_comes_back() -> None:
    """What is not for us is ignored, and the wait goes on."""
    loopback = await open_loopback(reactor)
    assert loopback.redirect_uri.startswith("http://127.0.0.1:")
    waiting = Deferred.fromCoroutine(loopback.tokens(judge, 10.0, reactor))
    status, page = await visit(f"{loopback.redirect_uri}?code=wrong")
    assert (status, "ignored" in page, waiting.called) == (400, True, False)
    status, page = await visit(f"{loopback.redirect_uri}?code=right&state=s")
    assert (status, "Signed in" in page, "right" in page) == (200, True, False)
    assert await waiting is TOKENS
    assert (await visit(f"{loopback.redirect_uri}?code=right&state=s"))[0] == 404
    await loopback.close()


class Slow:
    """Judges when it is told to."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.asked: Deferred[None] = Deferred()
        self.done: Deferred[TokenSet] = Deferred()

    async def __call__(self, url: str) -> TokenSet:
        """Wait."""
        self.urls.append(url)
        self.asked.callback(None)
        return await self.done


async def test_a_redirect_that_arrives_twice_is_judged_once() -> None:
    """By a reload, or loaded ahead: its code can be brought once, and whoever waits is told the same."""
    loopback, slow = await open_loopback(reactor), Slow()
    waiting = Deferred.fromCoroutine(loopback.tokens(slow, 10.0, reactor))
    first, second = [Deferred.fromCoroutine(visit(f"{loopback.redirect_uri}?code=right")) for _ in range(2)]
    await slow.asked
    await until(lambda: len(*loopback._callback._judging.values()) == 2)
    slow.done.callback(TOKENS)
    assert [(await each)[0] for each in (first, second)] == [200, 200]
    assert await waiting is TOKENS
    assert len(slow.urls) == 1
    await loopback.close()


async def test_a_browser_that_goes_meanwhile_ends_no_log_in() -> None:
    """The code is under way already."""
    loopback, slow = await open_loopback(reactor), Slow()
    waiting = Deferred.fromCoroutine(loopback.tokens(slow, 10.0, reactor))
    gone = Deferred.fromCoroutine(visit(f"{loopback.redirect_uri}?code=right"))
    await slow.asked
    [arrived] = loopback._callback._judging[f"{loopback.redirect_uri}?code=right"]
    gone.addErrback(lambda failure: failure.trap(CancelledError, ResponseNeverReceived))
    gone.cancel()
    await until(lambda: arrived.called)
    slow.done.callback(TOKENS)
    assert await waiting is TOKENS
    await loopback.close()


async def test_a_refusal_ends_the_wait() -> None:
    """The page sends the person back to the program."""
    loopback = await open_loopback(reactor)
    waiting = Deferred.fromCoroutine(loopback.tokens(judge, 10.0, reactor))
    assert (await visit(f"{loopback.redirect_uri}?error=access_denied"))[0] == 400
    with pytest.raises(Refused):
        await waiting
    await loopback.close()


async def test_nobody_is_waited_for_for_ever() -> None:
    """The time is the caller's."""
    loopback = await open_loopback(reactor)
    with pytest.raises(TooLong):
        await loopback.tokens(judge, 0.05, reactor)
    await loopback.close()


async def test_before_anybody_waits_there_is_nothing() -> None:
    """And elsewhere never."""
    loopback = await open_loopback(reactor)
    assert (await visit(loopback.redirect_uri))[0] == 404
    assert (await visit(loopback.redirect_uri.replace("callback", "")))[0] == 404
    await loopback.close()
