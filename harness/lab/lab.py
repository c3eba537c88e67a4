"""A lab at work: the domains of one scenario, each part at an address of its own, one clock, one wire.

Everything is made anew for every scenario and gone after it: ports, keys, key files, stores. Programs in this process
share a clock that scenarios can move; those in a process of their own keep real time.
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from attrs import define
from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TooLong

from harness.forgery import Workshop
from harness.lab.agreements import agree
from harness.lab.chance import Chance
from harness.lab.domain import Domain
from harness.lab.external.identity import signing_key
from harness.lab.identity import Idms, kept_key
from harness.lab.interruption import unbroken
from harness.lab.outward import moved
from harness.lab.patience import Patience
from harness.lab.programs import Core, Program, Surroundings, ValServer
from harness.lab.wire import Onlooker, Wire
from harness.plans.addresses import Hosts
from harness.plans.bridges import Bridge
from harness.plans.briefs import Ground, listening_hosts, phone_host
from harness.plans.lab import DomainPlan, LabPlan
from harness.seen.cast import CORE, HOME, ICSCF, IDMS, PARTNER, PCSCF, SCSCF, VALSERVER, Cast, apart, within
from ue_sim.errors import UeError
from ue_sim.identity.signing_in import Identity
from ue_sim.pjsua.pool import Pool
from ue_sim.settings import Timing
from ue_sim.ue import UE
from valkit.ids import Ids
from valkit.net.clock import ShiftableClock
from valkit.sip.errors import NoAnswer
from valkit.sip.hop import Hop
from valkit.trace import Event, Trace

RADIO = Timing.RADIO.value
"""A phone's `timing` with which it waits four times as long."""

LEAVING = 5.0
"""Seconds that a phone may take to leave a network that is not ours."""


@define
class Lab:
    """What is there while a scenario is played."""

    plan: LabPlan
    cast: Cast
    clock: ShiftableClock
    ids: Ids
    wire: Wire
    patience: Patience
    domains: Mapping[str, Domain]
    """By name; the home domain is always there."""
    _folder: Path

    @classmethod
    async def start(
        cls, plan: LabPlan, reactor: Any, chance: Chance | None = None, stacks: Pool | None = None, *, block: int = 0
    ) -> "Lab":
        """Start everything the plan describes; EnvironmentFault if the machine does not allow it.

        Phones on a SIP stack that is not ours may live in `stacks`, whose processes stay for the next lab. Of several
        runs beside each other, each may have a block of addresses of its own.
        """
        folder = Path(tempfile.mkdtemp(prefix="val-lab-"))
        lab = cls._of(plan, reactor, chance or Chance(), folder, Wire, stacks, block)
        try:
            await lab.open()
        except BaseException:
            await unbroken(lab.stop())
            raise
        return lab

    @classmethod
    async def put_up(cls, plan: LabPlan, reactor: Any, folder: Path, told: Callable[[Event], None]) -> "Lab":
        """Start the servers of a lab for people to try. The phones are theirs, and nothing that happens is kept.

        What the servers note, send and receive is told. EnvironmentFault if the machine does not allow it.
        """
        lab = cls._of(plan, reactor, Chance(seed=None), folder, Onlooker)
        lab.wire.trace.watch(lambda event: _passed_on(event, lab.wire.trace, told))
        try:
            for domain in lab.domains.values():
                await domain.open_servers()
            await lab.introduce()
        except BaseException:
            await lab.stop()
            raise
        return lab

    @property
    def home(self) -> Domain:
        """The home domain."""
        return self.domains[HOME]

    def domain_of(self, name: str) -> Domain:
        """Give the domain of somebody by the name that scenarios use."""
        return self.domains[apart(name)[0]]

    @property
    def ues(self) -> Mapping[str, UE]:
        """The phones by name, as their users see them."""
        return {within(at, name): phone.ue for at, it in self.domains.items() for name, phone in it.phones.items()}

    def identity_of(self, name: str) -> Identity:
        """Give a phone's way to the identity server of its domain; NotApplicable where nobody is there."""
        domain, phone = apart(name)
        return self.domains[domain].identity_of(phone)

    @property
    def programs(self) -> Mapping[str, Program]:
        """What can be stopped and started."""
        return {within(at, name): server for at, it in self.domains.items() for name, server in it.programs.items()}

    @property
    def workshop(self) -> Workshop:
        """What signs tokens in the home domain."""
        return self.home.workshop

    @property
    def idms(self) -> Idms:
        """The identity server of the home domain."""
        return self.home.idms

    @property
    def valserver(self) -> ValServer:
        """The VAL server of the home domain."""
        return self.home.valserver

    @property
    def core(self) -> Core:
        """The core of the home domain."""
        return self.home.core

    def address(self, part: str) -> Hop:
        """Where a part receives SIP."""
        return self.domain_of(part).address(apart(part)[1])

    async def open(self) -> None:
        """Start one domain after the other, and let them know of each other."""
        for domain in self.domains.values():
            await domain.open()
        await self.introduce()
        await self.patience.quiet()
        self.wire.trace.events.clear()  # what is said at the start is nobody's doing

    async def introduce(self) -> None:
        """Let two domains know of each other."""
        if PARTNER in self.domains and not any(IDMS in domain.plan.outside for domain in self.domains.values()):
            await agree(self.home, self.domains[PARTNER])

    async def stop(self) -> None:
        """Stop everything, and let nothing of it stay."""
        await self.take_down()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def take_down(self) -> None:
        """Stop the domains, the last one first; their files stay."""
        if not all(plan.is_ours for plan in self.plan.domains.values()):
            await self._clear_away()
        for domain in reversed(list(self.domains.values())):
            await domain.stop()

    async def _clear_away(self) -> None:
        """Leave parts that are not ours as they were found: a phone that is still registered leaves the network."""
        for phone in self.ues.values():
            if phone.registered is not None:
                leaving = Deferred.fromCoroutine(phone.deregister()).addTimeout(LEAVING, self.home.around.reactor)
                with suppress(UeError, TooLong, NoAnswer):
                    await leaving
        await self.patience.quiet()

    @classmethod
    def _of(  # noqa: PLR0917 - what a lab is made of
        cls,
        plan: LabPlan,
        reactor: Any,
        chance: Chance,
        folder: Path,
        tap: type[Wire],
        stacks: Pool | None = None,
        block: int = 0,
    ) -> "Lab":
        """Make the parts; nothing runs yet."""
        clock = chance.clock(reactor)
        hosts = {name: Hosts(block, name, moved(part)) for name, part in plan.domains.items()}
        cast = _cast(plan, hosts)
        wire = tap(cast, _inside(plan, hosts), clock.seconds, _slow(plan, hosts))
        domains = {}
        bridges = {name: Bridge.of(part.domain, hosts[name]) for name, part in plan.domains.items() if part.gateway}
        for name, part in plan.domains.items():
            beyond = next((bridge for at, bridge in bridges.items() if at != name), None)
            ground = Ground(hosts[name], folder / name, folder / "ca", bridges.get(name), beyond)
            ground.folder.mkdir(exist_ok=True)
            around = Surroundings(reactor, clock, chance, wire, ground, plan.engine, stacks)
            domains[name] = Domain(part, around, _workshop(name, part, chance))
        parts = plan.domains.values()
        alone = all(part.is_ours for part in parts)
        one_clock = alone and not any(part.has_processes for part in parts)
        journals = any(
            part.valserver.store == "sqlite" for part in parts
        )  # written by a thread: unseen, and in real time
        patience = Patience(reactor, clock, wire, alone=alone and not journals, one_clock=one_clock)
        return cls(plan, cast, clock, chance.ids("scenario"), wire, patience, domains, folder)


def _workshop(name: str, part: DomainPlan, chance: Chance) -> Workshop:
    """Make the keys of a domain's issuer and of its forger; an issuer may have lent its own, or kept one."""
    issuer = signing_key(part.idms.external) or kept_key(part) or chance.key(part.issuer.algorithm, f"issuer of {name}")
    return Workshop(issuer, chance.key(issuer.algorithm, f"stranger of {name}"))


def _passed_on(event: Event, trace: Trace, told: Callable[[Event], None]) -> None:
    """Tell what happened, and forget it."""
    trace.events.clear()
    told(event)


def _cast(plan: LabPlan, hosts: Mapping[str, Hosts]) -> Cast:
    """Tell who is at which address."""
    by_host: dict[str, str] = {}
    for name, part in plan.domains.items():
        by_host |= hosts[name].parts()
        by_host |= _outside(part, name)
        by_host |= dict.fromkeys(listening_hosts(part, hosts[name]), within(name, VALSERVER))
        by_host |= {phone_host(ue, part, hosts[name]): within(name, ue) for ue in part.ues}
    return Cast(by_host, plan.phones.keys())


def _outside(plan: DomainPlan, domain: str) -> dict[str, str]:
    """Tell where those are that are not ours."""
    valserver, core, idms = plan.valserver.external, plan.core.external, plan.idms.external
    found: dict[str, str] = {}
    if idms is not None:
        found[urlsplit(idms.issuer).hostname or ""] = IDMS
    if core is not None:
        whole = core.pcscf.host in core.hosts  # P- and S-CSCF at one address: nobody can tell them apart
        found |= {**dict.fromkeys(core.hosts, SCSCF), core.pcscf.host: CORE if whole else PCSCF}
    if valserver is not None:
        found |= dict.fromkeys((valserver.address.host, *valserver.hosts), VALSERVER)
    return {host: within(domain, part) for host, part in found.items()}


def _inside(plan: LabPlan, hosts: Mapping[str, Hosts]) -> frozenset[str]:
    """Give the addresses from which programs in this process send SIP."""
    inside: set[str] = set()
    for name, part in plan.domains.items():
        core = [] if part.core.external else [PCSCF, ICSCF, SCSCF]
        inside.update(map(hosts[name].of, core))
        if not (part.valserver.process or part.valserver.external):
            inside.update(listening_hosts(part, hosts[name]))
        ours = [ue for ue, its in part.ues.items() if its.external is None and not plan.foreign_phones]
        inside.update(phone_host(ue, part, hosts[name]) for ue in ours)
    return frozenset(inside)


def _slow(plan: LabPlan, hosts: Mapping[str, Hosts]) -> frozenset[str]:
    """Give the addresses of those who may wait long for an answer: phones on the radio, and external parts that are."""
    slow: set[str] = set()
    for name, part in plan.domains.items():
        on_radio = [ue for ue, its in part.ues.items() if its.external or its.settings.get("timing") == RADIO]
        slow.update(phone_host(ue, part, hosts[name]) for ue in on_radio)
        if part.core.external is not None:
            slow.add(part.core.external.pcscf.host)
    return frozenset(slow)
