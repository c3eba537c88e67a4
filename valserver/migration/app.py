"""Migration at a VAL server put together, once: its site for the gateway, its client, its store, its issuers."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve, frozen
from twisted.internet.interfaces import IReactorTime

from valkit.net import web
from valkit.net.certificates import TlsSettings, UnusableCertificates
from valkit.net.https import Agents, HttpsClient
from valkit.net.tls import Tls
from valkit.net.trust.issuers import Issuers
from valkit.net.web import HttpError, WebPort
from valkit.sip import SipUri
from valkit.trace import Observer
from valserver.errors import CannotStart
from valserver.facts import Event
from valserver.issuers import issuers
from valserver.ledger import Ledger
from valserver.migration.asking import NextHop
from valserver.migration.messages import LARGEST, Message, Outcome
from valserver.migration.serving import Migrations
from valserver.migration.settings import MigrationSettings
from valserver.migration.site import MigrationSite
from valserver.migration.standing import Standings
from valserver.migration.store import open_migrations
from valserver.requests.authorization import Authorizer, Mode, Service
from valserver.service_settings import AuthorizationSettings


@frozen(eq=False)
class Migrating:
    """What is there of it while the server runs."""

    standings: Standings
    migrations: Migrations
    judges: Mapping[str, Issuers]
    """Whose tokens are believed about migration, by VAL service."""
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
        return await self.standings.heard(message)


def migrating(  # noqa: PLR0917 - what the server has already
    told: MigrationSettings,
    shown: TlsSettings,
    services: Mapping[str, AuthorizationSettings],
    ledger: Ledger,
    reactor: Any,
    clock: IReactorTime,
    observe: Observer,
    tell: Callable[[Event], None],
    agents: Agents | None = None,
) -> Migrating:
    """Put it together. CannotStart when a file is not as it must be.

    `agents` give what the gateway and issuers are asked with, as a lab has it.
    """
    try:
        tls = shown.server(told.host)
    except UnusableCertificates as error:
        raise CannotStart(str(error)) from error
    agent = None if agents is None else agents(tls)
    client = HttpsClient(reactor, tls, timeout=told.answer_within, largest=LARGEST, through=agent)
    judges = {name: issuers(each, reactor, clock, agents, told.scope) for name, each in services.items()}
    judging = Authorizer(
        Service(judges[name], name, frozenset(each.taken), Mode.OFF if each.mode == "off" else Mode.ENFORCE)
        for name, each in services.items()
    )
    standings = Standings(
        told.policy(),
        open_migrations(told.path, reactor),
        NextHop(client, told.gateway.rstrip("/")),
        ledger,
        clock,
        observe,
    )
    resources = frozenset(uri.aor() for uri in told.resources if isinstance(uri, SipUri))
    migrations = Migrations(standings, judging, resources, clock, tell)
    return Migrating(standings, migrations, judges, tls, told)
