"""Steps of key management, in a lab that runs; each fails for what it is for."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.errors import Unmet
from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab
from harness.seen.ladder import captions
from harness.stage import Sealed, Stage
from harness.steps import keys
from harness.steps.keys import FetchKeys, FetchOthers, Open, Provision, Send, Service, User
from harness.steps.token import Mint, mint_token
from valkit.trace import Note

reactor: Any = the_reactor


@pytest_twisted.async_yield_fixture  # type: ignore[untyped-decorator]
async def stage() -> AsyncIterator[Stage]:
    """Make a stage in a lab with a key management server; alice and bob have tokens."""
    lab = await Lab.start(read_lab(SHIPPED / "key-management.yaml")[0], reactor)
    made = Stage(lab)
    for ue in ("alice", "bob"):
        await mint_token(made, Mint.model_validate({"ue": ue}))
    yield made
    await lab.stop()


def fetching(ue: str = "alice", **more: Any) -> FetchKeys:
    """Tell of it."""
    return FetchKeys.model_validate({"ue": ue, **more})


def sending(**more: Any) -> Send:
    """Tell of it."""
    return Send.model_validate({"ue": "alice", "to": "bob", **more})


def opening(**more: Any) -> Open:
    """Tell of it."""
    return Open.model_validate({"ue": "bob", **more})


async def test_what_is_fetched_has_a_name(stage: Stage) -> None:
    """So that later steps can speak of it."""
    await keys.fetch_keys(stage, fetching(**{"as": "mine"}))
    assert [each.user_uri for each in stage.keys["mine"]] == ["alice", "alice"]


@pytest.mark.parametrize(
    ("more", "got"),
    [
        ({"refused": 403}, "keys"),
        ({"token": False}, "403"),
        ({"token": False, "refused": 401}, "403"),
        ({"tampered": "rsk"}, "not to be used"),
        ({"tampered": "rsk", "refused": 403}, "not to be used"),
        ({"of": "bob"}, "another's"),
    ],
)
async def test_what_comes_otherwise_is_told(stage: Stage, more: dict[str, Any], got: str) -> None:
    """A success that was to be refused, a refusal that was not, and a refusal of another kind."""
    with pytest.raises(Unmet, match=got):
        await keys.fetch_keys(stage, fetching(**more))


async def test_a_refusal_that_was_wanted_is_fine(stage: Stage) -> None:
    """By status, or by what the client calls it; then tampering is over."""
    await keys.fetch_keys(stage, fetching(token=False, refused=403))
    await keys.fetch_keys(stage, fetching(tampered="kpak", refused="doubtful"))
    await keys.fetch_keys(stage, fetching(others=True))


async def test_secrets(stage: Stage) -> None:
    """Sent, opened, and held against what was sent."""
    with pytest.raises(Unmet, match="it has fetched none"):
        await keys.send_secret(stage, sending())
    with pytest.raises(Unmet, match="nobody has sent it"):
        await keys.open_secret(stage, opening())
    await keys.fetch_keys(stage, fetching("alice"))
    await keys.fetch_keys(stage, fetching("bob"))
    await keys.send_secret(stage, sending())
    sent = stage.secrets["secret"]
    stage.secrets["secret"] = Sealed(bytes(16), sent.message, sent.sender)
    with pytest.raises(Unmet, match="the secret that alice has drawn"):
        await keys.open_secret(stage, opening())
    with pytest.raises(Unmet, match="opened before"):
        await keys.open_secret(stage, opening())
    await keys.send_secret(stage, sending(**{"as": "other"}))
    await keys.open_secret(stage, opening(secret="other", damaged=True, refused="doubtful"))
    await keys.open_secret(stage, opening(secret="other"))
    assert sent.secret.hex() not in repr(stage.secrets)


async def test_what_a_val_server_does(stage: Stage) -> None:
    """With SKeyProv in its token it provisions and is given others' keys, without it neither."""
    provision = {"for": "alice", "as": "gmk-7", "lasts": "1h"}
    await keys.provision_key(stage, Provision.model_validate(provision))
    await keys.provision_key(stage, Provision.model_validate({**provision, "permitted": "no", "refused": 403}))
    with pytest.raises(Unmet, match="a refusal: 403"):
        await keys.provision_key(stage, Provision.model_validate({**provision, "refused": 403}))
    await keys.fetch_others(stage, FetchOthers(of="group"))
    await keys.fetch_others(stage, FetchOthers(of="group", permitted=False, refused=403))
    await keys.fetch_keys(stage, fetching())
    ring = stage.lab.home.kms.clients.of("alice").ring
    assert ring is not None
    assert [key.key_id for key in ring.provisioned] == ["gmk-7"]


async def test_the_servers_own_changes(stage: Stage) -> None:
    """A service disabled and enabled, a user revoked; each stands in the ladder."""
    await keys.disable_service(stage, Service(service="dispatch"))
    await keys.fetch_keys(stage, fetching(refused=403))
    await keys.enable_service(stage, Service(service="dispatch"))
    await keys.fetch_keys(stage, fetching())
    await keys.revoke(stage, User(user="alice"))
    await keys.fetch_keys(stage, fetching(refused=403))
    await keys.restore(stage, User(user="alice"))
    await keys.fetch_keys(stage, fetching())
    notes = [event for event in stage.lab.wire.trace.events if isinstance(event, Note) and event.who == "kms"]
    told = [captions.noted(note) for note in notes if "entry" in note.fields]
    assert told == [
        "service disabled: dispatch",
        "service enabled: dispatch",
        "revoked: alice",
        "restored: alice",
    ]


def test_what_cannot_be_tampered_with() -> None:
    """It is said what can."""
    with pytest.raises(ValueError, match="expected one of: rsk"):
        fetching(tampered="rks")
