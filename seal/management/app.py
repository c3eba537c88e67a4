"""A running configuration or group management server: everything beside this module put together, once."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from attrs import define, evolve, field, frozen
from klein import Klein
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from seal.access import Asker, Guard
from seal.documents.store import Change, Store
from seal.documents.store_memory import MemoryStore
from seal.errors import CannotStart, StoreUnavailable
from seal.maintenance import every
from seal.management.openapi import description
from seal.management.operating import OperatorGuard, OperatorRules
from seal.management.settings import ManagementSettings
from seal.management.site import Door, Rules, XcapSite
from seal.management.subscribing import Subscribing, SubscriptionRequest, add_routes
from seal.notifying.sender import Notification, Notifier
from seal.notifying.subscriptions import Subscription
from seal.requesters import requesters_of
from seal.xcap.usage import LARGEST
from valkit.ids import Ids
from valkit.net import web
from valkit.net.addresses import unheard
from valkit.net.certificates import UnusableCertificates
from valkit.net.https import Agents, HttpsClient
from valkit.net.service import Running
from valkit.net.tls import Tls
from valkit.trace import Note, Observer, unobserved
from valkit.xcap import DocumentSelector

_log = Logger()

Told = tuple[Subscription, Notification]


@frozen
class ManagementRunning(Running):
    """A server that has started; `addresses`: its own name and perhaps `admin`, URLs without a path."""

    store: Store


@frozen
class Kind:
    """What makes a server of this kind: configuration or group management."""

    name: str
    """As traces have it."""
    package: str
    """Where its own description for programs stands."""
    rules: Rules
    events: frozenset[int]
    """The events that can be subscribed to."""
    fit: Callable[[SubscriptionRequest], str | None]
    """Says what is wrong with a subscription."""
    notifications: Callable[[Store, DocumentSelector, Change, float], Awaitable[list[Told]]]
    """Says who is told what of a change."""
    routes: Callable[[Klein, Door, Store], None] = lambda _app, _door, _store: None
    """Adds what it serves beside documents."""


async def start(
    reactor: Any,
    clock: IReactorTime,
    settings: ManagementSettings,
    ids: Ids,
    kind: Kind,
    *,
    observe: Observer | None = None,
    agents: Agents | None = None,
) -> ManagementRunning:
    """Start a server. CannotStart, with what to do, when a file, the database or an address does not allow it."""
    parts = _Parts(reactor, clock, settings, ids, kind, observe or unobserved, agents)
    try:
        return await parts.start()
    except CannotListenError as error:
        await parts.stop()
        advice = "choose another address (listen, admin), or stop what uses it"
        raise CannotStart(f"{unheard(error)}; {advice}") from error
    except BaseException:
        await parts.stop()
        raise


@define
class _Parts:
    """What has been put together so far, and how it is taken apart again."""

    reactor: Any
    clock: IReactorTime
    settings: ManagementSettings
    ids: Ids
    kind: Kind
    observe: Observer
    agents: Agents | None
    closing: list[Callable[[], Coroutine[Any, Any, None]]] = field(factory=list)
    """Last in, first closed."""

    async def stop(self) -> None:
        while self.closing:
            await self.closing.pop()()

    async def start(self) -> ManagementRunning:
        settings, kind = self.settings, self.kind
        store = self._store()
        tls = self._tls()
        guard = self._guard()
        https = HttpsClient(self.reactor, tls, through=None if self.agents is None else self.agents(tls))
        notifier = Notifier(https, self.clock, store)
        self.closing.append(notifier.stop)
        changes = _Changes(kind, store, notifier, self.clock, self.observe)
        site = XcapSite(store, kind.rules, guard, changes)
        subscribing = Subscribing(store, settings.callbacks, kind.events, kind.fit, self.clock, self.ids)
        add_routes(site.app, guard, subscribing)
        kind.routes(site.app, guard, store)
        site.app.route("/openapi.json", methods=["GET"])(
            lambda request: web.json_answer(request, description(kind.package))
        )
        listen = settings.listen
        served = evolve(tls, ask_clients=guard.asks_certificates)
        port = await web.listen(self.reactor, site.app, listen.host, listen.port, bound=LARGEST, tls=served)
        self.closing.append(port.close)
        addresses = {kind.name: listen.url or port.url, **await self._administered(store, changes)}
        guard.start()
        self._forget(store)
        return ManagementRunning(addresses, self.stop, store)

    async def _administered(self, store: Store, changes: "_Changes") -> Mapping[str, str]:
        """Serve the operator, if that is wished for; give the address."""
        settings = self.settings.admin
        if settings is None:
            return {}
        guard = OperatorGuard(requesters_of(settings.requesters))
        site = XcapSite(store, OperatorRules(self.kind.rules), guard, changes)
        port = await web.listen(self.reactor, site.app, settings.host, settings.port, bound=LARGEST)
        self.closing.append(port.close)
        return {"admin": port.url}

    def _store(self) -> Store:
        if self.settings.store == "memory":
            return MemoryStore()
        from seal.documents.store_sql import open_store  # noqa: PLC0415  SQLAlchemy and Alembic take a second to load

        store = open_store(self.settings.store, self.reactor)
        self.closing.append(store.close)
        return store

    def _guard(self) -> Guard:
        settings = self.settings
        guard = Guard.of(
            settings.access,
            self.reactor,
            self.clock,
            who=self.kind.name,
            scope=settings.scope,
            observe=self.observe,
            agents=self.agents,
        )

        async def stop() -> None:
            guard.stop()

        self.closing.append(stop)
        return guard

    def _tls(self) -> Tls:
        try:
            return self.settings.tls.server(*self.settings.listen.names)
        except UnusableCertificates as error:
            raise CannotStart(str(error)) from error

    def _forget(self, store: Store) -> None:
        """Forget what is over, every now and then."""

        def forget() -> Awaitable[object]:
            return store.forget_expired(self.clock.seconds())

        self.closing.append(every(self.settings.forget_every, forget, "Forgetting what has expired", self.reactor))


@frozen(eq=False)
class _Changes:
    """What follows: a note, and notifications of changes."""

    kind: Kind
    store: Store
    notifier: Notifier
    clock: IReactorTime
    observe: Observer

    def read(self, asker: Asker, selector: DocumentSelector) -> None:
        """Note it."""
        self._note("document given", asker, selector)

    async def changed(self, asker: Asker, selector: DocumentSelector, change: Change) -> None:
        """Note it, and tell who subscribed."""
        now = self.clock.seconds()
        after = change.decision.text
        became = "deleted" if after is None else "created" if change.before is None else "changed"
        self._note(f"document {became}", asker, selector)
        if after == change.before:
            return
        try:
            for subscription, notification in await self.kind.notifications(self.store, selector, change, now):
                self.notifier.tell(subscription, notification)
        except StoreUnavailable as error:  # the change is kept; who asks again with a tag finds it
            _log.error("Nobody is told of a change of {document}: {error}", document=str(selector), error=error)

    def _note(self, what: str, asker: Asker, selector: DocumentSelector) -> None:
        said = {"document": str(selector), "by": asker.name}
        self.observe(Note(self.clock.seconds(), self.kind.name, what, said))
