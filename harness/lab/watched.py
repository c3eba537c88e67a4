"""Metrics of a lab that people try: each program shows its own at an address of its own, as if it ran by itself.

The programs share a process, so what happens in the lab is sorted out here: a note by who noted it, a SIP message by
whose addresses it leaves and reaches.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import define, field

import seal.idms.tallies
import seal.kms.tallies
import seal.management.tallies
import seal.proxy.tallies
import sipcore_stub.tallies
import valserver.gateway.tallies
import valserver.tallies
from harness.lab.children import OwnProcess
from harness.lab.lab import Lab
from harness.lab.programs import BuiltIn
from harness.plans.lab import DomainPlan, LabPlan
from harness.seen.cast import CMS, CORE, GATEWAY, GMS, IDMS, KMS, PROXY, VALSERVER, Cast, apart
from valkit.net import web
from valkit.net.monitoring.metrics import Metrics
from valkit.net.service import Running
from valkit.tallies import Tallies, Tally
from valkit.trace import Event, Message, Note

HOST = "127.0.0.1"

TALLIES: Mapping[str, Iterable[Tally]] = {
    IDMS: seal.idms.tallies.TALLIES,
    VALSERVER: valserver.tallies.TALLIES,
    KMS: seal.kms.tallies.TALLIES,
    CMS: seal.management.tallies.TALLIES,
    GMS: seal.management.tallies.TALLIES,
    CORE: sipcore_stub.tallies.TALLIES,
    PROXY: seal.proxy.tallies.TALLIES,
    GATEWAY: valserver.gateway.tallies.TALLIES,
}
"""Which notes of each program are counted, as when it runs by itself."""


@define
class Watched:
    """The metrics of a lab's programs, none unless it is made of a lab; hears of what happens."""

    cast: Cast = field(factory=lambda: Cast({}, frozenset()))
    metrics: Mapping[str, Metrics] = field(factory=dict)
    """By the name that the lab has for the program."""
    _elsewhere: Mapping[str, str] = field(factory=dict)
    """Where programs in processes of their own show theirs."""
    _ports: list[web.WebPort] = field(factory=list, init=False)

    @classmethod
    def of(cls, lab: Lab) -> "Watched":
        """Make them for every program that runs in this process; others show their own, if their settings say so."""
        made, elsewhere = {}, {}
        for name, program in lab.programs.items():
            if isinstance(program, OwnProcess) and program.metrics is not None:
                elsewhere[name] = program.metrics
            running: Running | None = program.running if isinstance(program, BuiltIn) else None
            if running is not None:
                each = made[name] = Metrics.of(Tallies(TALLIES[apart(name)[1]]), lab.clock)
                each.running = running
        return cls(lab.cast, made, elsewhere)

    @staticmethod
    def wished(plan: LabPlan) -> LabPlan:
        """Have programs in processes of their own show theirs at a port that is free, where the lab says none."""
        home, *partners = [_wished(domain) for domain in plan.domains.values()]
        assert isinstance(home, LabPlan)
        return home.model_copy(update={"partner": partners[0] if partners else None})

    async def open(self, reactor: Any) -> Mapping[str, str]:
        """Show each at a port that is free; gives where. Raises CannotListenError."""
        where = {}
        for name, metrics in self.metrics.items():
            port = await web.listen(reactor, metrics.app, HOST, 0)
            self._ports.append(port)
            where[name] = f"{port.url}/metrics"
        return {**where, **self._elsewhere}

    async def close(self) -> None:
        """Show nothing any more."""
        while self._ports:
            await self._ports.pop().close()

    def told(self, event: Event) -> None:
        """Count what happened."""
        match event:
            case Note():
                mine = self.metrics.get(self.cast.part(event.who))
                if mine is not None:
                    mine.tallies(event)
            case Message():
                self._passed(event)

    def _passed(self, sent: Message) -> None:
        source, target = (self.cast.part(self.cast.name(hop)) for hop in (sent.source, sent.target))
        if source in self.metrics:
            self.metrics[source].messages.sending(sent.message, sent.source, sent.target)
        if target in self.metrics:
            self.metrics[target].messages.received(sent.message, sent.source, sent.target)


def _wished(plan: DomainPlan) -> DomainPlan:
    parts = {name: getattr(plan, name) for name in ("idms", "valserver", "kms", "cms", "gms")}
    return plan.model_copy(
        update={
            name: part.model_copy(update={"settings": {"metrics": {"port": 0}} | part.settings})
            for name, part in parts.items()
            if part is not None and part.process
        }
    )
