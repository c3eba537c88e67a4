"""A running group management server."""

from typing import Any

from twisted.internet.interfaces import IReactorTime

from seal.errors import CannotStart
from seal.gms.keys import GroupKeys, NoGroupKeys
from seal.gms.keys_kms import KmsGroupKeys
from seal.gms.notifications import EVENTS, fit, notifications
from seal.gms.routes import Routes
from seal.gms.rules import GmsRules
from seal.gms.settings import GmsSettings
from seal.management import app
from seal.management.app import Kind, ManagementRunning
from valkit.ids import Ids
from valkit.net.certificates import UnusableCertificates
from valkit.net.https import Agents, HttpsClient
from valkit.trace import Observer


async def start(
    reactor: Any,
    clock: IReactorTime,
    settings: GmsSettings,
    ids: Ids,
    *,
    observe: Observer | None = None,
    agents: Agents | None = None,
) -> ManagementRunning:
    """Start a server; `addresses`: `gms` and perhaps `admin`. CannotStart, with what to do."""
    creators = frozenset(settings.creators)
    keys = _keys(reactor, settings, agents)
    rules = GmsRules(settings.services, lambda user: settings.anybody_creates or user in creators, keys)
    routes = Routes(keys)
    kind = Kind("gms", "seal.gms", rules, EVENTS, fit, notifications, routes.add)
    return await app.start(reactor, clock, settings, ids, kind, observe=observe, agents=agents)


def _keys(reactor: Any, settings: GmsSettings, agents: Agents | None) -> GroupKeys:
    if settings.kms is None:
        return NoGroupKeys()
    try:
        tls = settings.tls.client()
    except UnusableCertificates as error:
        raise CannotStart(str(error)) from error
    https = HttpsClient(reactor, tls, through=None if agents is None else agents(tls))
    return KmsGroupKeys(https, settings.kms.url.rstrip("/"), settings.kms.token_file)
