"""Carries out what the rules decide: facts go into the store, time ends what nobody refreshed, watchers are told.

Watchers hear of a change only when it is durable, in the order in which the changes were decided.
"""

from collections.abc import Callable, Iterator
from math import inf

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.python.failure import Failure

from valserver.bindings import Rules, unknown
from valserver.departures import Departures
from valserver.errors import Refused, StoreUnavailable
from valserver.expiry import Expiry
from valserver.facts import Decision, Deregistered, Event, Fact, Registered
from valserver.records import Binding, Record
from valserver.store import BindingStore

AT_ONCE = 500
"""Ended records dealt with in one go, so that requests come through when very many end together."""
RETRY = 1.0
"""Seconds after which an end is tried again that the store could not write."""


@define
class Ledger:
    """The one way into the store."""

    store: BindingStore
    rules: Rules
    clock: IReactorTime
    tell: Callable[[Event], None]
    """Hears every durable change."""
    _departures: Departures = field(factory=Departures, init=False)
    _expiry: Expiry = field(factory=Expiry, init=False)
    _alarm: IDelayedCall | None = field(default=None, init=False)
    _alarm_at: float = field(default=inf, init=False)

    def start(self) -> None:
        """Begin to end what the store remembers from before."""
        for record in self.store.records():
            self._expiry.note(record.impu, self.rules.ends(record))
        self._set_alarm()

    def stop(self) -> None:
        """End nothing any more."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm, self._alarm_at = None, inf

    def enter(self, fact: Fact) -> Deferred[None] | None:
        """Carry out a fact: None means it is done, else the Deferred fires when it is durable.

        Raises Refused by the rules; the Deferred fails with StoreUnavailable.
        """
        now = self.clock.seconds()
        if isinstance(fact, Registered):
            self._departures.require_order(fact, now)
        done = self._carry_out(self.rules.decide(self.store, fact, now))
        if isinstance(fact, Deregistered):
            self._departures.note(fact, now)
        return done

    def current(self, impu: str) -> Record:
        """Give what is known of this IMPU now."""
        record = self.store.get(impu) or unknown(impu)
        changes = self.rules.lapse(record, self.clock.seconds()).changes
        return changes[0].record or unknown(impu) if changes else record

    def bindings(self) -> Iterator[Binding]:
        """Give every binding there is now."""
        for record in list(self.store.records()):
            binding = Binding.of(self.current(record.impu))
            if binding is not None:
                yield binding

    def _carry_out(self, decision: Decision) -> Deferred[None] | None:
        done = self.store.apply(decision.changes)
        for impu, record in decision.changes:
            if record is not None:
                self._expiry.note(impu, self.rules.ends(record))
        self._set_alarm()
        if done is None:
            self._tell(None, decision.events)
        elif decision.events:
            done.addCallback(self._tell, decision.events)
        return done

    def _tell(self, _done: None, events: tuple[Event, ...]) -> None:
        for event in events:
            self.tell(event)

    def _set_alarm(self) -> None:
        """Ring when the next record may end; most calls find the alarm set early enough."""
        at = self._expiry.next()
        if at is None or at >= self._alarm_at:
            return
        self.stop()
        self._alarm_at = at
        self._alarm = self.clock.callLater(max(0.0, at - self.clock.seconds()), self._ring)

    def _ring(self) -> None:
        self._alarm, self._alarm_at = None, inf
        now = self.clock.seconds()
        for impu in self._expiry.due(now, AT_ONCE):
            record = self.store.get(impu)
            if record is not None:
                self._end(record, now)
        self._set_alarm()

    def _end(self, record: Record, now: float) -> None:
        """End what is over in this record; one that was refreshed meanwhile gets a later entry."""
        decision = self.rules.lapse(record, now)
        if not decision.changes:
            self._expiry.note(record.impu, self.rules.ends(record))
            return
        try:
            done = self._carry_out(decision)
        except Refused:  # too much waits for the store: its time comes again
            self._expiry.note(record.impu, now + RETRY)
            return
        if done is not None:
            done.addErrback(self._not_ended, record.impu)

    def _not_ended(self, failure: Failure, impu: str) -> None:
        failure.trap(StoreUnavailable)
        self._expiry.note(impu, self.clock.seconds() + RETRY)
        self._set_alarm()
