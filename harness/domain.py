"""One domain of a lab: its servers by name, started one after the other, stopped in reverse; then its phones.

`SERVERS` has what a domain may consist of. A server is made when it is its turn, so it may be told where those are that
came before it.
"""

from collections.abc import Callable, Mapping
from typing import cast

from attrs import define, field

from harness.briefs import core_brief, proxy_brief, valserver_brief
from harness.cast import CORE, IDMS, PROXY, VALSERVER
from harness.forgery import Workshop
from harness.identity import Idms
from harness.identity_process import idms_for
from harness.labs import DomainPlan
from harness.programs import Core, Program, Surroundings, ValServer, core_for, start_ue, valserver_for
from harness.proxying import BuiltInProxy
from ue_sim.app import RunningUe
from ue_sim.identity.signing_in import Identity
from valkit.sip.hop import Hop


@define
class Domain:
    """The servers and phones of one domain; `harness.lab` has one or two."""

    plan: DomainPlan
    around: Surroundings
    workshop: Workshop
    """What signs tokens here, and a forger's key beside it."""
    programs: dict[str, Program] = field(factory=dict)
    """The servers by name, in the order of their start."""
    phones: dict[str, RunningUe] = field(factory=dict)
    identities: dict[str, Identity] = field(factory=dict)
    """The way of each phone to the identity server."""

    @property
    def idms(self) -> Idms:
        """The identity server."""
        return cast(Idms, self.programs[IDMS])

    @property
    def valserver(self) -> ValServer:
        """The VAL server."""
        return cast(ValServer, self.programs[VALSERVER])

    @property
    def core(self) -> Core:
        """The SIP core."""
        return cast(Core, self.programs[CORE])

    def address(self, part: str) -> Hop:
        """Where a part receives SIP."""
        return self.valserver.address if part == VALSERVER else self.core.addresses[part]

    async def open(self) -> None:
        """Start the servers that the plan wants, then the phones."""
        for name, make in SERVERS.items():
            server = make(self)
            if server is not None:
                self.programs[name] = server
                await server.start()
        for name in self.plan.ues:
            self.phones[name] = await start_ue(name, self.plan, self.core, self.around)
            self.identities[name] = self.idms.place.way_of(name, self.phones[name].ue.wallet, self._tunnel())

    def _tunnel(self) -> str | None:
        """Give the proxy by way of which phones reach the identity server; None if they do so directly."""
        proxy = cast(BuiltInProxy | None, self.programs.get(PROXY))
        return proxy.url if proxy is not None and self.plan.proxy is not None and self.plan.proxy.identity else None

    async def stop(self) -> None:
        """Stop everything, in the order in which nobody misses anybody."""
        for identity in self.identities.values():
            identity.stop()
        for phone in self.phones.values():
            await phone.stop()
        for server in reversed(self.programs.values()):
            await server.stop()


def _valserver(domain: Domain) -> Program:
    brief = valserver_brief(domain.plan, domain.idms.place.issuer, domain.around.ground)
    return valserver_for(domain.plan, domain.around, brief)


def _core(domain: Domain) -> Program:
    brief = core_brief(domain.plan, domain.valserver.address, domain.around.ground)
    return core_for(domain.plan, domain.around, brief)


def _proxy(domain: Domain) -> Program | None:
    if domain.plan.proxy is None:
        return None
    return BuiltInProxy(domain.around, proxy_brief(domain.plan, domain.idms.place.urls, domain.around.ground))


SERVERS: Mapping[str, Callable[[Domain], Program | None]] = {
    IDMS: lambda domain: idms_for(domain.plan, domain.around, domain.workshop.key),
    VALSERVER: _valserver,
    CORE: _core,
    PROXY: _proxy,
}
"""What makes each server of a domain, those first that others have to know; None where the plan wants none."""
