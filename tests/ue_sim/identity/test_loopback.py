"""The listener that waits for the user's browser."""

import pytest
import treq
from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TooLong

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
