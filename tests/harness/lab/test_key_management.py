"""The key management server of a lab: built in, or one that can be killed; and its clients."""

from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.errors import NotApplicable, Unmet
from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab

reactor: Any = the_reactor


async def lab(name: str) -> Lab:
    """Start a lab."""
    return await Lab.start(read_lab(SHIPPED / f"{name}.yaml")[0], reactor)


async def test_it_is_at_the_same_address_after_a_restart() -> None:
    """So clients find it again; who stops it cannot change it."""
    made = await lab("key-management")
    try:
        kms = made.home.kms
        url = kms.clients.url
        assert url.startswith("https://127.0.0.41:")
        await kms.operator().put("/identities", {"uri": "alice", "revoked": True})
        await kms.stop()
        with pytest.raises(Unmet, match="at the key management server"):
            await kms.operator().put("/identities", {"uri": "alice", "revoked": False})
        await kms.start()
        assert kms.clients.url == url
        await kms.operator().put("/identities", {"uri": "alice", "revoked": False})
        with pytest.raises(Unmet, match="process: yes"):
            await kms.kill()
    finally:
        await made.stop()


async def test_one_in_a_process_can_be_killed() -> None:
    """And its operator is heard all the same."""
    made = await lab("key-management-killable")
    try:
        kms = made.home.kms
        url = kms.clients.url
        await kms.operator().put("/services", {"val_service_id": "video", "enabled": False})
        await kms.kill()
        await kms.start()
        assert kms.clients.url == url
        assert made.plan.has_processes
    finally:
        await made.stop()


async def test_each_has_a_client_of_its_own() -> None:
    """The same one each time, with what it holds."""
    made = await lab("key-management")
    try:
        clients = made.home.kms.clients
        assert clients.of("alice") is clients.of("alice")
        assert clients.of("alice") is not clients.of("bob")
        assert clients.tampering("alice") is not clients.tampering("bob")
    finally:
        await made.stop()


async def test_a_lab_need_not_have_one() -> None:
    """What speaks of it does not apply there; how to have one is told."""
    made = await lab("home")
    try:
        with pytest.raises(NotApplicable, match=r"kms: \{\}"):
            _ = made.home.kms
        assert "kms" not in made.programs
    finally:
        await made.stop()
