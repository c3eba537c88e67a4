"""A running configuration management server."""

from typing import Any

from twisted.internet.interfaces import IReactorTime

from seal.cms.notifications import EVENTS, fit, notifications
from seal.cms.rules import CmsRules
from seal.cms.settings import CmsSettings
from seal.management import app
from seal.management.app import Kind, ManagementRunning
from valkit.ids import Ids
from valkit.net.https import Agents
from valkit.trace import Observer


async def start(
    reactor: Any,
    clock: IReactorTime,
    settings: CmsSettings,
    ids: Ids,
    *,
    observe: Observer | None = None,
    agents: Agents | None = None,
) -> ManagementRunning:
    """Start a server; `addresses`: `cms` and perhaps `admin`. CannotStart, with what to do."""
    rules = CmsRules(settings.services, settings.users_write_profiles, settings.users_write_configurations)
    kind = Kind("cms", "seal.cms", rules, EVENTS, fit, notifications)
    return await app.start(reactor, clock, settings, ids, kind, observe=observe, agents=agents)
