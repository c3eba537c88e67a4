"""Sees, before a load begins, that somebody is there to be loaded."""

from typing import Any

from harness.lab.external.probing import Patience, sip_is_there
from harness.plans.elsewhere import Probe
from ue_sim.settings import UeSettings
from valkit.ids import SystemIds

ONCE = Patience(0, "Is the core running, and is this the address of its P-CSCF? `--probe no` asks nothing.")


async def is_there(reactor: Any, phone: UeSettings, probe: Probe) -> None:
    """Ask the core of this phone once, by its transport. Raises EnvironmentFault, UnusableCertificates."""
    assert phone.core is not None
    tls = phone.tls.element((), always=phone.core.transport == "tls")
    await sip_is_there(reactor, SystemIds(), "the core", phone.core, probe, tls, ONCE)
