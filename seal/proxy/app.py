"""A running HTTP proxy: everything beside this module put together, once."""

from typing import Any

from attrs import evolve
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IProtocolNegotiationFactory, IReactorTime
from twisted.internet.protocol import Factory
from zope.interface import implementer

from seal.errors import CannotStart
from seal.proxy.callers import NetworkFunction
from seal.proxy.deciding import Rules
from seal.proxy.inbound import Inbound
from seal.proxy.pool import Pool
from seal.proxy.routes import Route, Routes
from seal.proxy.settings import PartnerRoute, ProxySettings, ServerRoute
from seal.proxy.site import Site
from seal.proxy.tapping import Tap
from valkit.ids import Ids
from valkit.net import files
from valkit.net.addresses import unheard
from valkit.net.certificates import UnusableCertificates
from valkit.net.peers import TrustedPeers
from valkit.net.service import Running
from valkit.net.tls import Tls
from valkit.net.web import open_port
from valkit.trace import Observer, unobserved


async def start(
    reactor: Any,
    clock: IReactorTime,
    settings: ProxySettings,
    ids: Ids,
    *,
    observe: Observer | None = None,
    tap: Tap | None = None,
) -> Running:
    """Start a proxy; `addresses` has `proxy`. CannotStart, with what to do, when a file or an address forbids it."""
    del ids  # it makes no identifiers
    tls = _tls(settings)
    limits = settings.limits
    partners = {_route(each): _trusting(tls, each) for each in settings.partners}
    pool = Pool(reactor, lambda route: partners.get(route, tls), limits)
    site = Site(rules(settings), limits, pool, reactor, clock, observe or unobserved, tap)
    try:
        port = await open_port(
            reactor,
            Connections(site),
            settings.host,
            settings.port,
            tls=tls,
            most=limits.connections,
            per_host=limits.per_host,
        )
    except CannotListenError as error:
        raise CannotStart(f"{unheard(error)}; choose another address (host, port), or stop what uses it") from error

    async def stop() -> None:
        await port.close()
        pool.close()

    return Running({"proxy": port.url}, stop)


@implementer(IProtocolNegotiationFactory)
class Connections(Factory):
    """Gives each client's connection its protocol."""

    noisy = False

    def __init__(self, site: Site) -> None:
        self._site = site

    def acceptableProtocols(self) -> list[bytes]:
        """Say what is spoken, to a client that offers several (ALPN, RFC 7301)."""
        return [b"http/1.1"]

    def buildProtocol(self, addr: Any) -> Inbound:
        """Give it."""
        del addr
        return Inbound(self._site)


def rules(settings: ProxySettings) -> Rules:
    """Give the rules as they are set."""
    return Rules(
        name=settings.name,
        routes=Routes([_route(each) for each in (*settings.servers, *settings.partners)]),
        functions=tuple(
            NetworkFunction(each.identities, each.names, TrustedPeers(each.peers) if each.peers else None)
            for each in settings.network_functions
        ),
        largest=settings.limits.body,
        largest_head=settings.limits.header,
    )


def _route(told: ServerRoute) -> Route:
    partner = isinstance(told, PartnerRoute)
    return Route(
        name=told.domain if isinstance(told, PartnerRoute) else told.hosts[0],
        hosts=told.hosts,
        to=told.to,
        paths=told.paths,
        methods=frozenset(told.methods),
        partner=partner,
        asserts=told.asserts if isinstance(told, PartnerRoute) else True,
    )


def _tls(settings: ProxySettings) -> Tls:
    """Give what the proxy shows to both sides."""
    try:
        tls = settings.tls.server(settings.host, settings.name)
    except UnusableCertificates as error:
        raise CannotStart(str(error)) from error
    wanted = settings.client_certificates
    return evolve(tls, verify_clients=wanted == "required", ask_clients=wanted == "asked")


def _trusting(tls: Tls, partner: PartnerRoute) -> Tls:
    if partner.authorities is None:
        return tls
    try:
        return evolve(tls, authorities=files.content(partner.authorities)).checked()
    except (OSError, ValueError) as error:
        told = f"{partner.authorities} names no authorities ({error}): partners.authorities must be a PEM file"
        raise CannotStart(told) from error
