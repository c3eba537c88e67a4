"""The key management server of a domain, built in or in a process of its own, and the clients that ask it."""

from collections.abc import Mapping
from typing import Any, Protocol

import seal.kms.app
from harness.clients.operator import Operator
from harness.lab.children import OwnProcess
from harness.lab.identity import Place
from harness.lab.overhearing import Overheard
from harness.lab.programs import BuiltIn, Program, Surroundings
from harness.lab.tampering import Tampering
from harness.plans.lab import KmsPlan
from harness.seen.cast import KMS, VALSERVER
from seal.kms.app import KmsRunning
from seal.kms.settings import KmsSettings
from ue_sim.keys.client import KeyClient
from valkit.net.https import HttpsClient


class Clients:
    """Who asks a key management server, each with what it holds; the same after each start of the server."""

    def __init__(self, around: Surroundings, brief: dict[str, Any], place: Place) -> None:
        self._around = around
        self._place = place
        self._kms_uri: str = brief["kms_uri"]
        self._made: dict[str, tuple[KeyClient, Tampering]] = {}
        self.url = ""
        """Where the server is; known once it has started."""
        self.admin = ""
        """Where its admin API is; known once it has started."""
        self.tunnel: str | None = None
        """The HTTP proxy by way of which phones ask; None if they do so directly."""

    def of(self, name: str) -> KeyClient:
        """Give the client of a phone or server, by the name that it has in its domain."""
        return self._of(name)[0]

    def tampering(self, name: str) -> Tampering:
        """Give what may be done to the answers that it gets."""
        return self._of(name)[1]

    def _of(self, name: str) -> tuple[KeyClient, Tampering]:
        if name not in self._made:
            around, tls = self._around, self._place.tls
            through: Any = Overheard(around.reactor, tls, around.named(name), around.wire)
            proxy = None if name == VALSERVER else self.tunnel
            tampering = Tampering(HttpsClient(around.reactor, tls, through=through, proxy=proxy))
            https: Any = tampering
            now = around.clock.seconds
            client = KeyClient(self.url, self._kms_uri, https, now, around.observer(name), f"{name}-phone")
            self._made[name] = client, tampering
        return self._made[name]


class Kms(Program, Protocol):
    """The key management server of a domain."""

    clients: Clients

    def operator(self) -> Operator:
        """Give the operator, who disables VAL services and revokes identities while it runs."""


class BuiltInKms(BuiltIn[KmsRunning]):
    """The key management server in this process."""

    def __init__(self, around: Surroundings, brief: dict[str, Any], place: Place) -> None:
        super().__init__(self._begin)
        self.clients = Clients(around, brief, place)
        self._around = around
        self.brief = brief

    def operator(self) -> Operator:
        """Give the operator."""
        return operator_of(self._around, self.clients)

    async def _begin(self) -> KmsRunning:
        around = self._around
        running = await seal.kms.app.start(
            around.reactor,
            around.clock,
            KmsSettings.model_validate(self.brief),
            around.ids,
            observe=around.observe,
            agents=lambda tls: Overheard(around.reactor, tls, around.named(KMS), around.wire),
        )
        self.brief = found(self.brief, self.clients, running.addresses)
        return running


class KmsProcess(OwnProcess):
    """`val kms --config FILE`: it can be killed, keeps its own time, and what it notes is in its log."""

    def __init__(self, around: Surroundings, brief: dict[str, Any], place: Place) -> None:
        super().__init__()
        self.clients = Clients(around, brief, place)
        self._around = around
        self.brief = brief

    async def start(self) -> None:
        """Start it from a file, as anybody would."""
        config = self._around.ground.folder / "kms.yaml"
        urls = await self._run(self._around.reactor, "kms", self.brief, config)
        self.brief = found(self.brief, self.clients, urls)

    def operator(self) -> Operator:
        """Give the operator."""
        return operator_of(self._around, self.clients)


def found(brief: dict[str, Any], clients: Clients, addresses: Mapping[str, object]) -> dict[str, Any]:
    """Know where it listens, and give the brief with which it listens there again."""
    clients.url, clients.admin = str(addresses["kms"]), str(addresses["admin"])
    listen, admin = (int(url.rpartition(":")[2]) for url in (clients.url, clients.admin))
    return brief | {"listen": brief["listen"] | {"port": listen}, "admin": brief["admin"] | {"port": admin}}


def operator_of(around: Surroundings, clients: Clients) -> Operator:
    """Give the operator of the server that these clients ask."""
    token = around.ground.kms_operator_token
    return Operator(around.reactor, clients.admin, token, "the key management server")


def kms_for(plan: KmsPlan, around: Surroundings, brief: dict[str, Any], place: Place) -> Kms:
    """Give the key management server that the plan wants."""
    return (KmsProcess if plan.process else BuiltInKms)(around, brief, place)
