"""Carries out what the rules decide: facts go into the store, time ends what nobody refreshed, watchers are told.

Watchers hear of a change only when it is durable, in the order in which the changes were decided.
"""

from collections.abc import Callable, Iterator
from contextvars import copy_context
from math import inf

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.python.failure import Failure

from valserver.bindings import Rules, unknown
from valserver.departures import Departures
from valserver.errors import Refused, StoreUnavailable
from valserver.expiry import Expiry
from valserver.facts import Change, Decision, Deregistered, Event, Fact, Registered
from valserver.records import Binding, Record, key_of
from valserver.stores.store import BindingStore

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
    changed: Callable[[tuple[Change, ...]], None] | None = None
    """Hears which records have changed, when that is durable; for whoever follows registrations."""
    _departures: Departures = field(factory=Departures, init=False)
    _expiry: Expiry = field(factory=Expiry, init=False)
    _alarm: IDelayedCall | None = field(default=None, init=False)
    _alarm_at: float = field(default=inf, init=False)

    def start(self) -> None:
        """Begin to end what the store remembers from before."""
        for record in self.store.records():
            self._expiry.note(record.key, self.rules.ends(record))
        self._set_alarm()

    def stop(self) -> None:
        """End nothing any more."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm, self._alarm_at = None, inf

    def enter(self, *facts: Fact) -> Deferred[None] | None:
        """Carry out one request's facts, all or none: None means done, else the Deferred fires when they are durable.

        There is one fact at most in each VAL service, so none rests on another. Raises Refused by the rules; the
        Deferred fails with StoreUnavailable.
        """
        now = self.clock.seconds()
        for fact in facts:
            if isinstance(fact, Registered):
                self._departures.require_order(fact, now)
        decisions = [self.rules.decide(self.store, fact, now) for fact in facts]
        done = self._carry_out(decisions[0] if len(decisions) == 1 else _together(decisions))
        for fact in facts:
            if isinstance(fact, Deregistered):
                self._departures.note(fact, now)
        return done

    def current(self, impu: str, service: str = "") -> Record:
        """Give what is known now of this IMPU in this VAL service."""
        record = self.store.get(key_of(impu, service)) or unknown(impu, service)
        changes = self.rules.lapse(record, self.clock.seconds()).changes
        return changes[0].record or unknown(impu, service) if changes else record

    def bindings(self) -> Iterator[Binding]:
        """Give every binding there is now."""
        for record in list(self.store.records()):
            binding = Binding.of(self.current(record.impu, record.service))
            if binding is not None:
                yield binding

    def bound_to(self, val_user_id: str) -> list[Record]:
        """Give what binds this VAL user now; every record is looked at for it."""
        now = [self.current(record.impu, record.service) for record in self.store.bound_to(val_user_id)]
        return [record for record in now if record.val_user_id == val_user_id]

    def _carry_out(self, decision: Decision) -> Deferred[None] | None:
        done = self.store.apply(decision.changes)
        for key, record in decision.changes:
            if record is not None:
                self._expiry.note(key, self.rules.ends(record))
        self._set_alarm()
        if done is None:
            self._tell(decision)
        elif decision.events or self.changed is not None:
            here = copy_context()  # so that what is told is still of the request that did it
            done.addCallback(lambda _: here.run(self._tell, decision))
        return done

    def _tell(self, decision: Decision) -> None:
        for event in decision.events:
            self.tell(event)
        if self.changed is not None:
            self.changed(decision.changes)

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
        for key in self._expiry.due(now, AT_ONCE):
            record = self.store.get(key)
            if record is not None:
                self._end(record, now)
        self._set_alarm()

    def _end(self, record: Record, now: float) -> None:
        """End what is over in this record; one that was refreshed meanwhile gets a later entry."""
        decision = self.rules.lapse(record, now)
        if not decision.changes:
            self._expiry.note(record.key, self.rules.ends(record))
            return
        try:
            done = self._carry_out(decision)
        except Refused:  # too much waits for the store: its time comes again
            self._expiry.note(record.key, now + RETRY)
            return
        if done is not None:
            done.addErrback(self._not_ended, record.key)

    def _not_ended(self, failure: Failure, key: str) -> None:
        failure.trap(StoreUnavailable)
        self._expiry.note(key, self.clock.seconds() + RETRY)
        self._set_alarm()


def _together(decisions: list[Decision]) -> Decision:
    changes = [change for decision in decisions for change in decision.changes]
    return Decision(tuple(changes), tuple(event for decision in decisions for event in decision.events))
