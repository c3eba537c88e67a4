"""Follows the registrations of those who are bound: carries out what `subscriptions` decides (RFC 3680).

One subscription for each IMPU that a third-party REGISTER has brought in and that is bound, in whichever VAL service.
There are so many at most, and SUBSCRIBEs leave one by one, so many in a second: neither a restart nor the return of an
S-CSCF is a storm. Nothing is kept over a restart: every binding in the store is subscribed for anew, and a notifier
that goes on with a former subscription is told that it is unknown.
"""

from collections import deque
from collections.abc import Callable, Iterable
from math import inf
from typing import Protocol

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from valkit.ids import Ids
from valkit.sip import Hop, NoAnswer, ParseError, Request, Response, SipUri
from valserver.errors import Refused, StoreUnavailable
from valserver.facts import Change, Event, Terminated
from valserver.following import notifications, subscribing, subscriptions
from valserver.following.subscribing import Terms
from valserver.following.subscriptions import Phase, Step, Watch
from valserver.ledger import Ledger
from valserver.records import Record, Registration, key_of

RETRY = 10.0
"""Seconds after which all is asked for again that the store could not take in."""


class Endpoint(Protocol):
    """The part of valkit.net.sip.SipEndpoint that is used here."""

    async def request(self, request: Request, to: Hop) -> Response:
        """Send a request and give its final response; raises NoAnswer."""


@define(eq=False)
class Following:
    """All subscriptions of one server."""

    log = Logger()

    endpoint: Endpoint
    ledger: Ledger
    terms: Terms
    ids: Ids
    tell: Callable[[Event], None]
    services: tuple[str, ...] = ("",)
    """The VAL services by name."""
    most: int = 10_000
    """Subscriptions at most."""
    per_second: float = 50.0
    """SUBSCRIBEs that leave in a second at most."""
    _watches: dict[str, Watch] = field(factory=dict, init=False)
    """By Call-ID."""
    _of_impu: dict[str, str] = field(factory=dict, init=False)
    """The Call-ID of the subscription that follows an IMPU."""
    _timers: dict[str, IDelayedCall] = field(factory=dict, init=False)
    _due: deque[str] = field(factory=deque, init=False)
    """Call-IDs of those whose time has come, the next one first."""
    _pause: IDelayedCall | None = field(default=None, init=False)
    _full: bool = field(default=False, init=False)
    _stopped: bool = field(default=False, init=False)

    @property
    def clock(self) -> IReactorTime:
        """Whose time it is."""
        return self.ledger.clock

    def __len__(self) -> int:
        return len(self._watches)

    def start(self) -> None:
        """Follow what the store remembers from before, spread over the time that it takes."""
        now = self.clock.seconds()
        impus = dict.fromkeys(record.impu for record in self.ledger.store.records())
        for number, impu in enumerate(impus):
            registration = self._registration(impu)
            if registration is not None:
                self._begin(impu, registration, heard_at=-inf, due=now + number / self.per_second)

    def stop(self) -> None:
        """Send nothing any more."""
        self._stopped = True
        for call in (*self._timers.values(), *(() if self._pause is None else (self._pause,))):
            call.cancel()
        self._timers.clear()
        self._due.clear()
        self._pause = None

    def changed(self, changes: Iterable[Change]) -> None:
        """Hear which records have changed: begin, go on, or end."""
        for impu in dict.fromkeys(key.partition("\t")[0] for key, _ in changes):
            self._look(impu)

    def notified(self, notify: Request) -> Response | None:
        """Answer the NOTIFY of a trusted peer."""
        watch = self._watches.get(notify.call_id)
        if watch is None:
            return notify.answer(481)
        try:
            step = notifications.notified(watch, notify, self.ids, self.clock.seconds())
        except ParseError as error:
            return notify.refused(error)
        self._carry_out(watch, step)
        return step.answer

    def _look(self, impu: str) -> None:
        now, registration = self.clock.seconds(), self._registration(impu)
        watch = self._watches.get(self._of_impu.get(impu, ""))
        if registration is not None and watch is None:
            self._begin(impu, registration, heard_at=now, due=now)
        elif watch is not None and registration is None:
            self._leave(watch)
        elif watch is not None and registration is not None:
            if registration.registrar == watch.registration.registrar:
                self._put(watch, subscriptions.heard(watch, registration, now, self.ids))
            else:
                self._leave(watch)
                self._begin(impu, registration, heard_at=now, due=now)

    def _registration(self, impu: str) -> Registration | None:
        """Give the latest registration of an IMPU that is bound."""
        records = (self.ledger.store.get(key_of(impu, service)) for service in self.services)
        known = [each for record in records if record is not None and (each := _bound_by(record)) is not None]
        return max(known, key=lambda registration: registration.ends, default=None)

    def _begin(self, impu: str, registration: Registration, heard_at: float, due: float) -> None:
        if len(self._watches) >= self.most:
            if not self._full:
                self.tell(Event("unfollowed", impu, f"{self.most} subscriptions are all", via=subscriptions.SUBSCRIBE))
            self._full = True
            return
        self._full = False
        self._put(None, subscriptions.begun(impu, registration, heard_at, self.ids, due))

    def _leave(self, watch: Watch) -> None:
        del self._of_impu[watch.impu]
        self._put(watch, subscriptions.leaving(watch, self.clock.seconds()))

    def _put(self, before: Watch | None, after: Watch | None) -> None:
        """Keep what there is of a subscription from now on, and wake it when it is due."""
        if before is not None and (after is None or after.call_id != before.call_id):
            self._watches.pop(before.call_id, None)
            self._wake(before.call_id, inf)
            if self._of_impu.get(before.impu) == before.call_id:
                del self._of_impu[before.impu]
        if after is None:
            return
        self._watches[after.call_id] = after
        if after.phase is not Phase.LEAVING:
            self._of_impu[after.impu] = after.call_id
        if before is None or before.call_id != after.call_id or before.due != after.due:
            self._wake(after.call_id, after.due)

    def _wake(self, call_id: str, due: float) -> None:
        timer = self._timers.pop(call_id, None)
        if timer is not None:
            timer.cancel()
        if self._stopped or due == inf:
            return
        wait = due - self.clock.seconds()
        if wait > 0:
            self._timers[call_id] = self.clock.callLater(wait, self._ripe, call_id)
        else:
            self._line_up(call_id)

    def _ripe(self, call_id: str) -> None:
        del self._timers[call_id]
        self._line_up(call_id)

    def _line_up(self, call_id: str) -> None:
        self._due.append(call_id)
        if self._pause is None:
            self._pause = self.clock.callLater(0, self._next)

    def _next(self) -> None:
        """Let the next one act whose time has come; whatever it sends, the others wait a moment."""
        self._pause = None
        while self._due and self._pause is None:
            watch = self._watches.get(self._due.popleft())
            now = self.clock.seconds()
            if watch is None or watch.due > now:
                continue
            step = subscribing.act(watch, self.terms, self.ids, now)
            if step.send is not None:
                self._pause = self.clock.callLater(1 / self.per_second, self._next)
            self._carry_out(watch, step)

    def _carry_out(self, watch: Watch, step: Step) -> None:
        self._put(watch, step.watch)
        for event in step.events:
            self.tell(event)
        if step.send is not None and step.watch is not None:
            done: Deferred[None] = Deferred.fromCoroutine(self._ask(step.watch.call_id, step.send))
            done.addErrback(lambda failure: self.log.failure("a SUBSCRIBE failed", failure))
        if step.ended:
            self._unbind(watch.impu, step.ended)

    async def _ask(self, call_id: str, request: Request) -> None:
        response: Response | None
        try:
            response = await self.endpoint.request(request, _next_hop(request))
        except NoAnswer:
            response = None
        watch = self._watches.get(call_id)
        if watch is not None and not self._stopped:
            self._carry_out(watch, subscribing.answered(watch, request, response, self.ids, self.clock.seconds()))

    def _unbind(self, impu: str, cause: str) -> None:
        known = (service for service in self.services if self.ledger.store.get(key_of(impu, service)) is not None)
        facts = [Terminated(impu, cause, service) for service in known]
        try:
            done = self.ledger.enter(*facts) if facts else None
        except Refused:
            self._not_unbound(impu)
            return
        if done is not None:
            done.addErrback(self._not_stored, impu)

    def _not_stored(self, failure: Failure, impu: str) -> None:
        failure.trap(StoreUnavailable)
        self._not_unbound(impu)

    def _not_unbound(self, impu: str) -> None:
        """Ask again before long, so that the end is told once more."""
        watch = self._watches.get(self._of_impu.get(impu, ""))
        if watch is not None:
            self._put(watch, subscriptions.asking_again(watch, self.clock.seconds() + RETRY))


def _bound_by(record: Record) -> Registration | None:
    """Give the registration of an IMPU that is bound."""
    return None if record.val_user_id is None else record.registration


def _next_hop(request: Request) -> Hop:
    """Give where the first Route leads, or else the notifier's own address."""
    target = request.routes[0].address if request.routes else request.address
    if not isinstance(target, SipUri):
        raise NoAnswer("transport", f"a {target.scheme} URI leads nowhere")
    return target.hop()
