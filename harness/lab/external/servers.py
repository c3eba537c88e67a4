"""A VAL server and a core that are not ours, behind the same few questions as those that are."""

from collections.abc import Mapping
from typing import Any

from harness.clients.observing import AdminSite, BindingSeen
from harness.errors import NotApplicable, NotObservable
from harness.lab.external.probing import sip_is_there
from harness.lab.programs import Surroundings
from harness.plans.elsewhere import ExternalCore, ExternalValServer, Probe
from harness.seen.cast import ICSCF, PCSCF, SCSCF, VALSERVER
from sipcore_stub.app import CoreRunning
from valkit.net.tls import Tls
from valkit.sip.hop import Hop
from valkit.trace import Note


class OutsideValServer:
    """A VAL server that is not ours."""

    brief: Mapping[str, Any] = {}
    """Its settings are its operator's."""

    def __init__(self, plan: ExternalValServer, around: Surroundings) -> None:
        self._plan = plan
        self._around = around
        self._admin: AdminSite | None = None

    @property
    def address(self) -> Hop:
        """Where it receives SIP."""
        return self._plan.address

    async def start(self) -> None:
        """Wait until it is there; follow its events, if it has an admin site."""
        await _is_there(self._around, "the external VAL server", self._plan.address, self._plan.probe)
        if self._plan.admin is not None:
            self._admin = AdminSite(self._around.reactor, self._plan.admin.rstrip("/"))
            await self._admin.follow(self._note)

    async def stop(self) -> None:
        """Look at it no longer."""
        if self._admin is not None:
            self._admin.close()
            self._admin = None

    async def kill(self) -> None:
        """Refuse."""
        raise NotApplicable("the VAL server is external, and val does not kill it")

    async def bindings(self) -> tuple[BindingSeen, ...]:
        """Ask its admin site; NotObservable if it has none."""
        if self._admin is None:
            raise NotObservable("what the VAL server has bound (external, and the lab gives no `admin` of it)")
        return await self._admin.bindings()

    def _note(self, what: str, fields: dict[str, str]) -> None:
        self._around.observe(Note(self._around.clock.seconds(), VALSERVER, what, fields))


class OutsideCore:
    """A core that is not ours: phones are subscribed there, and its filter criteria lead to the VAL server."""

    brief: Mapping[str, Any] = {}
    """Its settings are its operator's."""

    def __init__(self, plan: ExternalCore, around: Surroundings) -> None:
        self._plan = plan
        self._around = around
        self.addresses: Mapping[str, Hop] = dict.fromkeys((PCSCF, ICSCF, SCSCF), plan.pcscf)

    @property
    def tls_port(self) -> int | None:
        """Where it takes TLS, if the lab says so."""
        return self._plan.tls_port

    @property
    def inside(self) -> CoreRunning:
        """Refuse: nobody reaches into it."""
        raise NotApplicable("the core is external, and val cannot reach into it")

    def flag(self, impi: str) -> str:
        """Refuse: its HSS is asked by nobody."""
        raise NotObservable(f"the registration flag of {impi} (the core is external)")

    async def start(self) -> None:
        """Wait until it is there."""
        await _is_there(self._around, "the external core", self._plan.pcscf, self._plan.probe)

    async def stop(self) -> None:
        """Leave it alone."""

    async def kill(self) -> None:
        """Refuse."""
        raise NotApplicable("the core is external, and val does not kill it")

    def leads_to(self, valserver: Hop) -> None:
        """Trust that its filter criteria lead there."""


async def _is_there(around: Surroundings, what: str, hop: Hop, probe: Probe) -> None:
    """Wait until it is there; over TLS, whoever trusts the lab's authority trusts it."""
    trusted = around.ground.authorities
    tls = Tls(trusted.read_bytes()) if hop.transport == "tls" and trusted.exists() else None
    await sip_is_there(around.reactor, around.ids, what, hop, probe, tls)
