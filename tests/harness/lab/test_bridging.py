"""Gateways in a lab."""

from typing import Any

from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab

reactor: Any = the_reactor


async def test_both_domains_have_one_and_their_servers_know_it() -> None:
    """Each at its address; they can be stopped and come back where they were."""
    lab = await Lab.start(read_lab(SHIPPED / "migration.yaml")[0], reactor)
    try:
        assert {"gateway", "partner.gateway"} <= set(lab.programs)
        gateway: Any = lab.programs["partner.gateway"]
        before = gateway.running.addresses
        assert before["outer"].startswith("https://127.0.1.82:")
        assert lab.cast.host_name("127.0.1.82") == "partner.gateway"
        await gateway.stop()
        await gateway.start()
        assert gateway.running.addresses == before
    finally:
        await lab.stop()
