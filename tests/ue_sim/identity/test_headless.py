"""Log-ins without a browser: what is followed, and what is not."""

import pytest

from tests.ue_sim.identity.op import Op
from tests.ue_sim.identity.phone import ALICE, browser
from tests.ue_sim.identity.saying import RETURN, request
from ue_sim.identity.errors import Doubtful, NotSignedIn, Unreachable, Unusable
from ue_sim.identity.form import Answers
from ue_sim.identity.headless import log_in
from ue_sim.identity.redirect import leads_home


async def landed(op: Op, answers: Answers = ALICE) -> str:
    """Log in at this provider."""
    port = await op.start()
    try:
        return await log_in(browser(), request().url(f"{port.url}/authorize"), RETURN, answers)
    finally:
        await port.close()


async def test_it_ends_at_home() -> None:
    """The redirect is given, and nobody listens there: it was not requested."""
    url = await landed(Op())
    assert leads_home(url, RETURN)
    assert "code=code-0" in url


async def test_redirects_of_the_server_itself_are_followed() -> None:
    """Up to a number."""
    assert "code=" in await landed(Op(turns=3))
    with pytest.raises(Unusable, match="round and round"):
        await landed(Op(turns=30))


async def test_a_wrong_password_is_not_tried_again() -> None:
    """Locking an account out is quickly done."""
    op = Op()
    with pytest.raises(NotSignedIn, match="did not accept"):
        await landed(op, Answers("alice", "wrong"))
    assert op.codes == {}


async def test_a_one_time_code_goes_along() -> None:
    """When the form asks for it."""
    assert "code=" in await landed(Op(wants_one_time_code=True), Answers("alice", "right", "123456"))
    with pytest.raises(NotSignedIn, match="one-time code"):
        await landed(Op(wants_one_time_code=True))


@pytest.mark.parametrize("action", ["https://evil.example/login", "http://127.0.0.2/login", "//127.0.0.9/login"])
async def test_a_password_goes_to_nobody_else(action: str) -> None:
    """Only to the origin of the authorization endpoint."""
    with pytest.raises(Doubtful, match="another server"):
        await landed(Op(form_action=action))


async def test_a_page_that_is_no_form_is_of_no_use() -> None:
    """A server that has failed, say."""
    with pytest.raises(Unusable, match="answers 500"):
        await landed(Op(page_status=500))


async def test_a_refusal_that_has_no_form_is_told_by_its_status() -> None:
    """As when the client is not known there."""
    op = Op()
    port = await op.start()
    with pytest.raises(Unusable, match="answers 400"):
        await log_in(browser(), f"{port.url}/refused", RETURN, ALICE)
    with pytest.raises(Unusable, match="no log-in form"):
        await log_in(browser(), f"{port.url}/empty", RETURN, ALICE)
    await port.close()


async def test_nobody_there_is_told() -> None:
    """As Unreachable."""
    with pytest.raises(Unreachable):
        await log_in(browser(), "https://127.0.0.2:1/authorize", RETURN, ALICE)


async def test_a_page_without_a_form_is_told_in_its_own_words() -> None:
    """It was written for the one who reads it."""
    op = Op()
    port = await op.start()
    with pytest.raises(Unusable, match=r'answers 400 where its form should be: "Hello"'):
        await log_in(browser(), f"{port.url}/refused", RETURN, ALICE)
    await port.close()
