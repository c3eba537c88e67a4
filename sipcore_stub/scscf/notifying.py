"""Tells application servers of registrations, and does what their failure calls for (TS 24.229 5.4.1.7, step 9).

Each server hears of one subscriber in order: what happens later waits until it has answered what came before, so that
a REGISTER sent again after a loss never overtakes the de-registration that followed it. Servers do not wait for each
other, and no UE waits for any of them.
"""

from collections.abc import Callable, Iterable

from attrs import evolve, frozen
from twisted.internet.defer import Deferred, DeferredLock, gatherResults
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from sipcore_stub.element import Endpoint, forward
from sipcore_stub.errors import Refused
from sipcore_stub.hss.hss import Key, Subscriber
from sipcore_stub.hss.ifc import Criterion, DefaultHandling, RegistrationType, Situation, matching
from sipcore_stub.proxy import next_hop, uri_of
from sipcore_stub.scscf.third_party import STANDARD, Call, CallId, Happening, Identities, Shape, build
from valkit.ids import Ids

Line = tuple[Key, str, str]
"""A registration, a server's name, and the IMPU that the server is told of."""


TOLD = "{server}, told of {impu} for {seconds} s, {outcome}"
TOLD_OF_END = "{server}, told that {impu} is no longer registered, {outcome}"
"""What the log says of a third-party REGISTER, as its Expires is."""
SILENT = 1.0
"""Seconds without an answer after which the log says so: a while later than T1, and long before it is given up."""


def is_failure(status: int) -> bool:
    """Say whether an answer means that the server failed, which a 403 does not (TS 24.229 5.4.1.7)."""
    return status == 408 or status >= 500


@frozen
class Manner:
    """How this S-CSCF tells."""

    after: float = 0.005
    """Seconds before telling, so that the 200 of step 8 has left the core by step 9."""
    shape: Shape = STANDARD
    """How what is told looks."""
    times: int = 1
    """How often a server is told of one thing; 0 and 2 are wrong, and to be borne by servers."""
    before: bool = False
    """Whether servers are told, and have answered, before the UE has its 200, which is wrong."""


class Notifying:
    """Third-party registration of one S-CSCF; `failed` hears of a registration that a server's failure is to end."""

    log = Logger()

    def __init__(
        self, endpoint: Endpoint, ids: Ids, clock: IReactorTime, manner: Manner, failed: Callable[[Key], None]
    ) -> None:
        self._endpoint = endpoint
        self._ids = ids
        self._clock = clock
        self._manner = manner
        self._failed = failed
        self._calls: dict[Line, Call] = {}
        """The last call of registrations that keep one."""
        self._locks: dict[Line, DeferredLock] = {}
        self._coming: list[IDelayedCall] = []
        """What waits for its 200 to leave, and what is said where no answer comes."""
        self._under_way: set[Deferred[None]] = set()
        """What servers have not answered yet."""
        self._closed = False

    def tell(self, subscriber: Subscriber, happening: Happening) -> None:
        """Tell every server whose criterion is for this."""
        self._coming = [call for call in self._coming if call.active()]
        for each in self._spoken_of(subscriber, happening):
            situation = Situation(each.request, registration=each.kind, impu=each.impu)
            for criterion in matching(subscriber.criteria, situation):
                for _ in range(self._manner.times):
                    self._plan(subscriber.key, criterion, each)

    async def settled(self) -> None:
        """Wait until every server has answered."""
        while self._under_way:
            await gatherResults(list(self._under_way))

    def _plan(self, key: Key, criterion: Criterion, happening: Happening) -> None:
        if self._manner.before:
            self._queue(key, criterion, happening)
        else:
            self._coming.append(self._clock.callLater(self._manner.after, self._queue, key, criterion, happening))

    def _spoken_of(self, subscriber: Subscriber, happening: Happening) -> Iterable[Happening]:
        if self._manner.shape.identities is Identities.EACH:
            return [evolve(happening, impu=impu) for impu in subscriber.associated]
        return [happening]

    def close(self) -> None:
        """Tell nobody any more."""
        self._closed = True
        for call in self._coming:
            if call.active():
                call.cancel()

    def _queue(self, key: Key, criterion: Criterion, happening: Happening) -> None:
        line = (key, criterion.server_name, happening.impu)
        lock = self._locks.setdefault(line, DeferredLock())
        done: Deferred[None] = lock.run(lambda: Deferred.fromCoroutine(self._tell(key, criterion, happening)))
        done.addErrback(lambda failure: self.log.failure("third-party REGISTER failed", failure))
        done.addBoth(lambda _: self._forget(line))
        finished: Deferred[None] = Deferred()
        self._under_way.add(finished)

        def end(_: object) -> None:
            self._under_way.discard(finished)
            finished.callback(None)

        done.addBoth(end)

    async def _tell(self, key: Key, criterion: Criterion, happening: Happening) -> None:
        """Send one third-party REGISTER; what its failure calls for is done when it is certain."""
        call = self._call((key, criterion.server_name, happening.impu), happening)
        request = build(criterion, happening, uri_of(self._endpoint.addresses[0]), call, self._manner.shape)
        silent = self._clock.callLater(SILENT, self._tell_of_silence, criterion.server_name)
        self._coming.append(silent)
        try:
            status = (await forward(self._endpoint, request, next_hop(request))).status
            outcome = f"answers {status}"
        except Refused as refused:
            status, outcome = 408, str(refused)
        finally:
            if silent.active():
                silent.cancel()
        self.log.info(
            TOLD if happening.expires else TOLD_OF_END,
            server=criterion.server_name,
            impu=happening.impu,
            seconds=happening.expires,
            outcome=outcome,
        )
        if is_failure(status):
            self._handle_failure(key, criterion, happening.kind)

    def _tell_of_silence(self, server: str) -> None:
        self.log.info("{server} does not answer yet, sending again", server=server)

    def _call(self, line: Line, happening: Happening) -> Call:
        """Give the call of the next REGISTER, which goes on where one is kept."""
        if self._manner.shape.call_id is CallId.NEW:
            return Call.fresh(self._ids)
        last = self._calls.pop(line, None)
        call = Call.fresh(self._ids) if last is None else evolve(last, cseq=last.cseq + 1)
        if happening.kind is not RegistrationType.GONE:
            self._calls[line] = call
        return call

    def _handle_failure(self, key: Key, criterion: Criterion, kind: RegistrationType) -> None:
        """End the registration if that is the default handling, but never for the failure of its own end."""
        terminated = criterion.default_handling is DefaultHandling.SESSION_TERMINATED
        if terminated and kind is not RegistrationType.GONE and not self._closed:
            self.log.info(
                "the registration of {impi} ends: {server} failed", impi=key.impi, server=criterion.server_name
            )
            self._failed(key)

    def _forget(self, line: Line) -> None:
        lock = self._locks[line]
        if not lock.locked and not lock.waiting:
            del self._locks[line]
