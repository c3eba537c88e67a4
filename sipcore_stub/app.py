"""Builds a core from its settings and starts it; nothing else puts the parts together."""

from collections.abc import Callable, Mapping

from attrs import evolve, field, frozen
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from sipcore_stub.admin import Admin
from sipcore_stub.element import Element
from sipcore_stub.hss.census import census
from sipcore_stub.hss.hss import Hss, Key, Tell
from sipcore_stub.hss.services import Services
from sipcore_stub.icscf import Icscf
from sipcore_stub.pcscf.following import Following
from sipcore_stub.pcscf.pcscf import OUTSIDE, Pcscf
from sipcore_stub.proxy import uri_of
from sipcore_stub.scscf.changes import Change, Ending
from sipcore_stub.scscf.notifying import Notifying
from sipcore_stub.scscf.registering import Registering
from sipcore_stub.scscf.registrations import Registrations
from sipcore_stub.scscf.scscf import Scscf
from sipcore_stub.scscf.watching import Watching
from sipcore_stub.settings import CoreSettings, ElementSettings
from valkit.ids import Ids
from valkit.net.service import Running
from valkit.net.sip import Handler, SipEndpoint, Tap
from valkit.net.tls import Tls
from valkit.net.web import WebPort, listen
from valkit.sip.hop import Hop
from valkit.sip.limits import LIMITS, Limits
from valkit.sip.uri import SipUri
from valkit.trace import Note, Observer, unobserved

Admits = Callable[[Hop], bool]
"""Whose requests an element keeps anything of."""


@frozen
class CoreRunning(Running):
    """A core at work: its addresses by the names pcscf, icscf and scscf, and what a lab may read and do meanwhile."""

    hss: Hss = field(kw_only=True, repr=False)
    """Subscribers, and their registration flags."""
    registrations: Registrations = field(kw_only=True, repr=False)
    """The S-CSCF's registrations, which can be ended and shortened."""
    pcscf: tuple[Hop, ...] = field(kw_only=True, default=())
    """All addresses of the P-CSCF, for each transport."""

    @property
    def readings(self) -> Mapping[str, float]:
        """How many are registered."""
        return {"val_registrations": len(self.registrations.standing())}


async def start(  # noqa: PLR0917 - what every program's start is given
    reactor: object,
    clock: IReactorTime,
    settings: CoreSettings,
    ids: Ids,
    observe: Observer = unobserved,
    tap: Tap | None = None,
) -> CoreRunning:
    """Start P-, I- and S-CSCF and the HSS behind them; raises what listening raises, and then nothing listens."""
    bounds = settings.connections.bounds()

    def new_endpoint(handler: Handler, tls: Tls | None, admits: Admits, limits: Limits) -> SipEndpoint:
        return SipEndpoint(reactor, clock, ids, handler, admits=admits, limits=limits, bounds=bounds, tls=tls, tap=tap)

    core = _Core(settings, clock, ids, observe, new_endpoint)
    try:
        running = await core.start()
        if settings.admin is None:
            return running
        admin = Admin(running.hss, running.registrations, clock)
        core.web = await listen(reactor, admin.app, settings.admin.host, settings.admin.port)
        return evolve(running, addresses={**running.addresses, "admin": core.web.url})
    except BaseException:
        await core.stop()
        raise


class _Core:
    """The parts while they are put together, and until they stop."""

    log = Logger()

    def __init__(
        self,
        settings: CoreSettings,
        clock: IReactorTime,
        ids: Ids,
        observe: Observer,
        new_endpoint: Callable[[Handler, Tls | None, Admits, Limits], SipEndpoint],
    ) -> None:
        self._settings, self._clock, self._ids = settings, clock, ids
        self.web: WebPort | None = None
        """The operator's address, if there is one."""
        self._tell = _telling(clock, observe)
        self._new_endpoint = new_endpoint
        criteria = tuple(each.criterion() for each in settings.filter_criteria)
        self._subscribers = [one for each in settings.everyone for one in each.sets(criteria)]
        self._endpoints: dict[str, SipEndpoint] = {}
        self._closers: list[Callable[[], None]] = []

    async def start(self) -> CoreRunning:
        """Open the elements from the inside out, each knowing the next."""
        settings = self._settings
        hss = Hss(self._subscribers, self._ids, self._tell)
        endpoint, element = await self._open("scscf", settings.scscf, _hosts(settings.trusted | self._servers))
        notifying, registrations, watching = self._registrations(endpoint, hss)
        rules = settings.rules(f"<{uri_of(endpoint.addresses[0], 'orig', 'lr')}>")
        registering = Registering(hss, rules, self._clock, self._tell, registrations)
        services = Services.of(each.service() for each in settings.service_identities)
        before = notifying.settled if settings.third_party.before_answer else None
        element.role = Scscf(endpoint, hss, registering, registrations, watching, settings.trusted, before, services)
        scscf = endpoint.addresses[0]
        endpoint, element = await self._open("icscf", settings.icscf, _hosts(settings.trusted))
        element.role = Icscf(endpoint, scscf, settings.domain, hss, settings.trusted)
        icscf = endpoint.addresses[0]
        endpoint, element = await self._open("pcscf", settings.pcscf, lambda _: True, OUTSIDE)
        following = Following(endpoint, self._ids) if settings.reg_event.pcscf else None
        network = frozenset((scscf.host, *settings.trusted_hosts))
        now, offer = self._clock.seconds, settings.security.offer()
        element.role = Pcscf(endpoint, icscf, settings.domain, self._ids, now, network, following, offer)
        addresses = {"pcscf": endpoint.addresses[0], "icscf": icscf, "scscf": scscf}
        pcscf = tuple(endpoint.addresses)
        for line in census(self._subscribers):
            self.log.info("{line}", line=line)
        parts = dict(self._endpoints)
        return CoreRunning(addresses, self.stop, hss=hss, registrations=registrations, pcscf=pcscf, endpoints=parts)

    async def stop(self) -> None:
        """Stop all timers and close all sockets."""
        for close in self._closers:
            close()
        for endpoint in self._endpoints.values():
            await endpoint.close()
        if self.web is not None:
            await self.web.close()

    @property
    def _secure(self) -> bool:
        """Say whether anyone is spoken to over TLS, by an element that perhaps does not listen for it."""
        settings = self._settings
        elements = (settings.pcscf, settings.icscf, settings.scscf)
        listening = (hop for element in elements for hop in element.listen)
        return any(hop.transport == "tls" for hop in (*listening, *self._server_hops))

    @property
    def _server_hops(self) -> tuple[Hop, ...]:
        """Where the application servers are."""
        names = {each.server_name for subscriber in self._subscribers for each in subscriber.criteria}
        return tuple(SipUri.parse(name).hop() for name in sorted(names))

    @property
    def _servers(self) -> frozenset[str]:
        """The application servers' hosts, which may watch registrations."""
        return frozenset(hop.host for hop in self._server_hops)

    async def _open(
        self, name: str, settings: ElementSettings, admits: Admits, limits: Limits = LIMITS
    ) -> tuple[SipEndpoint, Element]:
        element = Element(name)
        tls = self._settings.tls.element(settings.listen, always=self._secure)
        endpoint = self._new_endpoint(element.handle, tls, admits, limits)
        self._endpoints[name] = endpoint
        await endpoint.listen(settings.listen)
        return endpoint, element

    def _registrations(self, endpoint: SipEndpoint, hss: Hss) -> tuple[Notifying, Registrations, Watching]:
        """Join registrations and those who hear of them: each acts on the other."""

        def end(key: Key) -> None:
            registrations.end(key, Ending())

        settings = self._settings
        notifying = Notifying(endpoint, self._ids, self._clock, settings.third_party.manner(), end)

        def changed(change: Change) -> None:
            watching.changed(change)

        registrations = Registrations(hss, self._clock, notifying.tell, changed)
        pace, trusted = settings.reg_event.pace(), settings.trusted
        watching = Watching(endpoint, hss, registrations, self._ids, self._clock, trusted, pace)
        self._closers += [registrations.close, notifying.close, watching.close]
        return notifying, registrations, watching


def _hosts(trusted: frozenset[str]) -> Admits:
    return lambda source: source.host in trusted


def _telling(clock: IReactorTime, observe: Observer) -> Tell:
    def tell(who: str, what: str, /, **fields: str) -> None:
        observe(Note(clock.seconds(), who, what, fields))

    return tell
