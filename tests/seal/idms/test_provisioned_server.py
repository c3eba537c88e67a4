"""Provisioning of a server that runs: what is changed holds from the next request on (IDM-04, IDM-15)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import pytest_twisted  # type: ignore[import-untyped,unused-ignore]  # it has no annotations
import treq
from twisted.web.http_headers import Headers

from seal.errors import CannotStart
from seal.idms.app import IdmsRunning, start
from tests.seal.idms.parts import HASH, RETURN, Browser, reactor, settings
from valkit.ids import SystemIds

PEOPLE = f"""
clients:
  - client_id: app
    redirect_uris: ["{RETURN}"]
    scopes: [openid, "3gpp:seal:val_service"]
users:
  - user_id: alice
    password_hash: {HASH}
    val_service_ids: [dispatch, telemetry]
"""


async def served(folder: Path, people: str = PEOPLE) -> IdmsRunning:
    """Start a server with a database, a file of people and an admin address."""
    (folder / "people.yaml").write_text(people)
    operator = {"name": "operator", "token_file": str(folder / "operator.token"), "operator": True}
    told = settings(
        folder,
        store=f"sqlite:///{folder}/idms.sqlite",
        provisioning=str(folder / "people.yaml"),
        admin={"port": 0, "requesters": [operator]},
    )
    return await start(reactor, reactor, told, SystemIds())


@pytest_twisted.async_yield_fixture  # type: ignore[untyped-decorator,unused-ignore]
async def running(tmp_path: Path) -> AsyncIterator[IdmsRunning]:
    """Give a server that runs."""
    at = await served(tmp_path)
    yield at
    await at.stop()


async def admin(running: IdmsRunning, folder: Path, method: str, path: str, value: object = None) -> Any:
    """Ask the admin API as the operator; give its answer."""
    token = (folder / "operator.token").read_text().strip()
    url = f"{running.addresses['admin']}{path}"
    response = await treq.request(
        method, url, json=value, headers=Headers({"Authorization": [f"Bearer {token}"]}), persistent=False
    )
    return await response.json()


def services(tokens: Any) -> object:
    """Give the VAL services in the access token of an answer."""
    return jwt.decode(tokens["access_token"], options={"verify_signature": False})["val_service_ids"]


async def test_a_service_removed_from_a_user_is_not_in_the_next_token(running: IdmsRunning, tmp_path: Path) -> None:
    """Over HTTP, without a restart and without a new log-in."""
    browser = Browser(running)
    first = await browser.tokens()
    assert services(first) == ["dispatch", "telemetry"]
    answer = await admin(running, tmp_path, "DELETE", "/val-services?id=telemetry")
    assert answer == {"result": "success"}
    assert services((await browser.refresh(first["refresh_token"])).json) == ["dispatch"]


async def test_a_new_user_logs_in_at_once_and_a_disabled_one_no_more(running: IdmsRunning, tmp_path: Path) -> None:
    """Not even with the refresh token that it has."""
    entry = {"user_id": "bob", "password": "correct horse", "val_service_ids": ["dispatch"]}
    assert (await admin(running, tmp_path, "POST", "/users", entry))["result"] == "success"
    browser = Browser(running)
    tokens = await browser.tokens("bob")
    await admin(running, tmp_path, "PUT", "/users", {"user_id": "bob", "enabled": False})
    refused = await browser.refresh(tokens["refresh_token"])
    assert (refused.status, refused.json["error"]) == (400, "invalid_grant")
    assert (await Browser(running).fill_in(await Browser(running).ask(), "bob")).status != 302


async def test_a_restart_keeps_what_was_granted_and_what_was_provisioned(tmp_path: Path) -> None:
    """The file gives only what is not there yet, so it takes back nothing that was changed since."""
    first = await served(tmp_path)
    tokens = await Browser(first).tokens()
    await admin(first, tmp_path, "PUT", "/users", {"user_id": "alice", "val_service_ids": ["video"]})
    await first.stop()
    second = await served(tmp_path)
    answer = await Browser(second).refresh(tokens["refresh_token"])
    assert services(answer.json) == ["video"]
    await second.stop()


@pytest.mark.parametrize(
    ("people", "fault"),
    [
        ("users: [{user_id: alice, pasword_file: x}]", r"people.yaml:1:26: users\[0\].pasword_file"),
        ("users: [{user_id: a, val_user_id: x}, {user_id: b, val_user_id: x}]", "'x' is another user's"),
        ("clients: [{client_id: a, auth_method: client_secret_basic}]", "needs a secret"),
    ],
)
async def test_a_file_that_cannot_be_provisioned_is_told(tmp_path: Path, people: str, fault: str) -> None:
    """And the server does not start with half of it unseen."""
    with pytest.raises(CannotStart, match=fault):
        await served(tmp_path, people)


async def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """By its name."""
    told = settings(tmp_path, provisioning=str(tmp_path / "nobody.yaml"))
    with pytest.raises(CannotStart, match=r"nobody\.yaml cannot be read"):
        await start(reactor, reactor, told, SystemIds())
