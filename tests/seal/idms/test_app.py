"""A whole identity server over TLS: figure 5.X.2.3.1-1 from the request to the tokens, and what is where."""

from pathlib import Path

import pytest

from seal.errors import CannotStart
from seal.idms.app import start
from tests.seal.idms.parts import RETURN, Home, home, reactor, settings
from valkit.ids import SystemIds
from valkit.tokens import KeySet, TokenPolicy, Verifier


async def test_the_code_flow_gives_three_tokens(idms: Home) -> None:
    """Steps 1 to 6: form, code with state and iss, then ID, access and refresh token (IDM-05, IDM-13, IDM-14)."""
    browser = idms.browser()
    page = await browser.ask()
    assert (page.status, "Sign in" in page.text) == (200, True)
    answer = await browser.fill_in(page)
    assert answer.headers["location"].startswith(RETURN + "?")
    said = answer.redirected
    assert (said["state"], said["iss"]) == ("af0ifjsldkj", idms.running.issuer)
    tokens = (await browser.exchange(said["code"])).json
    assert set(tokens) >= {"access_token", "id_token", "refresh_token", "expires_in"}
    assert tokens["token_type"] == "Bearer"
    keys = KeySet.from_jwks((await browser.get("token", "/jwks")).text)
    access = Verifier(TokenPolicy(idms.running.issuer, "val-server"), keys).verify(
        tokens["access_token"], reactor.seconds()
    )
    assert (access.val_user_id, access.val_service_ids) == ("sip:alice@home.example", ("dispatch", "telemetry"))
    assert idms.told == ["logged in", "code issued", "tokens issued"]


@pytest.mark.parametrize(
    ("site", "path"),
    [
        ("authorization", "/token"),
        ("authorization", "/jwks"),
        ("authorization", "/.well-known/openid-configuration"),
        ("token", "/authorize"),
        ("token", "/login"),
    ],
)
async def test_each_address_knows_nothing_of_the_others_paths(idms: Home, site: str, path: str) -> None:
    """They are separate and independent (IDM-02)."""
    assert (await idms.browser().get(site, path)).status == 404
    hosts = [str(url).split("/")[2].split(":")[0] for url in idms.running.addresses.values()]
    assert hosts == ["127.0.0.2", "127.0.0.3"]


async def test_a_taken_address_is_told_with_what_to_do(idms: Home, tmp_path: Path) -> None:
    """And nothing is left behind."""
    port = int(str(idms.running.addresses["token"]).rpartition(":")[2])
    with pytest.raises(CannotStart, match="choose other addresses"):
        await start(reactor, reactor, settings(tmp_path, token={"port": port}), SystemIds())


async def test_the_two_addresses_may_be_two_processes(tmp_path: Path) -> None:
    """They share the store, and the authorization endpoint needs no signing key."""
    token = await home(tmp_path, authorization=None, authorization_url="https://127.0.0.2:1")
    shared = {"token": None, "issuer": token.running.issuer}
    authorization = await start(reactor, reactor, settings(tmp_path, **shared), SystemIds(), store=token.running.store)
    assert authorization.keys is None
    browser = token.browser()
    browser.running = authorization
    code = await browser.code()
    browser.running = token.running
    tokens = await browser.exchange(code)
    assert tokens.status == 200
    browser.running = authorization
    assert (await browser.ask(prompt="none", id_token_hint=tokens.json["id_token"])).redirected["code"]
    await authorization.stop()
    await token.running.stop()
