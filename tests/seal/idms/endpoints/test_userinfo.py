"""Userinfo: the account as it is now, for the bearer of a token that holds."""

import pytest

from tests.seal.idms.parts import Home, change_user


async def test_the_bearer_learns_who_the_user_is(idms: Home) -> None:
    """By GET and POST, and the VAL services as they are now."""
    browser = idms.browser()
    bearer = {"Authorization": f"Bearer {(await browser.tokens())['access_token']}"}
    await change_user(idms, "alice", val_service_ids=("telemetry",))
    for method in ("GET", "POST"):
        answer = await browser.send(method, "token", "/userinfo", bearer, None)
        assert answer.json == {
            "sub": "alice",
            "val_user_id": "sip:alice@home.example",
            "val_service_ids": ["telemetry"],
        }


@pytest.mark.parametrize("header", [None, "Basic YTpi"])
async def test_who_brings_no_token_is_told_how_to(idms: Home, header: str | None) -> None:
    """And of no error, for there was none (RFC 6750 3.1)."""
    heads = {} if header is None else {"Authorization": header}
    answer = await idms.browser().send("GET", "token", "/userinfo", heads, None)
    assert (answer.status, answer.json, answer.headers["www-authenticate"]) == (401, {}, 'Bearer realm="val"')


@pytest.mark.parametrize("header", ["Bearer x", "Bearer a.b.c", "Bearer ", "Bearer ü"])
async def test_anything_else_is_refused(idms: Home, header: str) -> None:
    """With 401 and the scheme (RFC 6750 3)."""
    answer = await idms.browser().send("GET", "token", "/userinfo", {"Authorization": header}, None)
    assert (answer.status, answer.json["error"]) == (401, "invalid_token")
    assert answer.headers["www-authenticate"].startswith("Bearer ")


async def test_a_token_ends_with_its_time_its_user_and_its_scope(idms: Home) -> None:
    """Each of them alone."""
    browser = idms.browser()
    tokens = await browser.tokens()
    narrow = (await browser.refresh(tokens["refresh_token"], scope="3gpp:seal:val_service")).json["access_token"]
    answer = await browser.get("token", "/userinfo", Authorization=f"Bearer {narrow}")
    assert (answer.status, answer.json["error"]) == (403, "insufficient_scope")
    answer = await browser.get("token", "/userinfo", Authorization=f"Bearer {tokens['id_token']}")
    assert answer.status == 401
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    await change_user(idms, "alice", enabled=False)
    assert (await browser.get("token", "/userinfo", **bearer)).status == 401
    await change_user(idms, "alice", enabled=True)
    assert (await browser.get("token", "/userinfo", **bearer)).status == 200
    idms.clock.advance(301)
    assert (await browser.get("token", "/userinfo", **bearer)).status == 401
