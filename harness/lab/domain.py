"""One domain of a lab: its servers by name, started one after the other, stopped in reverse; then its phones.

`SERVERS` has what a domain may consist of. A server is made when it is its turn, so it may be told where those are that
came before it.
"""

from collections.abc import Callable, Mapping
from typing import cast

from attrs import define, field

from harness.errors import NotApplicable
from harness.forgery import Workshop
from harness.lab.bridging import BuiltInGateway
from harness.lab.document_management import DocumentServer, documents_for
from harness.lab.external.identity import OutsideIdms
from harness.lab.external.phone import outside_ue
from harness.lab.external.servers import OutsideCore, OutsideValServer
from harness.lab.identity import Idms
from harness.lab.identity_process import idms_for
from harness.lab.key_management import Kms, kms_for
from harness.lab.programs import Core, Program, Surroundings, ValServer, core_for, start_ue, valserver_for
from harness.lab.proxying import BuiltInProxy
from harness.plans.briefs import (
    cms_brief,
    core_brief,
    gateway_brief,
    gms_brief,
    kms_brief,
    proxy_brief,
    valserver_brief,
)
from harness.plans.lab import DomainPlan
from harness.seen.cast import CMS, CORE, GATEWAY, GMS, IDMS, KMS, PROXY, VALSERVER
from seal.kms.settings import SCOPE
from ue_sim.app import RunningUe
from ue_sim.identity.signing_in import Identity
from valkit.sip.hop import Hop
from valkit.tokens import Grant, mint

GMS_TOKEN = 1e9
"""Seconds for which the group management server's own token holds: longer than any scenario."""


@define
class Domain:
    """The servers and phones of one domain; `harness.lab.lab` has one or two."""

    plan: DomainPlan
    around: Surroundings
    workshop: Workshop
    """What signs tokens here, and a forger's key beside it."""
    programs: dict[str, Program] = field(factory=dict)
    """The servers by name, in the order of their start."""
    phones: dict[str, RunningUe] = field(factory=dict)
    _identities: dict[str, Identity] = field(factory=dict)

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
        """The key management server; NotApplicable if the plan wants none."""
        return cast(Kms, self._wanted(KMS, "key management server"))

    @property
    def cms(self) -> DocumentServer:
        """The configuration management server; NotApplicable if the plan wants none."""
        return cast(DocumentServer, self._wanted(CMS, "configuration management server"))

    @property
    def gms(self) -> DocumentServer:
        """The group management server; NotApplicable if the plan wants none."""
        return cast(DocumentServer, self._wanted(GMS, "group management server"))

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
        for name in self.plan.ues:
            self.phones[name] = await self._phone(name)
        plan = self.plan.proxy
        if self.plan.kms is not None and plan is not None and plan.keys:
            self.kms.clients.tunnel = self._tunnel
        for server in self.document_servers:
            server.asking.tunnel = self._tunnel  # only S-KMC to S-KMS may go without the proxy (step C-1)

    def identity_of(self, name: str) -> Identity:
        """Give a phone's way to the identity server, the same each time; NotApplicable where nobody is there."""
        if name not in self._identities:
            plan = self.plan.proxy
            tunnel = self._tunnel if plan is not None and plan.identity else None
            self._identities[name] = self.idms.place.way_of(name, self.phones[name].ue.wallet, tunnel)
        return self._identities[name]

    @property
    def _tunnel(self) -> str | None:
        """Where the HTTP proxy is, if the plan wants one."""
        proxy = cast(BuiltInProxy | None, self.programs.get(PROXY))
        return None if proxy is None else proxy.url

    async def open_servers(self) -> None:
        """Start the servers that the plan wants."""
        for name, make in SERVERS.items():
            server = make(self)
            if server is not None:
                self.programs[name] = server
                await server.start()

    async def _phone(self, name: str) -> RunningUe:
        outside = self.plan.ues[name].external
        if outside is not None:
            return outside_ue(name, outside, self.plan, self.core, self.around)
        return await start_ue(name, self.plan, self.core, self.around)

    async def stop(self) -> None:
        """Stop everything, in the order in which nobody misses anybody."""
        for identity in self._identities.values():
            identity.stop()
        for phone in self.phones.values():
            await phone.stop()
        for server in reversed(self.programs.values()):
            await server.stop()

    @property
    def document_servers(self) -> list[DocumentServer]:
        """The servers of documents that the plan wants."""
        return [cast(DocumentServer, self.programs[name]) for name in (CMS, GMS) if name in self.programs]

    def _wanted(self, kind: str, what: str) -> Program:
        found = self.programs.get(kind)
        if found is None:
            raise NotApplicable(f"the lab has no {what} (say `{kind}: {{}}`)")
        return found


def _idms(domain: Domain) -> Program:
    outside = domain.plan.idms.external
    if outside is not None:
        return OutsideIdms(outside, domain.plan.issuer.scope, domain.around)
    return idms_for(domain.plan, domain.around, domain.workshop.key)


def _valserver(domain: Domain) -> Program:
    outside = domain.plan.valserver.external
    if outside is not None:
        return OutsideValServer(outside, domain.around)
    brief = valserver_brief(domain.plan, domain.idms.place.issuer, domain.around.ground)
    return valserver_for(domain.plan, domain.around, brief)


def _kms(domain: Domain) -> Program | None:
    plan = domain.plan.kms
    if plan is None:
        return None
    place = domain.idms.place
    return kms_for(plan, domain.around, kms_brief(domain.plan, plan, place.issuer, domain.around.ground), place)


def _cms(domain: Domain) -> Program | None:
    plan, around, place = domain.plan.cms, domain.around, domain.idms.place
    if plan is None:
        return None
    return documents_for(CMS, plan, around, cms_brief(domain.plan, plan, place.issuer, around.ground), place)


def _gms(domain: Domain) -> Program | None:
    plan, around, place = domain.plan.gms, domain.around, domain.idms.place
    if plan is None:
        return None
    kms = None
    if domain.plan.kms is not None:
        kms = domain.kms.clients.url
        around.ground.token_of_gms.touch(mode=0o600)
        around.ground.token_of_gms.write_text(_token_of_gms(domain))
    return documents_for(GMS, plan, around, gms_brief(domain.plan, plan, place.issuer, around.ground, kms), place)


def _token_of_gms(domain: Domain) -> str:
    """Make the access token with which it asks for keys of groups; how it gets it is out of scope (TS 33.434 5.3)."""
    plan = domain.plan
    further = () if plan.gms is None else plan.gms.services
    grant = Grant(
        issuer=domain.idms.place.issuer,
        audience=plan.issuer.audience,
        val_user_id=f"gms.{plan.domain}",
        val_service_ids=tuple(sorted({*further, *(each for ue in plan.ues.values() for each in ue.val_service_ids)})),
        jti="gms",
        issued_at=domain.around.clock.seconds(),
        lifetime=GMS_TOKEN,
        scope=SCOPE,
        extra={"SKeyProv": True},
    )
    return mint(domain.workshop.key, grant)


def _core(domain: Domain) -> Program:
    outside = domain.plan.core.external
    if outside is not None:
        return OutsideCore(outside, domain.around)
    brief = core_brief(domain.plan, domain.valserver.address, domain.around.ground)
    return core_for(domain.plan, domain.around, brief)


def _proxy(domain: Domain) -> Program | None:
    if domain.plan.proxy is None:
        return None
    servers = [*domain.idms.place.urls, *([] if domain.plan.kms is None else [domain.kms.clients.url])]
    servers += [server.asking.url for server in domain.document_servers]
    if not servers:
        raise NotApplicable("the proxy of this lab has no server behind it: the identity server is external")
    return BuiltInProxy(domain.around, proxy_brief(domain.plan, servers, domain.around.ground))


def _gateway(domain: Domain) -> Program | None:
    plan, ground = domain.plan.gateway, domain.around.ground
    if plan is None or ground.bridge is None or ground.beyond is None:
        return None
    return BuiltInGateway(domain.around, gateway_brief(plan, ground.bridge, ground.beyond, ground))


SERVERS: Mapping[str, Callable[[Domain], Program | None]] = {
    IDMS: _idms,
    VALSERVER: _valserver,
    KMS: _kms,
    CMS: _cms,
    GMS: _gms,
    CORE: _core,
    PROXY: _proxy,
    GATEWAY: _gateway,
}
"""What makes each server of a domain, those first that others have to know; None where the plan wants none."""
