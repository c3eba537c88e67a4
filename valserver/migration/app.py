"""Migration at a VAL server put together, once: its site for the gateway, its client, its store, its issuers."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen
from twisted.internet.interfaces import IReactorTime

from valkit.net import web
from valkit.net.certificates import TlsSettings, UnusableCertificates
from valkit.net.https import HttpsClient
from valkit.net.tls import Tls
from valkit.net.trust.issuers import Issuers, trusted
from valkit.net.web import HttpError, WebPort
from valkit.sip import SipUri
from valkit.trace import Observer
from valserver.errors import CannotStart
from valserver.issuers import policy
from valserver.ledger import Ledger
from valserver.migration.asking import NextHop
from valserver.migration.messages import LARGEST, Message, Outcome
from valserver.migration.serving import Migrations
from valserver.migration.settings import MigrationSettings
from valserver.migration.site import MigrationSite
from valserver.migration.store import open_migrations
from valserver.profiles import PROFILES
from valserver.service_settings import AuthorizationSettings


@frozen(eq=False)
class Migrating:
    """What is there of it while the server runs."""

    migrations: Migrations
    tls: Tls
    settings: MigrationSettings

    async def listen(self, reactor: Any) -> WebPort:
        """Listen for the gateway. CannotListenError."""
        told = self.settings
        app = MigrationSite(self._from_gateway).app
        tls = evolve(self.tls, verify_clients=True)
        return await web.listen(reactor, app, told.host, told.port, bound=LARGEST, tls=tls)

    async def _from_gateway(self, message: Message, names: frozenset[str]) -> Outcome:
        if not names & self.settings.gateway_names:
            raise HttpError(403, "only the gateway of this domain is heard here")
        return await self.migrations.heard(message)


def migrating(  # noqa: PLR0917 - what the server has already
    told: MigrationSettings,
    shown: TlsSettings,
    services: Mapping[str, AuthorizationSettings],
    ledger: Ledger,
    reactor: Any,
    clock: IReactorTime,
    observe: Observer,
    through: Any = None,
) -> Migrating:
    """Put it together. CannotStart, UnusableTrust when a file is not as it must be.

    `through` gives the agent to ask the gateway with, as a lab has it.
    """
    try:
        tls = shown.server(told.host)
    except UnusableCertificates as error:
        raise CannotStart(str(error)) from error
    agent = None if through is None else through(tls)
    client = HttpsClient(reactor, tls, timeout=told.answer_within, largest=LARGEST, through=agent)
    issuers = Issuers(
        trusted(
            tokens, evolve(policy(tokens, PROFILES[each.profile], each.val_service), scope=told.scope), reactor, clock
        )
        for each in services.values()
        for tokens in each.issuers
    )
    migrations = Migrations(
        told.policy(),
        open_migrations(told.path, reactor),
        NextHop(client, told.gateway.rstrip("/")),
        issuers,
        frozenset(name for each in services.values() for name in each.taken),
        frozenset(uri.aor() for uri in told.resources if isinstance(uri, SipUri)),
        ledger,
        clock,
        observe,
    )
    return Migrating(migrations, tls, told)
