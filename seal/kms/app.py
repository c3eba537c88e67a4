"""A running key management server: everything beside this module put together, once."""

import os
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, cast

from attrs import define, evolve, field, frozen
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IReactorTime

from seal.access import Guard
from seal.errors import CannotStart, StoreUnavailable
from seal.kms import kept
from seal.kms.admin import Admin
from seal.kms.authority import Authority
from seal.kms.desk import Desk, Window
from seal.kms.external import Externals, certificates
from seal.kms.keymaker import KeyMaker
from seal.kms.ledger import Ledger
from seal.kms.provisioned import ProvisionedKeys
from seal.kms.settings import KmsSettings
from seal.kms.site import KmsSite
from seal.kms.vault import Vault
from seal.requesters import requesters_of
from seal.threads import Threads
from valkit.ids import DerivedIds, Ids
from valkit.keymanagement.certificate import Certificate
from valkit.net import web
from valkit.net.addresses import unheard
from valkit.net.certificates import UnusableCertificates
from valkit.net.https import Agents
from valkit.net.service import Running
from valkit.net.tls import Tls
from valkit.trace import Observer, unobserved

Closing = Callable[[], Coroutine[Any, Any, None]]


@frozen
class KmsRunning(Running):
    """A key management server that has started; `addresses`: `kms` and perhaps `admin`, URLs without a path."""

    certificate: Certificate
    keys: KeyMaker
    ledger: Ledger
    """What it keeps."""


async def start(
    reactor: Any,
    clock: IReactorTime,
    settings: KmsSettings,
    ids: Ids,
    *,
    observe: Observer | None = None,
    agents: Agents | None = None,
    environment: Mapping[str, str] | None = None,
) -> KmsRunning:
    """Start a server. CannotStart, with what to do, when a file or an address does not allow it."""
    parts = _Parts(reactor, clock, settings, ids, observe or unobserved, agents)
    try:
        return await parts.start(os.environ if environment is None else environment)
    except CannotListenError as error:
        await parts.stop()
        raise CannotStart(f"{unheard(error)}; choose another address (listen), or stop what uses it") from error
    except StoreUnavailable as error:
        await parts.stop()
        raise CannotStart(str(error)) from error
    except BaseException:
        await parts.stop()
        raise


@define
class _Parts:
    """What has been put together so far, and how it is taken apart again."""

    reactor: Any
    clock: IReactorTime
    settings: KmsSettings
    ids: Ids
    observe: Observer
    agents: Agents | None
    closing: list[Closing] = field(factory=list)
    """Last in, first closed."""

    async def stop(self) -> None:
        while self.closing:
            await self.closing.pop()()

    async def start(self, environment: Mapping[str, str]) -> KmsRunning:
        settings = self.settings
        guard = self._guard()
        others = Externals(settings.kms_uri, certificates(settings.external))
        vault = Vault.open(settings.vault, environment, DerivedIds(self.ids.nonce(32), b"vault"))
        self._on_stop(vault.close)
        authority = self._authority(vault)
        ledger = Ledger(
            kept.state(vault),
            ProvisionedKeys(vault, settings.provisioned_most),
            vault,
            self._threads(1, "val-kms-disk"),
        )
        await ledger.change(others.numbered)
        keys = KeyMaker(authority, self._threads(settings.threads, "val-kms-keys"), settings.remembered)
        window = Window(settings.periods.ahead, settings.periods.behind)
        services = frozenset(settings.services)
        desk = Desk(keys, ledger, window, others, services, settings.request_leeway, self.observe)
        site = KmsSite(desk, guard, self.clock, settings.kms_id)
        listen = settings.listen
        tls = evolve(self._tls(), ask_clients=guard.asks_certificates)
        port = await web.listen(self.reactor, cast(Any, site).app, listen.host, listen.port, tls=tls)
        self.closing.append(port.close)
        addresses = {"kms": listen.url or port.url, **await self._administered(ledger, others, authority.certificate)}
        guard.start()
        return KmsRunning(addresses, self.stop, authority.certificate, keys, ledger)

    async def _administered(self, ledger: Ledger, others: Externals, own: Certificate) -> Mapping[str, str]:
        """Serve the operator, if that is wished for; give the address."""
        settings = self.settings.admin
        if settings is None:
            return {}
        admin = Admin(ledger, others, own, requesters_of(settings.requesters), self.clock, self.observe)
        port = await web.listen(self.reactor, admin.app, settings.host, settings.port)
        self.closing.append(port.close)
        return {"admin": port.url}

    def _guard(self) -> Guard:
        guard = Guard.of(
            self.settings.access,
            self.reactor,
            self.clock,
            who="kms",
            scope=self.settings.scope,
            observe=self.observe,
            agents=self.agents,
        )
        self._on_stop(guard.stop)
        return guard

    def _authority(self, vault: Vault) -> Authority:
        settings, now = self.settings, self.clock.seconds()
        return Authority.of(
            kept.master_secrets(vault, self.ids, now),
            settings.kms_uri,
            settings.periods.periods(),
            settings.certificate.validity,
            issuer=settings.certificate.issuer,
            domains=settings.certificate.domains,
        )

    def _threads(self, number: int, name: str) -> Threads:
        threads = Threads(self.reactor, number, self.settings.waiting, name)
        self._on_stop(threads.stop)
        return threads

    def _tls(self) -> Tls:
        try:
            return self.settings.tls.server(*self.settings.listen.names)
        except UnusableCertificates as error:
            raise CannotStart(str(error)) from error

    def _on_stop(self, stop: Callable[[], None]) -> None:
        async def stopping() -> None:
            stop()

        self.closing.append(stopping)
