"""A running VAL server: everything beside this module put together, once."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from attrs import field, frozen
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IReactorTime

from valkit.ids import Ids
from valkit.net import web
from valkit.net.addresses import unheard
from valkit.net.certificates import UnusableCertificates
from valkit.net.https import Agents
from valkit.net.peers import TrustedPeers
from valkit.net.service import Running
from valkit.net.sip import SipEndpoint, Tap
from valkit.net.tls import Tls
from valkit.sip import Hop
from valkit.trace import Observer
from valserver.admin import Admin
from valserver.bindings import Rules
from valserver.errors import CannotStart
from valserver.facts import Event
from valserver.following import subscribing
from valserver.following.following import Endpoint, Following
from valserver.issuers import Trust, issuers
from valserver.ledger import Ledger
from valserver.migration.app import Migrating, migrating
from valserver.migration.judging import ServedHere
from valserver.records import Binding
from valserver.requests.answers import ALLOW, Answers
from valserver.requests.authorization import Authorizer, Judge, Mode, Service
from valserver.requests.bodies import PUBLISH_BODIES, REGISTER_BODIES, token_bodies
from valserver.requests.handler import Handler
from valserver.requests.publication import Publications
from valserver.requests.registration import Registrations
from valserver.settings import BindingSettings, ServerSettings
from valserver.stores.store import BindingStore, MemoryStore
from valserver.stores.store_sqlite import open_store
from valserver.watching.events import EventLog
from valserver.watching.watchers import Watchers


@frozen
class ServerRunning(Running):
    """A VAL server that has started; `addresses` has `admin` and, for each listener, `sip 1`, `sip 2`..."""

    ledger: Ledger
    authorizer: Authorizer = field(repr=False)

    @property
    def readings(self) -> Mapping[str, float]:
        """How many are bound."""
        return {"val_bindings": self.ledger.store.bound}

    @property
    def totals(self) -> Mapping[str, float]:
        """How many tokens held."""
        return {"val_tokens_verified": self.authorizer.verified}

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """Who is bound now."""
        return tuple(self.ledger.bindings())


async def start(
    reactor: Any,
    clock: IReactorTime,
    settings: ServerSettings,
    ids: Ids,
    *,
    observe: Observer | None = None,
    tap: Tap | None = None,
    agents: Agents | None = None,
) -> ServerRunning:
    """Start a server. CannotStart, with what to do, when a file or an address does not allow it."""
    trust = Trust({name: issuers(each, reactor, clock, agents) for name, each in settings.authorizations.items()})
    store = _store(settings.bindings, reactor, clock)
    events = EventLog(epoch=ids.nonce(4).hex())
    watchers = Watchers(events, clock, observe, log_all=settings.log == "events")
    ledger = Ledger(store, rules(settings.bindings), clock, watchers)
    moving = _migrating(settings, ledger, reactor, clock, watchers, agents)
    everyone = trust if moving is None else trust.beside(moving.judges)
    judging = authorizer(settings, _judges(trust, moving))
    handler = assembled(settings, ledger, judging, watchers, ids)
    endpoint = SipEndpoint(reactor, clock, ids, handler, admits=handler.admits, tls=_tls(settings), tap=tap)
    admin = Admin(ledger, events, everyone, clock)
    ending: list[Callable[[], None]] = [everyone.stop, ledger.stop]
    closing: list[Callable[[], Awaitable[None]]] = [endpoint.close]
    stores: list[Callable[[], Awaitable[None]]] = [store.close]
    if moving is not None:
        ending.append(moving.standings.stop)
        stores.append(moving.standings.store.close)

    async def stop() -> None:
        for end in ending:
            end()
        for close in (*closing, *stores):
            await close()

    try:
        hops = await endpoint.listen(settings.listen)
        port = await web.listen(reactor, admin.app, settings.admin.host, settings.admin.port)
        closing.append(port.close)
        gateway_side = None if moving is None else await moving.listen(reactor)
    except CannotListenError as error:
        await stop()
        raise CannotStart(
            f"{unheard(error)}; choose other addresses (listen, admin), or stop what uses them"
        ) from error
    addresses: dict[str, Hop | str] = {**_named(hops), "admin": port.url}
    everyone.watch()
    ledger.start()
    if settings.reg_event.follow:
        ending.append(followed(settings, endpoint, hops[0], handler, ids).stop)
    if moving is not None and gateway_side is not None:
        closing.append(gateway_side.close)
        addresses["migration"] = gateway_side.url
        handler.migrates = moving.migrations.serve
        moving.standings.start()
    return ServerRunning(addresses, stop, ledger, judging, endpoints={"valserver": endpoint})


def _named(hops: tuple[Hop, ...]) -> dict[str, Hop]:
    return {f"sip {number}": hop for number, hop in enumerate(hops, 1)}


def _migrating(  # noqa: PLR0917 - the server's parts
    settings: ServerSettings,
    ledger: Ledger,
    reactor: Any,
    clock: IReactorTime,
    watchers: Watchers,
    agents: Agents | None,
) -> Migrating | None:
    """Put together what users need who migrate, where they do."""
    told, services = settings.migration, settings.authorizations
    if told is None:
        return None
    return migrating(told, settings.tls, services, ledger, reactor, clock, watchers.noted, watchers, agents)


def _judges(trust: Trust, moving: Migrating | None) -> Mapping[str, Judge]:
    """Give who judges tokens, and besides whether their users are served here."""
    if moving is None:
        return trust.judges
    return {name: ServedHere(judge, moving.standings) for name, judge in trust.judges.items()}


def authorizer(settings: ServerSettings, judges: Mapping[str, Judge]) -> Authorizer:
    """Put together who judges the tokens of which VAL service."""
    return Authorizer(
        Service(judges[name], name, frozenset(each.taken), Mode(each.mode))
        for name, each in settings.authorizations.items()
    )


def rules(bindings: BindingSettings) -> Rules:
    """Give the rules as they are set."""
    return Rules(bindings.outlive_token, bindings.clients_move, bindings.most_clients, bindings.most_services)


def followed(settings: ServerSettings, endpoint: Endpoint, own: Hop, handler: Handler, ids: Ids) -> Following:
    """Begin to follow the registrations of those who are bound."""
    told, ledger = settings.reg_event, handler.ledger
    terms = subscribing.Terms(str(told.contact or subscribing.own_uri(own)), told.expires)
    services = tuple(settings.authorizations)
    following = Following(endpoint, ledger, terms, ids, handler.tell, services, told.most, told.per_second)
    ledger.changed, handler.notified = following.changed, following.notified
    following.start()
    return following


def _tls(settings: ServerSettings) -> Tls | None:
    try:
        return settings.tls.element(settings.listen)
    except UnusableCertificates as error:
        raise CannotStart(str(error)) from error


def _store(bindings: BindingSettings, reactor: Any, clock: IReactorTime) -> BindingStore:
    return MemoryStore() if bindings.store == "memory" else open_store(bindings.path, reactor, clock)


def assembled(
    settings: ServerSettings, ledger: Ledger, judging: Authorizer, tell: Callable[[Event], None], ids: Ids
) -> Handler:
    """Put the SIP side together: what stands between the endpoint and the ledger."""
    register, publish = settings.registration, settings.publication
    services = settings.authorizations.values()
    tokens = token_bodies(name for service in services for name in service.taken)
    registers, publishes = (*tokens, *REGISTER_BODIES), (*tokens, *PUBLISH_BODIES)
    return Handler(
        peers=TrustedPeers(settings.trusted_peers),
        registrations=Registrations(judging, registers, register.default_expires, register.max_expires, ledger.current),
        publications=Publications(
            judging,
            ids,
            publishes,
            resources=frozenset(uri.aor() for uri in publish.resources),
            events=publish.events,
            min_expires=publish.min_expires,
            max_expires=publish.max_expires,
            default_expires=publish.default_expires,
        ),
        answers=Answers(
            host=settings.name or settings.listen[0].host,
            accept=tuple(dict.fromkeys(registers + publishes)),
            events=tuple(sorted(publish.events)),
            min_expires=publish.min_expires,
            allow=f"{ALLOW}, NOTIFY" if settings.reg_event.follow else ALLOW,
            issuers=tuple(tokens.issuer for service in services for tokens in service.issuers),
        ),
        ledger=ledger,
        clock=ledger.clock,
        tell=tell,
    )
