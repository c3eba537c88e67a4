"""A lab at work: the programs of one scenario on loopback, each at an address of its own, on one clock and one wire.

Everything is made anew for every scenario and gone after it: ports, keys, key files, stores. Programs in this process
share a clock that scenarios can move; those in a process of their own keep real time.
"""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import define, field

from harness.briefs import HOSTS, IDMS_HOSTS, valserver_brief
from harness.cast import ICSCF, IDMS, PCSCF, SCSCF, VALSERVER, Cast
from harness.forgery import Workshop
from harness.identity import Idms
from harness.identity_process import idms_for
from harness.labs import LabPlan
from harness.patience import Patience
from harness.programs import Core, Program, Surroundings, ValServer, core_for, start_ue, valserver_for
from harness.wire import Wire
from ue_sim.app import RunningUe
from ue_sim.identity.signing_in import Identity
from ue_sim.pjsua.pool import Pool
from ue_sim.ue import UE
from valkit.ids import Ids, SeededIds
from valkit.net.clock import ShiftableClock
from valkit.sip.hop import Hop
from valkit.tokens import SigningKey

FIRST_UE = 11
"""UEs are at 127.0.0.11 and the addresses after it."""


@define
class Lab:
    """What is there while a scenario is played."""

    plan: LabPlan
    cast: Cast
    clock: ShiftableClock
    ids: Ids
    wire: Wire
    patience: Patience
    workshop: Workshop
    """What signs tokens here, and a forger's key beside it."""
    idms: Idms
    core: Core
    phones: dict[str, RunningUe] = field(factory=dict)
    identities: dict[str, Identity] = field(factory=dict)
    """The way of each phone to the identity server."""
    _around: Surroundings = field(kw_only=True)
    _valserver: ValServer | None = None

    @classmethod
    async def start(cls, plan: LabPlan, reactor: Any, seed: str = "lab", stacks: Pool | None = None) -> "Lab":
        """Start everything the plan describes; EnvironmentFault if the machine does not allow it.

        Phones on a SIP stack that is not ours may live in `stacks`, whose processes stay for the next lab.
        """
        lab = cls._laid_out(plan, reactor, seed, stacks)
        try:
            await lab.open()
        except BaseException:
            await lab.stop()
            raise
        return lab

    @property
    def ues(self) -> Mapping[str, UE]:
        """The phones by name, as their users see them."""
        return {name: phone.ue for name, phone in self.phones.items()}

    @property
    def programs(self) -> Mapping[str, Program]:
        """What can be stopped and started."""
        return {"valserver": self.valserver, "core": self.core, "idms": self.idms}

    @property
    def valserver(self) -> ValServer:
        """The VAL server."""
        assert self._valserver is not None, "the lab is open"
        return self._valserver

    def address(self, part: str) -> Hop:
        """Where a part receives SIP."""
        return self.valserver.address if part == VALSERVER else self.core.addresses[part]

    async def stop(self) -> None:
        """Stop everything, in the order in which nobody misses anybody."""
        for identity in self.identities.values():
            identity.stop()
        for phone in self.phones.values():
            await phone.stop()
        await self.core.stop()
        if self._valserver is not None:
            await self._valserver.stop()
        await self.idms.stop()
        shutil.rmtree(self._around.folder, ignore_errors=True)

    @classmethod
    def _laid_out(cls, plan: LabPlan, reactor: Any, seed: str, stacks: Pool | None) -> "Lab":
        """Make the parts; nothing runs yet."""
        folder = Path(tempfile.mkdtemp(prefix="val-lab-"))
        clock, ids = ShiftableClock(reactor), SeededIds(seed)
        hosts = {host: part for part, host in HOSTS.items()} | dict.fromkeys(IDMS_HOSTS, IDMS)
        cast = Cast(hosts | _ue_hosts(plan), plan.ues.keys())
        wire = Wire(cast, _inside(plan), clock.seconds)
        algorithm = plan.issuer.algorithm
        workshop = Workshop(SigningKey.generate(algorithm), SigningKey.generate(algorithm))
        around = Surroundings(reactor, clock, ids, wire, folder, stacks)
        idms = idms_for(plan, around, workshop.key)
        core = core_for(plan, around)
        one_clock = not (plan.core.process or plan.valserver.process or plan.idms.process)
        patience = Patience(reactor, clock, wire, alone=not plan.core.process, one_clock=one_clock)
        return cls(plan, cast, clock, ids, wire, patience, workshop, idms, core, around=around)

    async def open(self) -> None:
        """Start the parts, each after those it has to know."""
        around = self._around
        await self.idms.start()
        brief = valserver_brief(self.plan, self.idms.place.issuer, around.folder)
        self._valserver = valserver_for(self.plan, around, brief)
        await self.valserver.start()
        self.core.leads_to(self.valserver.address)
        await self.core.start()
        for host, name in _ue_hosts(self.plan).items():
            self.phones[name] = await start_ue(name, self.plan, host, self.core, around)
            self.identities[name] = self.idms.place.way_of(name, self.ues[name].wallet)
        await self.patience.quiet()
        self.wire.trace.events.clear()  # what is said at the start is nobody's doing


def _ue_hosts(plan: LabPlan) -> dict[str, str]:
    return {f"127.0.0.{number}": name for number, name in enumerate(plan.ues, start=FIRST_UE)}


def _inside(plan: LabPlan) -> frozenset[str]:
    """Addresses of what runs in this process."""
    parts = ([] if plan.core.process else [PCSCF, ICSCF, SCSCF]) + ([] if plan.valserver.process else [VALSERVER])
    phones = [] if plan.foreign_phones else _ue_hosts(plan)
    return frozenset(HOSTS[part] for part in parts) | frozenset(phones)
