"""The refresh token grant: each token once, the account looked at each time, never more than was granted."""

from pathlib import Path

import pytest

from tests.seal.idms.domains import HOME, NOW, Domains
from tests.seal.idms.parts import Home, change_user, claims
from tests.support import result_of


async def test_a_refresh_token_gives_new_tokens_without_a_log_in(idms: Home) -> None:
    """All three (IDM-08)."""
    browser = idms.browser()
    first = await browser.tokens()
    answer = await browser.refresh(first["refresh_token"])
    assert answer.status == 200
    for name in ("access_token", "refresh_token"):
        assert answer.json[name] != first[name]
    old, new = claims(first["id_token"]), claims(answer.json["id_token"])
    for name in ("iss", "sub", "aud", "auth_time", "acr", "azp"):
        assert old[name] == new[name]
    assert "nonce" not in new
    assert idms.told.count("logged in") == 1


async def test_a_refresh_token_that_comes_again_ends_the_family(idms: Home) -> None:
    """One of the two who have it stole it; neither goes on (RFC 9700 4.14.2)."""
    browser = idms.browser()
    first = (await browser.tokens())["refresh_token"]
    second = (await browser.refresh(first)).json
    assert (await browser.refresh(first)).json["error"] == "invalid_grant"
    assert "refresh token reused" in idms.told
    assert (await browser.refresh(second["refresh_token"])).json["error"] == "invalid_grant"
    bearer = {"Authorization": f"Bearer {second['access_token']}"}
    assert (await browser.get("token", "/userinfo", **bearer)).status == 401


async def test_reuse_ends_one_family_only(idms: Home) -> None:
    """Another log-in of the same user goes on."""
    browser = idms.browser()
    other = (await browser.tokens())["refresh_token"]
    first = (await browser.tokens())["refresh_token"]
    await browser.refresh(first)
    await browser.refresh(first)
    assert (await browser.refresh(other)).status == 200


async def test_a_refresh_token_is_for_its_client(idms: Home) -> None:
    """Another client neither gets nor spends anything."""
    browser = idms.browser()
    token = (await browser.tokens())["refresh_token"]
    answer = await browser.refresh(token, client_id="server", client_secret="x")
    assert answer.status == 401
    assert (await browser.refresh(token)).status == 200


async def test_the_scope_may_be_narrowed_and_comes_back(idms: Home) -> None:
    """For one access token; the refresh token keeps what was granted (RFC 6749 6)."""
    browser = idms.browser()
    token = (await browser.tokens())["refresh_token"]
    narrow = (await browser.refresh(token, scope="3gpp:seal:val_service")).json
    assert (narrow["scope"], "id_token" in narrow) == ("3gpp:seal:val_service", False)
    assert claims(narrow["access_token"])["scope"] == "3gpp:seal:val_service"
    wide = (await browser.refresh(narrow["refresh_token"])).json
    assert wide["scope"] == "openid 3gpp:seal:val_service"


@pytest.mark.parametrize("scope", ["openid 3gpp:seal:migration_service", "root", " "])
async def test_the_scope_cannot_be_widened(idms: Home, scope: str) -> None:
    """Not even to what the client may ask for; and the token is not spent."""
    browser = idms.browser()
    token = (await browser.tokens())["refresh_token"]
    assert (await browser.refresh(token, scope=scope)).json["error"] == "invalid_scope"
    assert (await browser.refresh(token)).status == 200


async def test_a_service_taken_away_is_not_in_the_next_token(idms: Home) -> None:
    """Without a restart (IDM-04)."""
    browser = idms.browser()
    token = (await browser.tokens())["refresh_token"]
    await change_user(idms, "alice", val_service_ids=("telemetry",))
    answer = (await browser.refresh(token)).json
    assert claims(answer["access_token"])["val_service_ids"] == ["telemetry"]
    assert claims(answer["id_token"])["val_service_ids"] == ["telemetry"]


async def test_no_token_for_a_user_without_any_service(idms: Home) -> None:
    """Until there is one again."""
    browser = idms.browser()
    token = (await browser.tokens())["refresh_token"]
    await change_user(idms, "alice", val_service_ids=())
    assert (await browser.refresh(token)).json["error"] == "invalid_grant"
    await change_user(idms, "alice", val_service_ids=("dispatch",))
    assert (await browser.refresh(token)).status == 200


async def test_a_disabled_account_ends_what_it_was_granted(idms: Home) -> None:
    """For good, even if it is enabled again (TS 33.434 A.5)."""
    browser = idms.browser()
    token = (await browser.tokens())["refresh_token"]
    await change_user(idms, "alice", enabled=False)
    assert (await browser.refresh(token)).json["error"] == "invalid_grant"
    await change_user(idms, "alice", enabled=True)
    assert (await browser.refresh(token)).json["error"] == "invalid_grant"


async def test_a_refresh_token_ends(idms: Home) -> None:
    """After its lifetime without use."""
    browser = idms.browser()
    token = (await browser.tokens())["refresh_token"]
    idms.clock.advance(2_592_001)
    assert (await browser.refresh(token)).json["error"] == "invalid_grant"


@pytest.mark.parametrize("changes", [None, {"pattern": None}, {"keys": None}, {"guest_refresh": False}])
def test_a_guest_stays_as_long_as_the_agreement_does(tmp_path: Path, changes: dict[str, object] | None) -> None:
    """Whatever of it has gone; what the guest was granted is at its end, access tokens too."""
    domains = Domains(tmp_path)
    domains.away.change_partner(HOME, pattern="{subject}@home", guest_services=("rescue",), guest_refresh=True)
    given = domains.bring(domains.forged(sub="zoe"))
    form = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    given = domains.away.ask(NOW, **form)
    if changes is None:
        result_of(domains.away.store.remove_partner(HOME))
    else:
        domains.away.change_partner(HOME, **changes)
    refused = domains.away.ask(NOW + 1, **form | {"refresh_token": given["refresh_token"]})
    assert refused["error_description"] == "the agreement with the user's domain does not allow it any more"
    assert result_of(domains.away.desk.tokens.alive(given["access_token"], NOW + 1)) is None


@pytest.mark.parametrize("changes", [{"guests": {}}, {"guests": {"alice": "bob"}}, {"keys": None}])
def test_so_does_one_who_comes_by_the_table(tmp_path: Path, changes: dict[str, object]) -> None:
    """Also when that names a user of ours."""
    domains = Domains(tmp_path)
    domains.away.change_partner(HOME, guests={"alice": "carol"}, guest_refresh=True)
    domains.away.change_user("carol", val_service_ids=("rescue",))
    form = {"grant_type": "refresh_token", "refresh_token": domains.bring(domains.security_token())["refresh_token"]}
    domains.away.change_partner(HOME, **changes)
    refused = domains.away.ask(NOW + 1, **form)
    assert refused["error_description"] == "the agreement with the user's domain does not allow it any more"


def test_the_scope_of_a_guest_is_what_guests_may_have_now(tmp_path: Path) -> None:
    """Though the refresh token was given for more."""
    domains = Domains(tmp_path)
    domains.away.change_partner(HOME, guest_refresh=True)
    given = domains.bring(domains.security_token())
    assert given["scope"] == "3gpp:seal:val_service 3gpp:seal:migration_service"
    domains.away.change_partner(HOME, guest_scopes=("3gpp:seal:val_service",))
    form = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    assert domains.away.ask(NOW, scope="3gpp:seal:migration_service", **form)["error"] == "invalid_scope"
    assert domains.away.ask(NOW, **form)["scope"] == "3gpp:seal:val_service"
