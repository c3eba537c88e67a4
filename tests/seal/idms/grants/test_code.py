"""The authorization code grant: a code is good once, for one client, one address, one verifier, one minute."""

from base64 import b64encode
from typing import Any

import pytest
from attrs import evolve

from tests.seal.idms.parts import APP, RETURN, SECRET, Home, change_user, claims

BASIC = {"Authorization": "Basic " + b64encode(f"server:{SECRET}".encode()).decode()}


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "x" * 43},
        {"redirect_uri": RETURN + "/"},
        {"redirect_uri": "http://127.0.0.1:8/callback"},
    ],
)
async def test_a_code_is_for_its_verifier_and_address(idms: Home, changes: dict[str, str]) -> None:
    """Another one does not take it, and does not spend it either (RFC 7636 4.6, RFC 6749 4.1.3)."""
    browser = idms.browser()
    code = await browser.code()
    refused = await browser.exchange(code, None, **changes)
    assert (refused.status, refused.json["error"]) == (400, "invalid_grant")
    assert (await browser.exchange(code)).status == 200


async def test_a_code_is_for_its_client(idms: Home) -> None:
    """Another client, however well it proves who it is, gets nothing and spends nothing."""
    browser = idms.browser()
    code = await browser.code()
    refused = await browser.exchange(code, BASIC, client_id=None)
    assert (refused.status, refused.json["error"]) == (400, "invalid_grant")
    assert (await browser.exchange(code)).status == 200
    assert (await browser.exchange(code, BASIC, client_id=None)).json["error"] == "invalid_grant"
    assert "code reused" not in idms.told


@pytest.mark.parametrize("changes", [{}, {"code_verifier": "x" * 43}])
async def test_a_code_is_good_once_and_its_second_use_revokes(idms: Home, changes: dict[str, str]) -> None:
    """What the first one got is worth nothing any more (RFC 6749 4.1.2)."""
    browser = idms.browser()
    code = await browser.code()
    tokens = (await browser.exchange(code)).json
    again = await browser.exchange(code, None, **changes)
    assert (again.status, again.json["error"]) == (400, "invalid_grant")
    assert "code reused" in idms.told
    assert (await browser.refresh(tokens["refresh_token"])).json["error"] == "invalid_grant"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await browser.get("token", "/userinfo", **bearer)).status == 401


async def test_a_code_lives_for_a_minute(idms: Home) -> None:
    """And its second use is known for one even then."""
    browser = idms.browser()
    code, used = await browser.code(), await browser.code()
    tokens = (await browser.exchange(used)).json
    idms.clock.advance(61)
    assert (await browser.exchange(code)).json["error"] == "invalid_grant"
    assert (await browser.exchange(used)).json["error"] == "invalid_grant"
    assert (await browser.refresh(tokens["refresh_token"])).json["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes", [{"code": None}, {"redirect_uri": None}, {"code_verifier": None}, {"code_verifier": "short"}]
)
async def test_what_must_be_there_must_be_there(idms: Home, changes: dict[str, str | None]) -> None:
    """TS 33.434 A.4.2.4."""
    answer = await idms.browser().exchange("c", None, **changes)
    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


async def test_the_account_is_looked_at_when_the_code_comes(idms: Home) -> None:
    """It may have ended meanwhile."""
    browser = idms.browser()
    code = await browser.code()
    await change_user(idms, "alice", enabled=False)
    assert (await browser.exchange(code)).json["error"] == "invalid_grant"


@pytest.mark.parametrize("refresh_lifetime", [3600.0, 0.0])
@pytest.mark.parametrize("end", ["revoke_user", "remove_client"])
async def test_a_code_that_is_being_exchanged_ends_with_user_and_client(
    idms: Home, monkeypatch: pytest.MonkeyPatch, end: str, refresh_lifetime: float
) -> None:
    """What comes of it is of no use, also where no refresh token is kept."""
    store, browser = idms.running.store, idms.browser()
    await store.change_client("app", lambda client: evolve(client, refresh_lifetime=refresh_lifetime))
    code, take = await browser.code(), store.take_code

    async def meanwhile(code_hash: str, now: float) -> Any:
        taken = await take(code_hash, now)
        await getattr(store, end)({"revoke_user": "alice", "remove_client": "app"}[end])
        await store.add_client(APP)
        return taken

    monkeypatch.setattr(store, "take_code", meanwhile)
    answer = await browser.exchange(code)
    if refresh_lifetime:
        assert answer.json["error"] == "invalid_grant"
    else:
        bearer = {"Authorization": f"Bearer {answer.json['access_token']}"}
        assert (await browser.get("token", "/userinfo", **bearer)).status == 401


async def test_the_id_token_says_what_was_asked(idms: Home) -> None:
    """Who, for whom, when, how, in answer to what, and which VAL services (OpenID Connect Core 2, IDM-06)."""
    said = claims((await idms.browser().tokens())["id_token"])
    assert (said["iss"], said["sub"], said["aud"]) == (idms.running.issuer, "alice", "app")
    assert (said["nonce"], said["acr"], said["amr"]) == ("n-0S6_WzA2Mj", "3gpp:acr:password", ["pwd"])
    assert (said["val_user_id"], said["val_service_ids"]) == ("sip:alice@home.example", ["dispatch", "telemetry"])
    assert said["exp"] - said["iat"] == 300
    assert said["auth_time"] <= said["iat"]


async def test_two_users_are_two_subjects(idms: Home) -> None:
    """Tokens are specific to the credentials (IDM-05)."""
    alice, bob = [await idms.browser().tokens(name) for name in ("alice", "bob")]
    assert (claims(alice["access_token"])["sub"], claims(bob["access_token"])["sub"]) == ("alice", "bob")
