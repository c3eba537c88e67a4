"""A running gateway: everything beside this module put together, once, on two addresses."""

from typing import Any

from attrs import evolve
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IReactorTime

from valkit.ids import Ids
from valkit.net import web
from valkit.net.addresses import unheard
from valkit.net.certificates import UnusableCertificates
from valkit.net.https import Agents, HttpsClient
from valkit.net.service import Running
from valkit.net.tls import Tls
from valkit.net.web import WebPort
from valkit.trace import Observer, unobserved
from valserver.errors import CannotStart
from valserver.gateway.relay import Peer, Relay
from valserver.gateway.settings import GatewaySettings, PeerSettings
from valserver.migration.asking import NextHop
from valserver.migration.messages import LARGEST
from valserver.migration.site import MigrationSite


async def start(
    reactor: Any,
    clock: IReactorTime,
    settings: GatewaySettings,
    ids: Ids,
    *,
    observe: Observer | None = None,
    agents: Agents | None = None,
) -> Running:
    """Start a gateway; `addresses` has `inner` and `outer`. CannotStart, with what to do, when that cannot be."""
    del ids  # it makes no identifiers
    inner, outer = settings.inner, settings.outer
    try:
        tls = evolve(settings.tls.server(inner.host, outer.host), verify_clients=True)
    except UnusableCertificates as error:
        raise CannotStart(str(error)) from error

    def peer(told: PeerSettings) -> Peer:
        return Peer(told.names, NextHop(_client(reactor, tls, settings, agents), told.url.rstrip("/")))

    relay = Relay(
        settings.domain,
        peer(settings.server),
        {each.domain: peer(each) for each in settings.partners},
        settings.within,
        settings.tries,
        settings.at_once,
        clock,
        observe or unobserved,
    )
    ports: list[WebPort] = []

    async def stop() -> None:
        for port in ports:
            await port.close()

    try:
        for side, heard in ((inner, relay.outward), (outer, relay.inward)):
            app = MigrationSite(heard).app
            ports.append(await web.listen(reactor, app, side.host, side.port, bound=LARGEST, tls=tls))
    except CannotListenError as error:
        await stop()
        raise CannotStart(f"{unheard(error)}; choose other addresses (inner, outer), or stop what uses them") from error
    return Running({"inner": ports[0].url, "outer": ports[1].url}, stop)


def _client(reactor: Any, tls: Tls, settings: GatewaySettings, agents: Agents | None) -> HttpsClient:
    through = None if agents is None else agents(tls)
    return HttpsClient(reactor, tls, timeout=settings.once, largest=LARGEST, through=through)
