from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.errors import Unmet
from harness.lab.identity import BuiltInIdms, client_id
from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab
from harness.seen.ladder import captions
from harness.stage import Stage
from harness.steps import idms
from harness.steps.idms import OneClient, OneUser, SetClient, SetUser, UserService
from seal.idms.stores.store import Store
from valkit.trace import Note

reactor: Any = the_reactor


@asynccontextmanager
async def scene() -> AsyncIterator[tuple[Stage, Store]]:
    """Make a stage in the usual lab, and give what its identity server keeps."""
    lab = await Lab.start(read_lab(SHIPPED / "home.yaml")[0], reactor)
    assert isinstance(lab.idms, BuiltInIdms)
    try:
        yield Stage(lab), lab.idms.now.store
    finally:
        await lab.stop()


def noted(stage: Stage) -> list[str]:
    """Give what stands in the ladder."""
    return [captions.noted(event) for event in stage.lab.wire.trace.events if isinstance(event, Note)]


async def test_services_come_and_go() -> None:
    """Each changes the mapping and nothing else of the user."""
    async with scene() as (made, store):
        before = await store.user("alice")
        await idms.add_service(made, UserService(user="alice", service="video"))
        after = await store.user("alice")
        assert (before and before.val_service_ids, after and after.val_service_ids) == (
            ("dispatch",),
            ("dispatch", "video"),
        )
        await idms.remove_service(made, UserService(user="alice", service="dispatch"))
        last = await store.user("alice")
        assert last is not None
        assert before is not None
        assert (last.val_service_ids, last.password_hash) == (("video",), before.password_hash)
        assert noted(made)[0] == "changed: user_id alice; val_service_ids dispatch, video"


async def test_an_account_is_changed_and_removed() -> None:
    """Only what is named is another; no password is in the ladder."""
    async with scene() as (made, store):
        await idms.set_user(made, SetUser(user="alice", enabled=False, password="another password"))
        user = await store.user("alice")
        assert user is not None
        assert (user.enabled, user.val_service_ids) == (False, ("dispatch",))
        assert noted(made) == ["changed: user_id alice; enabled False; password (hidden)"]
        await idms.remove_user(made, OneUser(user="alice"))
        assert await store.user("alice") is None
        with pytest.raises(Unmet, match="404: there is no user 'alice'"):
            await idms.set_user(made, SetUser(user="alice", enabled=True))


async def test_an_app_is_changed_and_removed() -> None:
    """By the name of its phone."""
    async with scene() as (made, store):
        await idms.set_client(made, SetClient(ue="alice", access_lifetime=60.0, scopes=("openid",)))
        client = await store.client(client_id("alice"))
        assert client is not None
        assert (client.access_lifetime, client.scopes) == (60.0, ("openid",))
        await idms.remove_client(made, OneClient(ue="alice"))
        assert await store.client(client_id("alice")) is None


async def test_a_key_takes_anothers_place() -> None:
    """And it stands in the ladder."""
    rotated = list[str]()

    async def rotate() -> None:
        rotated.append("yes")

    async with scene() as (made, _):
        lab: Any = made.lab
        lab.home.programs["idms"] = SimpleNamespace(rotate_keys=rotate, stop=lab.idms.stop)
        await idms.rotate_keys(made, idms.AtIdms())
        assert (rotated, noted(made)) == (["yes"], ["key replaced"])
