"""Revocation (RFC 7009): a client ends what is its own, and learns nothing about what is not."""

from base64 import b64encode

from tests.seal.idms.parts import SECRET, Home

BASIC = {"Authorization": "Basic " + b64encode(f"server:{SECRET}".encode()).decode()}


async def test_a_refresh_token_ends_its_log_in(idms: Home) -> None:
    """The access tokens of it as well (2.1)."""
    browser = idms.browser()
    tokens = await browser.tokens()
    answer = await browser.post("token", "/revoke", {"client_id": "app", "token": tokens["refresh_token"]})
    assert answer.status == 200
    assert (await browser.refresh(tokens["refresh_token"])).json["error"] == "invalid_grant"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await browser.get("token", "/userinfo", **bearer)).status == 401


async def test_an_access_token_ends_by_itself(idms: Home) -> None:
    """Its log-in goes on."""
    browser = idms.browser()
    tokens = await browser.tokens()
    form = {"client_id": "app", "token": tokens["access_token"], "token_type_hint": "refresh_token"}
    assert (await browser.post("token", "/revoke", form)).status == 200
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await browser.get("token", "/userinfo", **bearer)).status == 401
    assert (await browser.refresh(tokens["refresh_token"])).status == 200


async def test_what_is_anothers_stays(idms: Home) -> None:
    """And the answer is that for a token which is not there."""
    browser = idms.browser()
    tokens = await browser.tokens()
    for token in (tokens["refresh_token"], tokens["access_token"], "nothing", tokens["id_token"]):
        assert (await browser.post("token", "/revoke", {"token": token}, **BASIC)).status == 200
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await browser.get("token", "/userinfo", **bearer)).status == 200
    assert (await browser.refresh(tokens["refresh_token"])).status == 200


async def test_only_clients_may_ask(idms: Home) -> None:
    """And must say what is to end."""
    browser = idms.browser()
    assert (await browser.post("token", "/revoke", {"token": "x"})).json["error"] == "invalid_client"
    assert (await browser.post("token", "/revoke", {"client_id": "app"})).json["error"] == "invalid_request"
