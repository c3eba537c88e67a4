"""The programs of a domain behind what a scenario may do with them: start, stop, kill, look inside.

A part is built in (it runs in this process, on the lab's clock) or has a process of its own. Both are looked at
through the same few questions; what a part cannot be asked is not applicable there.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from attrs import asdict, evolve, frozen
from twisted.internet.error import CannotListenError

import sipcore_stub.app
import ue_sim.app
import valserver.app
from harness.clients.observing import AdminSite, BindingSeen, seen
from harness.errors import EnvironmentFault, Finding, Unmet
from harness.lab.chance import Chance
from harness.lab.children import OwnProcess
from harness.lab.overhearing import Overheard
from harness.lab.wire import Wire
from harness.plans.briefs import Ground, listening, ue_settings
from harness.plans.lab import DomainPlan
from harness.seen.cast import CORE, ICSCF, PCSCF, SCSCF, VALSERVER, within
from seal.errors import CannotStart as SealCannotStart
from sipcore_stub.app import CoreRunning
from sipcore_stub.settings import CoreSettings
from ue_sim.app import RunningUe
from ue_sim.engines import EngineName
from ue_sim.pjsua.pool import Pool
from valkit.ids import Ids
from valkit.net.certificates import UnusableCertificates
from valkit.net.clock import ShiftableClock
from valkit.net.service import Running
from valkit.sip.hop import Hop
from valkit.trace import Note
from valserver.app import ServerRunning
from valserver.errors import CannotStart
from valserver.settings import ServerSettings

R = TypeVar("R", bound=Running)


@frozen
class Surroundings:
    """What every program of a domain is given."""

    reactor: Any
    clock: ShiftableClock
    chance: Chance
    wire: Wire
    ground: Ground
    """Where the domain is; its files are gone after the scenario."""
    engine: EngineName = EngineName.NATIVE
    """The SIP stack of phones."""
    stacks: Pool | None = None
    """Processes of a SIP stack that is not ours, to be shared; without it, each phone that needs one has its own."""

    @property
    def ids(self) -> Ids:
        """Identifiers of the domain."""
        return self.ids_of("domain")

    def ids_of(self, name: str) -> Ids:
        """Give the identifiers of somebody of this domain: in their row nothing changes by what others draw."""
        return self.chance.ids(self.named(name))

    def named(self, name: str) -> str:
        """Give the name by which the lab knows somebody of this domain."""
        return within(self.ground.hosts.domain, name)

    def observe(self, note: Note) -> None:
        """Write down what a program noted."""
        self.wire.note(evolve(note, who=self.named(note.who)))

    def observer(self, name: str) -> Callable[[Note], None]:
        """Give what writes down what a program noted as this one's."""
        return lambda note: self.observe(evolve(note, who=name))


class Program(Protocol):
    """Something that runs, and may stop running."""

    @property
    def brief(self) -> Mapping[str, Any]:
        """What it is told, as a file of settings has it; once it has started, with the ports that were given out."""

    async def start(self) -> None:
        """Start it, or start it again at the address that it had; EnvironmentFault if that cannot be."""

    async def stop(self) -> None:
        """Stop it in good order; nothing happens if it does not run."""

    async def kill(self) -> None:
        """End it without any order."""


class ValServer(Program, Protocol):
    """The VAL server under test."""

    @property
    def address(self) -> Hop:
        """Where it receives SIP; known once it has started."""

    async def bindings(self) -> tuple[BindingSeen, ...]:
        """Who is bound now."""


class Core(Program, Protocol):
    """The SIP core."""

    @property
    def addresses(self) -> Mapping[str, Hop]:
        """Where each CSCF receives SIP; known once it has started."""

    @property
    def tls_port(self) -> int | None:
        """Where the P-CSCF takes TLS, if it does beside its first transport."""

    def flag(self, impi: str) -> str:
        """How the registration flag of this subscriber stands."""

    @property
    def inside(self) -> CoreRunning:
        """What runs, to be reached into; Unmet if it does not run here."""


class BuiltIn(Generic[R]):
    """A program in this process. It cannot be killed, since it would take us along."""

    def __init__(self, start: Callable[[], Awaitable[R]]) -> None:
        self._start = start
        self.running: R | None = None

    async def start(self) -> None:
        """Start it, with the address that it has got."""
        try:
            self.running = await self._start()
        except (CannotStart, SealCannotStart, UnusableCertificates, CannotListenError) as error:
            raise EnvironmentFault(f"The lab cannot start: {error}") from error

    async def stop(self) -> None:
        """Stop it in good order."""
        running, self.running = self.running, None
        if running is not None:
            await running.stop()

    async def kill(self) -> None:
        """Refuse."""
        raise Unmet(Finding("a program that can be killed", "it is built in (say `process: yes` in the lab)"))


class BuiltInValServer(BuiltIn[ServerRunning]):
    """The VAL server in this process."""

    def __init__(self, around: Surroundings, brief: dict[str, Any]) -> None:
        super().__init__(self._begin)
        self._around = around
        self.brief = brief

    async def _begin(self) -> ServerRunning:
        """Start with the brief; at a restart it names the ports that were given out."""
        around = self._around
        running = await valserver.app.start(
            around.reactor,
            around.clock,
            ServerSettings.model_validate(self.brief),
            around.ids_of(VALSERVER),
            observe=around.observe,
            tap=around.wire,
            agents=lambda tls: Overheard(around.reactor, tls, around.named(VALSERVER), around.wire),
        )
        admin = str(running.addresses["admin"])
        self.brief = self.brief | {"listen": _sip_addresses(running), "admin": _with_port(self.brief, admin)}
        return running

    @property
    def address(self) -> Hop:
        """The first of its listeners."""
        return Hop.parse(self.brief["listen"][0])

    async def bindings(self) -> tuple[BindingSeen, ...]:
        """Read them where they are kept; nobody is bound at a server that does not run."""
        found = self.running.bindings if self.running is not None else ()
        return tuple(seen(**asdict(binding)) for binding in found)


class BuiltInCore(BuiltIn[CoreRunning]):
    """The core in this process."""

    def __init__(self, around: Surroundings, plan: DomainPlan, brief: dict[str, Any]) -> None:
        super().__init__(self._begin)
        self._around = around
        self._plan = plan
        self.brief = brief
        self.addresses: Mapping[str, Hop] = {}

    def flag(self, impi: str) -> str:
        """Ask the HSS."""
        return self.inside.hss.flag(impi).value

    @property
    def tls_port(self) -> int | None:
        """Look among its addresses."""
        return next((hop.port for hop in self.inside.pcscf if hop.transport == "tls"), None)

    @property
    def inside(self) -> CoreRunning:
        """Reach into it."""
        if self.running is None:
            raise Unmet(Finding("a core that can be asked", "the core does not run"))
        return self.running

    async def _begin(self) -> CoreRunning:
        around = self._around
        running = await sipcore_stub.app.start(
            around.reactor,
            around.clock,
            CoreSettings.model_validate(self.brief),
            around.ids_of(CORE),
            observe=around.observe,
            tap=around.wire,
        )
        self.addresses = {part: Hop.parse(str(running.addresses[part])) for part in (PCSCF, ICSCF, SCSCF)}
        for part, hop in self.addresses.items():
            self.brief[part] = {"listen": listening(self._plan, hop.host, hop.port)}
        return running


class ValServerProcess(OwnProcess):
    """The VAL server in a process of its own: it can be killed, and keeps its own time."""

    def __init__(self, around: Surroundings, brief: dict[str, Any]) -> None:
        super().__init__()
        self._around = around
        self.brief = brief
        self._admin: AdminSite | None = None

    @property
    def address(self) -> Hop:
        """The first of its listeners."""
        return Hop.parse(self.brief["listen"][0])

    async def start(self) -> None:
        """Start it from a file, as anybody would: `val server --config FILE`."""
        config = self._around.ground.folder / "valserver.yaml"
        addresses = await self._run(self._around.reactor, "server", self.brief, config)
        admin, hops = addresses["admin"], [where for where in addresses.values() if "://" not in where]
        self.brief = self.brief | {"listen": hops, "admin": _with_port(self.brief, admin)}
        self._admin = AdminSite(self._around.reactor, admin)
        await self._admin.follow(self._note)

    async def bindings(self) -> tuple[BindingSeen, ...]:
        """Ask its admin site."""
        if self._admin is None:
            return ()
        return await self._admin.bindings()

    async def _end(self, signal: str) -> None:
        admin, self._admin = self._admin, None
        if admin is not None:
            admin.close()
        await super()._end(signal)

    def _note(self, what: str, fields: dict[str, str]) -> None:
        self._around.observe(Note(self._around.clock.seconds(), VALSERVER, what, fields))


def valserver_for(plan: DomainPlan, around: Surroundings, brief: dict[str, Any]) -> ValServer:
    """Give the VAL server that the plan wants."""
    return ValServerProcess(around, brief) if plan.valserver.process else BuiltInValServer(around, brief)


def core_for(plan: DomainPlan, around: Surroundings, brief: dict[str, Any]) -> Core:
    """Give the core that the plan wants."""
    return BuiltInCore(around, plan, brief)


async def start_ue(name: str, plan: DomainPlan, core: Core, around: Surroundings) -> RunningUe:
    """Switch a phone on; what it notes goes by its name."""
    settings = ue_settings(name, plan, around.ground, core.addresses[PCSCF], around.engine, core.tls_port)
    observe = around.observer(name)
    return await ue_sim.app.start(
        around.reactor, around.clock, settings, around.ids_of(name), observe, around.wire, stacks=around.stacks
    )


def _with_port(brief: Mapping[str, Any], admin: str) -> dict[str, Any]:
    """Give what a brief says of an admin site, with the port that it has got."""
    told: dict[str, Any] = brief["admin"]
    return told | {"port": int(admin.rpartition(":")[2])}


def _sip_addresses(running: Running) -> list[str]:
    return [str(hop) for hop in running.addresses.values() if isinstance(hop, Hop)]
