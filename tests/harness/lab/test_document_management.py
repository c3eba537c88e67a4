"""The servers of documents of a lab: built in, or ones that can be killed; and who asks them."""

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


async def test_they_are_at_the_same_address_after_a_restart() -> None:
    """So clients find them again, and their operators; built in, they cannot be killed."""
    made = await lab("seal")
    try:
        for server, address in ((made.home.cms, "https://127.0.0.51:"), (made.home.gms, "https://127.0.0.61:")):
            urls = server.asking.url, server.asking.admin_url
            assert urls[0].startswith(address)
            await server.stop()
            await server.start()
            assert (server.asking.url, server.asking.admin_url) == urls
            with pytest.raises(Unmet, match="process: yes"):
                await server.kill()
            assert server.asking.of("alice") is server.asking.of("alice")
            assert server.asking.of("alice") is not server.asking.of("bob")
    finally:
        await made.stop()


async def test_those_in_processes_can_be_killed() -> None:
    """And started again where they were."""
    made = await lab("seal-killable")
    try:
        url = made.home.cms.asking.url
        await made.home.cms.kill()
        await made.home.cms.start()
        assert made.home.cms.asking.url == url
        assert made.plan.has_processes
    finally:
        await made.stop()


async def test_a_lab_need_not_have_them() -> None:
    """What speaks of one does not apply there; how to have it is told."""
    made = await lab("home")
    try:
        with pytest.raises(NotApplicable, match=r"cms: \{\}"):
            _ = made.home.cms
        with pytest.raises(NotApplicable, match=r"gms: \{\}"):
            _ = made.home.gms
        assert made.home.document_servers == []
    finally:
        await made.stop()
