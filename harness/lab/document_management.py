"""The configuration and group management servers of a domain, built in or in processes of their own; who asks them."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

from attrs import frozen

import seal.cms.app
import seal.gms.app
from harness.clients.document_operator import DocumentOperator
from harness.lab.children import OwnProcess
from harness.lab.identity import Place
from harness.lab.overhearing import Overheard
from harness.lab.programs import BuiltIn, Program, Surroundings
from harness.plans.lab import ManagementPlan
from harness.seen.cast import CMS, GMS
from seal.cms.settings import CmsSettings
from seal.gms.settings import GmsSettings
from seal.management.app import ManagementRunning
from ue_sim.documents.xcap import XcapClient
from valkit.net.https import HttpsClient


class Asking:
    """Who asks a server of documents, each with what it holds; the same after each start of the server."""

    def __init__(self, around: Surroundings, place: Place) -> None:
        self._around = around
        self._place = place
        self._made: dict[str, XcapClient] = {}
        self.url = ""
        """Where the server is; known once it has started."""
        self.admin_url = ""
        self.tunnel: str | None = None
        """The HTTP proxy by way of which phones ask; None if they do so directly."""

    def of(self, name: str) -> XcapClient:
        """Give the client of a phone, by the name that it has in its domain."""
        if name not in self._made:
            around, tls = self._around, self._place.tls
            through: Any = Overheard(around.reactor, tls, around.named(name), around.wire)
            https = HttpsClient(around.reactor, tls, through=through, proxy=self.tunnel)
            self._made[name] = XcapClient(self.url, https)
        return self._made[name]

    def operator(self, kind: str) -> DocumentOperator:
        """Give the operator of the server."""
        token_file = self._around.ground.folder / f"{kind}-operator.token"
        return DocumentOperator(self._around.reactor, self.admin_url, token_file)


class DocumentServer(Program, Protocol):
    """A configuration or group management server of a domain."""

    kind: str
    asking: Asking


@frozen
class Kind:
    """What makes one in this process."""

    name: str
    start: Callable[..., Awaitable[ManagementRunning]]
    settings: Any


KINDS = {
    CMS: Kind(CMS, seal.cms.app.start, CmsSettings),
    GMS: Kind(GMS, seal.gms.app.start, GmsSettings),
}


class BuiltInDocuments(BuiltIn[ManagementRunning]):
    """A server in this process."""

    def __init__(self, kind: str, around: Surroundings, brief: dict[str, Any], place: Place) -> None:
        super().__init__(self._begin)
        self.kind = kind
        self.asking = Asking(around, place)
        self._around = around
        self.brief = brief

    async def _begin(self) -> ManagementRunning:
        around, kind = self._around, KINDS[self.kind]
        running = await kind.start(
            around.reactor,
            around.clock,
            kind.settings.model_validate(self.brief),
            around.ids,
            observe=around.observe,
            agents=lambda tls: Overheard(around.reactor, tls, around.named(self.kind), around.wire),
        )
        urls = cast(dict[str, str], running.addresses)
        self.brief = found(self.brief, self.asking, urls[self.kind], urls["admin"])
        return running


class DocumentsProcess(OwnProcess):
    """`val cms --config FILE`, or gms: it can be killed, keeps its own time, and what it notes is in its log."""

    def __init__(self, kind: str, around: Surroundings, brief: dict[str, Any], place: Place) -> None:
        super().__init__()
        self.kind = kind
        self.asking = Asking(around, place)
        self._around = around
        self.brief = brief

    async def start(self) -> None:
        """Start it from a file, as anybody would."""
        config = self._around.ground.folder / f"{self.kind}.yaml"
        urls = await self._run(self._around.reactor, self.kind, self.brief, config)
        self.brief = found(self.brief, self.asking, urls[self.kind], urls["admin"])


def found(brief: dict[str, Any], asking: Asking, url: str, admin_url: str) -> dict[str, Any]:
    """Know where it listens, and give the brief with which it listens there again."""
    asking.url, asking.admin_url = url, admin_url
    listen = brief["listen"] | {"port": int(url.rpartition(":")[2])}
    admin = brief["admin"] | {"port": int(admin_url.rpartition(":")[2])}
    return brief | {"listen": listen, "admin": admin}


def documents_for(
    kind: str, plan: ManagementPlan, around: Surroundings, brief: dict[str, Any], place: Place
) -> DocumentServer:
    """Give the server that the plan wants."""
    if plan.process:
        return DocumentsProcess(kind, around, brief, place)
    return BuiltInDocuments(kind, around, brief, place)
