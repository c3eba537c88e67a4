"""One domain of a lab: its servers by name, started one after the other, stopped in reverse; then its phones.

`SERVERS` has what a domain may consist of. A server is made when it is its turn, so it may be told where those are that
came before it.
"""

from collections.abc import Callable, Mapping
from typing import cast

from attrs import define, field

from harness.briefs import core_brief, kms_brief, proxy_brief, valserver_brief
from harness.cast import CORE, IDMS, KMS, PROXY, VALSERVER
from harness.errors import Finding, Unmet
from harness.forgery import Workshop
from harness.identity import Idms
from harness.identity_process import idms_for
from harness.key_management import Kms, kms_for
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
    def kms(self) -> Kms:
        """The key management server; Unmet if the plan wants none."""
        found = self.programs.get(KMS)
        if found is None:
            raise Unmet(Finding("a key management server", "the lab has none (say `kms: {}`)"))
        return cast(Kms, found)

    @property
    def core(self) -> Core:
        """The SIP core."""
        return cast(Core, self.programs[CORE])

    def address(self, part: str) -> Hop:
        """Where a part receives SIP."""
        return self.valserver.address if part == VALSERVER else self.core.addresses[part]

    async def open(self) -> None:
        """Start the servers that the plan wants, then the phones."""
        await self.open_servers()
        proxy, plan = cast(BuiltInProxy | None, self.programs.get(PROXY)), self.plan.proxy
        tunnel = None if proxy is None else proxy.url
        for name in self.plan.ues:
            self.phones[name] = await start_ue(name, self.plan, self.core, self.around)
            way = tunnel if plan is not None and plan.identity else None
            self.identities[name] = self.idms.place.way_of(name, self.phones[name].ue.wallet, way)
        if self.plan.kms is not None and plan is not None and plan.keys:
            self.kms.clients.tunnel = tunnel

    async def open_servers(self) -> None:
        """Start the servers that the plan wants."""
        for name, make in SERVERS.items():
            server = make(self)
            if server is not None:
                self.programs[name] = server
                await server.start()

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


def _kms(domain: Domain) -> Program | None:
    plan = domain.plan.kms
    if plan is None:
        return None
    place = domain.idms.place
    return kms_for(plan, domain.around, kms_brief(domain.plan, plan, place.issuer, domain.around.ground), place)


def _core(domain: Domain) -> Program:
    brief = core_brief(domain.plan, domain.valserver.address, domain.around.ground)
    return core_for(domain.plan, domain.around, brief)


def _proxy(domain: Domain) -> Program | None:
    if domain.plan.proxy is None:
        return None
    servers = [*domain.idms.place.urls, *([] if domain.plan.kms is None else [domain.kms.clients.url])]
    return BuiltInProxy(domain.around, proxy_brief(domain.plan, servers, domain.around.ground))


SERVERS: Mapping[str, Callable[[Domain], Program | None]] = {
    IDMS: lambda domain: idms_for(domain.plan, domain.around, domain.workshop.key),
    VALSERVER: _valserver,
    KMS: _kms,
    CORE: _core,
    PROXY: _proxy,
}
"""What makes each server of a domain, those first that others have to know; None where the plan wants none."""
