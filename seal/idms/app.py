"""A running identity server: everything beside this module put together, once, on two addresses (clause 5.X.2.2)."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, cast

from attrs import define, field, frozen
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IReactorTime
from twisted.web.http import Request
from twisted.web.resource import Resource

from seal.errors import CannotStart, Conflict, Unfit
from seal.idms.browser.authorization_site import AuthorizationEndpoint, AuthorizationSite
from seal.idms.browser.login import LogIns
from seal.idms.endpoints import metadata
from seal.idms.endpoints.introspection import Introspection
from seal.idms.endpoints.revocation import Revocation
from seal.idms.endpoints.token import TokenEndpoint
from seal.idms.endpoints.token_site import Services, TokenSite
from seal.idms.endpoints.userinfo import UserInfo
from seal.idms.grants.desk import Desk
from seal.idms.proving.clients import ClientAuthentication
from seal.idms.proving.hashing import PasswordChecks
from seal.idms.proving.methods import Method, offered
from seal.idms.provisioning.admin import Admin
from seal.idms.provisioning.provisioning import Provisioner, read_provisions
from seal.idms.settings import IdmsSettings
from seal.idms.stores.store import Store
from seal.idms.stores.store_memory import MemoryStore
from seal.idms.tokens.issuing import Issuer
from seal.idms.tokens.keys import KeyRing
from seal.idms.tokens.own_tokens import OwnTokens
from seal.listening import ListenSettings
from seal.maintenance import every
from seal.requesters import requesters_of
from valkit.ids import Ids
from valkit.net import web
from valkit.net.addresses import unheard
from valkit.net.certificates import UnusableCertificates
from valkit.net.service import Running
from valkit.net.tls import Tls
from valkit.settings import SettingsError
from valkit.trace import Note, Observer, unobserved


@frozen
class IdmsRunning(Running):
    """An identity server that has started; `addresses`: `authorization`, `token` and `admin`, URLs without a path."""

    issuer: str
    store: Store
    keys: KeyRing | None
    """The signing keys; a lab rotates them. None where another process serves the token endpoint."""
    authorities: bytes
    """Whom its clients must trust, in PEM."""


async def start(
    reactor: Any,
    clock: IReactorTime,
    settings: IdmsSettings,
    ids: Ids,
    observe: Observer | None = None,
    *,
    store: Store | None = None,
) -> IdmsRunning:
    """Start a server. CannotStart, with what to do, when a file, the database or an address does not allow it.

    A store that is handed in is the caller's to close.
    """
    parts = _Parts(reactor, clock, settings, ids, observe or unobserved)
    try:
        return await parts.start(store)
    except CannotListenError as error:
        await parts.stop()
        advice = "choose other addresses (authorization, token), or stop what uses them"
        raise CannotStart(f"{unheard(error)}; {advice}") from error
    except BaseException:
        await parts.stop()
        raise


@define
class _Parts:
    """What has been put together so far, and how it is taken apart again."""

    reactor: Any
    clock: IReactorTime
    settings: IdmsSettings
    ids: Ids
    observe: Observer
    closing: list[Callable[[], Coroutine[Any, Any, None]]] = field(factory=list)
    """Last in, first closed."""

    async def stop(self) -> None:
        while self.closing:
            await self.closing.pop()()

    async def start(self, given: Store | None) -> IdmsRunning:
        settings = self.settings
        store = given or self._store()
        keys = self._keys()
        checks = PasswordChecks(self.reactor, settings.login.hashing_threads, settings.login.waiting)
        self._on_stop(checks.stop)
        methods = offered(checks.check, store)
        provisioner = Provisioner(store, checks.hash)
        await self._provision(provisioner)
        doors, addresses = await self._doors()
        addresses |= await self._administered(provisioner)
        issuer = settings.issuer or addresses["token"]
        if settings.authorization is not None:
            tokens, log_ins = OwnTokens(issuer, keys, store), LogIns(store, settings.login, self._tell)
            endpoint = AuthorizationEndpoint(settings, issuer, store, methods, log_ins, tokens, self.ids, self._tell)
            doors["authorization"].open(AuthorizationSite(endpoint, self.clock).app.resource())
        if settings.token is not None:
            authorization = addresses.get("authorization") or str(settings.authorization_url)
            document = metadata.discovery(settings, issuer, authorization, addresses["token"], methods)
            services = self._services(store, keys, issuer, addresses["token"], methods)
            doors["token"].open(TokenSite(services, document, self.clock).app.resource())
        self._maintain(store, keys)
        signing = None if settings.token is None else keys
        return IdmsRunning(addresses, self.stop, issuer, store, signing, self._tls().authorities)

    def _services(
        self, store: Store, keys: KeyRing, issuer: str, token_url: str, methods: tuple[Method, ...]
    ) -> Services:
        audiences = tuple(dict.fromkeys((issuer, token_url + metadata.TOKEN)))
        authentication = ClientAuthentication(store, audiences, self.settings.public_clients)
        tokens = OwnTokens(issuer, keys, store)
        minter = Issuer(issuer, keys, self.settings.tokens, self.ids)
        desk = Desk(store, minter, methods, self._tell, tokens, audiences)
        return Services(
            token=TokenEndpoint(authentication, desk),
            userinfo=UserInfo(tokens, store, self.settings.tokens),
            revocation=Revocation(authentication, tokens, store, self._tell),
            introspection=Introspection(authentication, tokens, store),
            keys=keys,
        )

    async def _doors(self) -> tuple[Mapping[str, "_Door"], dict[str, str]]:
        """Listen on the addresses there are; who is behind them comes when their URLs are known."""
        doors, addresses = {}, {}
        for name, site in (("authorization", self.settings.authorization), ("token", self.settings.token)):
            if site is not None:
                doors[name] = _Door()
                port = await web.listen(self.reactor, cast(Any, doors[name]), site.host, site.port, tls=self._tls(site))
                self.closing.append(port.close)
                addresses[name] = site.url or port.url
        return doors, addresses

    async def _provision(self, provisioner: Provisioner) -> None:
        """Keep what the file of clients and users has and the store has not."""
        path = self.settings.provisioning
        if path is not None:
            try:
                await provisioner.apply(read_provisions(path), change=False)
            except (SettingsError, Conflict, Unfit) as error:
                raise CannotStart(f"{path} cannot be provisioned: {error}") from error

    async def _administered(self, provisioner: Provisioner) -> dict[str, str]:
        """Serve the admin API, if that is wished for; give its address."""
        settings = self.settings.admin
        if settings is None:
            return {}
        admin = Admin(provisioner, requesters_of(settings.requesters))
        port = await web.listen(self.reactor, admin.app, settings.host, settings.port)
        self.closing.append(port.close)
        return {"admin": port.url}

    def _tls(self, site: ListenSettings | None = None) -> Tls:
        tls = self.settings.tls
        try:
            return tls.client() if site is None else tls.server(*site.names)
        except UnusableCertificates as error:
            raise CannotStart(str(error)) from error

    def _keys(self) -> KeyRing:
        """Give the keys; who serves no tokens only reads them, and makes none."""
        tokens = self.settings.tokens
        algorithms = () if self.settings.token is None else (tokens.access_algorithm, tokens.id_algorithm)
        return KeyRing(tokens.keys, algorithms, tokens.overlap, self.clock.seconds())

    def _store(self) -> Store:
        store = _opened(self.settings.store, self.reactor)
        self.closing.append(cast(Any, store.close))
        return store

    def _maintain(self, store: Store, keys: KeyRing) -> None:
        """Look at the keys and forget what is over, every now and then."""

        async def look() -> None:
            keys.look()
            if self.settings.token is not None:
                keys.forget(self.clock.seconds())

        def forget() -> Awaitable[int]:
            return store.forget_expired(self.clock.seconds())

        settings = self.settings
        self.closing.append(every(settings.forget_every, forget, "Forgetting what has expired", self.reactor))
        self.closing.append(every(settings.tokens.check_keys_every, look, "Looking at the signing keys", self.reactor))

    def _on_stop(self, stop: Callable[[], None]) -> None:
        async def stopping() -> None:
            stop()

        self.closing.append(stopping)

    def _tell(self, what: str, fields: Mapping[str, str]) -> None:
        self.observe(Note(self.clock.seconds(), "idms", what, fields))


class _Door(Resource):
    """Who is behind it is only known after it listens: the port is part of the name that goes into tokens."""

    isLeaf = True  # noqa: N815  as Twisted named it

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Twisted's own is untyped
        self._behind: Any = None

    def open(self, behind: Any) -> None:
        """Let requests in to this resource."""
        self._behind = behind

    def resource(self) -> "_Door":
        """Give the resource, as a klein application does."""
        return self

    def render(self, request: Request) -> Any:
        """Answer a request."""
        return self._behind.render(request)


def _opened(url: str, reactor: Any) -> Store:
    if url == "memory":
        return MemoryStore()
    from seal.idms.stores.store_sql import open_store  # noqa: PLC0415  SQLAlchemy and Alembic take a second to load

    return open_store(url, reactor)
