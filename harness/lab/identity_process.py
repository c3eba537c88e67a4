"""The identity server of a domain in a process of its own, as anybody would start it: it can be killed.

It keeps its own time, and what it notes is in its log; what is said to it is heard as ever.
"""

from collections.abc import Mapping
from typing import Any

from twisted.internet.task import deferLater

from harness.errors import EnvironmentFault
from harness.lab.children import OwnProcess
from harness.lab.identity import BuiltInIdms, Idms, Place, clients, keys_in, users
from harness.lab.programs import Surroundings
from harness.plans.lab import DomainPlan
from seal.idms.endpoints.metadata import JWKS
from seal.idms.tokens.keys import KeyRing
from valkit.net.https import HttpsClient
from valkit.tokens import SigningKey

LOOKING = 0.05
"""Seconds between two looks at what the server publishes."""
DEADLINE = 10.0
"""Seconds within which it must have seen a new key."""


class IdmsProcess(OwnProcess):
    """`val idms --config FILE`."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self._known = False
        """Whether what it keeps survives, and has users and clients in it already."""

    @property
    def brief(self) -> Mapping[str, Any]:
        """What it is told, wherever it is started again."""
        return self.place.brief

    async def start(self) -> None:
        """Start it, and provision it where it does not know its users."""
        around = self.place.around
        config = around.ground.folder / "idms.yaml"
        self.place.found(await self._run(around.reactor, "idms", self.place.brief, config))
        if not self._known:
            await self._provision()
        self._known = self.place.plan.idms.store != "memory"

    async def rotate_keys(self) -> None:
        """Put a new key into its folder, as `val idms key rotate` does, and wait until it is published."""
        place, reactor = self.place, self.place.around.reactor
        algorithm = place.plan.issuer.algorithm
        kid = (
            KeyRing(keys_in(place.brief), (algorithm,), 0.0, reactor.seconds()).rotate(algorithm, reactor.seconds()).kid
        )
        https, end = HttpsClient(reactor, place.tls), reactor.seconds() + DEADLINE
        while kid not in (await https.get(place.issuer + JWKS)).body.decode():
            if reactor.seconds() > end:
                raise EnvironmentFault("The identity server does not see its new key")
            await deferLater(reactor, LOOKING)

    async def _provision(self) -> None:
        operator = self.place.operator()
        for user in users(self.place.plan):
            await operator.create("users", user)
        for client in clients(self.place):
            await operator.create("clients", client)
        for partner in self.place.partners:
            await operator.create("partners", partner)


def idms_for(plan: DomainPlan, around: Surroundings, key: SigningKey) -> Idms:
    """Give the identity server that the plan wants."""
    place = Place.of(around, plan, key)
    return IdmsProcess(place) if plan.idms.process else BuiltInIdms(place)
