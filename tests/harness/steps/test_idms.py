from types import SimpleNamespace

import pytest
from attrs import evolve

from harness.errors import Unmet
from harness.stage import Stage
from harness.steps.idms import UserEnabled, UserService, add_service, remove_service, set_user
from seal.idms.records import User
from seal.idms.store_memory import MemoryStore
from tests.harness.staging import stage

ALICE = User("alice", "alice", val_service_ids=("dispatch",))


async def scene() -> tuple[Stage, MemoryStore]:
    """Make a stage with an identity server that knows alice."""
    store, made = MemoryStore(), stage()
    await store.add_user(ALICE)
    made.lab.idms = SimpleNamespace(now=SimpleNamespace(store=store))  # type: ignore[assignment]
    return made, store


async def test_services_come_and_go() -> None:
    """Each changes the mapping and nothing else of the user."""
    made, store = await scene()
    await add_service(made, UserService(user="alice", service="video"))
    assert await store.user("alice") == evolve(ALICE, val_service_ids=("dispatch", "video"))
    await remove_service(made, UserService(user="alice", service="dispatch"))
    assert await store.user("alice") == evolve(ALICE, val_service_ids=("video",))


async def test_an_account_is_closed() -> None:
    """The user stays known."""
    made, store = await scene()
    await set_user(made, UserEnabled(user="alice", enabled=False))
    assert await store.user("alice") == evolve(ALICE, enabled=False)


async def test_nobody_can_be_changed() -> None:
    """A name that is no user's fails the scenario."""
    made, _ = await scene()
    with pytest.raises(Unmet, match="a user mallory"):
        await add_service(made, UserService(user="mallory", service="video"))
