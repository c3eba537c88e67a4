"""Introspection (RFC 7662): servers that prove who they are learn whether a token holds."""

from base64 import b64encode

from tests.seal.idms.parts import SECRET, Answer, Browser, Home, change_user

BASIC = {"Authorization": "Basic " + b64encode(f"server:{SECRET}".encode()).decode()}


async def introspected(browser: Browser, token: str) -> Answer:
    """Ask about a token as the server."""
    return await browser.post("token", "/introspect", {"token": token}, **BASIC)


async def test_a_token_that_holds_is_told(idms: Home) -> None:
    """With its claims."""
    browser = idms.browser()
    answer = await introspected(browser, (await browser.tokens())["access_token"])
    said = answer.json
    assert (said["active"], said["sub"], said["client_id"]) == (True, "alice", "app")
    assert said["val_service_ids"] == ["dispatch", "telemetry"]


async def test_a_token_that_does_not_hold_is_inactive_and_nothing_more(idms: Home) -> None:
    """Foreign, broken, an ID token, revoked, over, or of an account that has ended."""
    browser = idms.browser()
    tokens, other = await browser.tokens(), await browser.tokens()
    revoked = other["access_token"]
    await browser.post("token", "/revoke", {"client_id": "app", "token": revoked})
    for token in ("x", tokens["access_token"] + "x", tokens["id_token"], revoked):
        assert (await introspected(browser, token)).json == {"active": False}
    await change_user(idms, "alice", enabled=False)
    assert (await introspected(browser, tokens["access_token"])).json == {"active": False}
    await change_user(idms, "alice", enabled=True)
    assert (await introspected(browser, tokens["access_token"])).json["active"]
    idms.clock.advance(301)
    assert (await introspected(browser, tokens["access_token"])).json == {"active": False}


async def test_a_refresh_token_is_nobody_elses_business(idms: Home) -> None:
    """Only the client that has it is told of it, until it is used."""
    browser = idms.browser()
    token = (await browser.tokens())["refresh_token"]
    assert (await introspected(browser, token)).json == {"active": False}
    form = {"client_id": "server", "redirect_uri": "https://rp.example/cb"}
    code = await browser.code(**form)
    own = (await browser.exchange(code, BASIC, client_id=None, redirect_uri=form["redirect_uri"])).json
    said = (await introspected(browser, own["refresh_token"])).json
    assert (said["active"], said["sub"], said["scope"]) == (True, "alice", "openid 3gpp:seal:val_service")


async def test_only_who_proves_who_it_is_may_ask(idms: Home) -> None:
    """A public client could be anybody (4)."""
    browser = idms.browser()
    answer = await browser.post("token", "/introspect", {"client_id": "app", "token": "x"})
    assert (answer.status, answer.json["error"]) == (401, "invalid_client")
