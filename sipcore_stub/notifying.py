"""Tells application servers of registrations, and does what their failure calls for (TS 24.229 5.4.1.7, step 9).

Each server hears of one subscriber in order: what happens later waits until it has answered what came before, so that
a REGISTER sent again after a loss never overtakes the de-registration that followed it. Servers do not wait for each
other, and no UE waits for any of them.
"""

from collections.abc import Callable

from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from sipcore_stub.element import Endpoint, forward
from sipcore_stub.errors import Refused
from sipcore_stub.hss import Subscriber
from sipcore_stub.ifc import Criterion, DefaultHandling, RegistrationType, Situation, matching
from sipcore_stub.proxy import next_hop, uri_of
from sipcore_stub.third_party import Happening, build
from valkit.ids import Ids

Key = tuple[str, str]
"""IMPI and server name."""


def is_failure(status: int) -> bool:
    """Say whether an answer means that the server failed, which a 403 does not (TS 24.229 5.4.1.7)."""
    return status == 408 or status >= 500


class Notifying:
    """Third-party registration of one S-CSCF; `failed` hears of an IMPI that a server's failure is to end."""

    log = Logger()

    def __init__(
        self, endpoint: Endpoint, ids: Ids, clock: IReactorTime, after: float, failed: Callable[[str], None]
    ) -> None:
        """Wait `after` seconds before telling, so that the 200 of step 8 has left the core by step 9."""
        self._endpoint = endpoint
        self._ids = ids
        self._clock = clock
        self._after = after
        self._failed = failed
        self._locks: dict[Key, DeferredLock] = {}
        self._coming: list[IDelayedCall] = []
        """What waits for its 200 to leave."""
        self._closed = False

    def tell(self, subscriber: Subscriber, happening: Happening) -> None:
        """Tell every server whose criterion is for this."""
        situation = Situation(happening.request, registration=happening.kind, impu=happening.impu)
        self._coming = [call for call in self._coming if call.active()]
        for criterion in matching(subscriber.criteria, situation):
            call = self._clock.callLater(self._after, self._queue, subscriber.impi, criterion, happening)
            self._coming.append(call)

    def close(self) -> None:
        """Tell nobody any more."""
        self._closed = True
        for call in self._coming:
            if call.active():
                call.cancel()

    def _queue(self, impi: str, criterion: Criterion, happening: Happening) -> None:
        lock = self._locks.setdefault((impi, criterion.server_name), DeferredLock())
        done: Deferred[None] = lock.run(lambda: Deferred.fromCoroutine(self._tell(impi, criterion, happening)))
        done.addErrback(lambda failure: self.log.failure("third-party REGISTER failed", failure))
        done.addBoth(lambda _: self._forget((impi, criterion.server_name)))

    async def _tell(self, impi: str, criterion: Criterion, happening: Happening) -> None:
        """Send one third-party REGISTER; what its failure calls for is done when it is certain."""
        request = build(criterion, happening, uri_of(self._endpoint.addresses[0]), self._ids)
        try:
            status = (await forward(self._endpoint, request, next_hop(request))).status
            outcome = f"answers {status}"
        except Refused as refused:
            status, outcome = 408, str(refused)
        self.log.info("{server} {outcome}", server=criterion.server_name, outcome=outcome)
        if is_failure(status):
            self._handle_failure(impi, criterion, happening.kind)

    def _handle_failure(self, impi: str, criterion: Criterion, kind: RegistrationType) -> None:
        """End the registration if that is the default handling, but never for the failure of its own end."""
        terminated = criterion.default_handling is DefaultHandling.SESSION_TERMINATED
        if terminated and kind is not RegistrationType.GONE and not self._closed:
            self.log.info("the registration of {impi} ends: {server} failed", impi=impi, server=criterion.server_name)
            self._failed(impi)

    def _forget(self, key: Key) -> None:
        lock = self._locks[key]
        if not lock.locked and not lock.waiting:
            del self._locks[key]
