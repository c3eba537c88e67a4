"""How migrations stand, on both sides, and that what follows from it is done (figure 5.X.5-2, steps 3 and 5 to 8).

A decision is durable before anybody hears of it, and one is made after the other. What a record's state demands
(`rules`) is done whenever the record is touched, at the start, and again until it has succeeded (`_carry_out`). So
nothing rests on who was at work when something failed.
"""

from collections.abc import Awaitable, Callable, Hashable, Iterable
from functools import partial
from typing import Final, cast

from attrs import define, evolve, field, frozen
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from valkit.trace import Note, Observer
from valserver.errors import Refusal, Refused, StoreUnavailable
from valserver.facts import Left
from valserver.ledger import Ledger
from valserver.migration.errors import NotServed, Objection, Unavailable
from valserver.migration.messages import Act, Message, Outcome, Result
from valserver.migration.policy import Policy
from valserver.migration.rules import (
    Kept,
    Key,
    State,
    answered,
    begun,
    ended,
    ending,
    judged,
    key_of,
    whereabouts,
)
from valserver.migration.store import MigrationStore
from valserver.records import Record

SOON, LATER = 1.0, 60.0
"""Seconds after which something is tried again, at first and at most."""
MOST = 100_000
"""Records kept of our users and one partner; one that names ever new users is refused then, and others are not."""
KEPT_FOR = 86_400.0
"""Seconds for which it is kept that an attempt is over: far longer than any message is under way."""
BINDINGS: Final = "bindings"
OVER: Final = "records that are over"

Ask = Callable[[Message], Awaitable[Outcome]]
"""Sends a message by way of the own gateway. Raises Unavailable."""


@frozen
class Verdict:
    """What a client is told of its attempt."""

    refusal: Refusal | None = None
    """None: the user is served here."""
    cause: str = ""


@define(eq=False)
class Standings:
    """Who has migrated where."""

    policy: Policy
    store: MigrationStore
    ask: Ask
    _ledger: Ledger
    _clock: IReactorTime
    _observe: Observer
    _lock: DeferredLock = field(init=False, factory=DeferredLock)
    _asking: dict[Message, list[Deferred[Verdict]]] = field(init=False, factory=dict)
    """Attempts that the primary is being asked about, and who waits to hear."""
    _alarms: dict[Hashable, IDelayedCall] = field(init=False, factory=dict)
    _stopped: bool = field(init=False, default=False)
    _log: Logger = field(init=False, factory=Logger)

    def start(self) -> None:
        """Go on with what was under way when the server ended, and hold what is bound against what is kept."""
        for kept in self.store.all():
            if kept.state in {State.ASKED, State.ENDING}:
                self._pursue(kept.key, SOON)
        self._later(BINDINGS, lambda: self._end_service(self._ledger.store.records()), 0.0)
        self._later(OVER, self._forget, 0.0)

    def stop(self) -> None:
        """Tell nobody anything any more."""
        self._stopped = True
        for alarm in self._alarms.values():
            alarm.cancel()
        self._alarms.clear()

    def require_served(self, val_user_id: str) -> None:
        """Raise NotServed unless this VAL user is to be served here."""
        elsewhere = whereabouts(val_user_id, self.policy, self.store.get)
        if elsewhere is not None:
            raise NotServed(elsewhere)

    # --- what our own clients ask for

    async def arrive(self, message: Message) -> Verdict:
        """Partner: serve a guest here if the primary says so; the same attempt again waits for the same answer.

        Raises StoreUnavailable.
        """
        waiting: Deferred[Verdict] = Deferred()
        begins: Kept | None = None
        async with self._lock:
            kept = self.store.get(key_of(message))
            if kept is None or kept.message.id != message.id:
                begins = begun(message, kept)
                await self._put(begins)
                self._asking[begins.message] = [waiting]
            elif kept.state is State.SERVED:
                return Verdict()
            elif self._is_asked(kept):
                self._asking[kept.message].append(waiting)
            else:
                return Verdict(Refusal.MIGRATION, Objection.ENDED.value)
        if begins is not None:
            Deferred.fromCoroutine(self._decided(begins.message)).addBoth(self._over, begins.message)
        return await waiting

    def _is_asked(self, kept: Kept) -> bool:
        """Whether the primary is being asked; what was asked before a restart, or could not be kept, is over."""
        return kept.state is State.ASKED and kept.message in self._asking

    async def _decided(self, message: Message) -> Verdict:
        """Ask the primary, and keep what it says (steps 3 and 10)."""
        self._note("migration authorized", message)
        outcome, why = None, ""
        try:
            outcome = await self.ask(message)
        except Unavailable as error:
            why = str(error)
        async with self._lock:
            keep = answered(message, self.store.get(key_of(message)), outcome)
            if keep is not None:
                await self._put(keep)
        if keep is not None and keep.state is State.SERVED:
            self._note("migrated user served", message)
            return Verdict()
        self._pursue(key_of(message), SOON if outcome is None else 0.0)
        if outcome is None:
            self._note("migration unanswered", message, cause=why)
            return Verdict(Refusal.NO_HOME, why)
        cause = outcome.cause or Objection.ENDED.value
        self._note("migration refused", message, cause=cause)
        return Verdict(Refusal.MIGRATION, cause)

    def _over(self, result: Verdict | Failure, message: Message) -> None:
        if isinstance(result, Failure):
            self._pursue(key_of(message), SOON)
        for each in self._asking.pop(message):
            each.callback(cast(Verdict, result))  # a Failure given to a callback is the Deferred's failure

    async def come_home(self, home_user: str) -> None:
        """Primary: serve a user of ours here again, and tell the partner. Raises StoreUnavailable."""
        async with self._lock:
            for kept in self._of(home_user):
                if kept.state is State.MIGRATED:
                    await self._put(evolve(kept, state=State.ENDING))
                    self._note("user returned", kept.message)
                    self._pursue(kept.key, 0.0)

    def _of(self, home_user: str) -> list[Kept]:
        keys = ((self.policy.domain, home_user, domain) for domain in self.policy.partners)
        return [kept for key in keys if (kept := self.store.get(key)) is not None]

    # --- what other domains say

    async def heard(self, message: Message) -> Outcome:
        """Answer what has come by way of the gateway (steps 5 to 8), when what follows from it is done.

        Raises StoreUnavailable; then it is done as soon as it can be, or when the message comes again.
        """
        if message.target != self.policy.domain or message.source not in self.policy.partners:
            return Outcome(Result.REFUSED, Objection.NO_AGREEMENT.value)
        async with self._lock:
            kept = self.store.get(key_of(message))
            if message.act is Act.MIGRATE:
                outcome, keep = self._judged(message, kept)
                self._note("migration checked", message, cause=outcome.cause)
            else:
                outcome, keep = ended(message, kept, self.policy)
                if outcome.result is Result.REFUSED:
                    self._note("migration refused", message, cause=outcome.cause)
            if keep is not None:
                self._require_room(message, kept)
                await self._put(keep)
        if keep is not None and keep.state is State.MIGRATED:
            self._note("user migrated", message)
        elif keep is not None and (message.act is Act.END or kept is not None):
            self._note("migration ended", message)
        await self._settled(self.store.get(key_of(message)))
        return outcome

    def _judged(self, message: Message, kept: Kept | None) -> tuple[Outcome, Kept | None]:
        others = self._of(message.home_user)
        return judged(message, kept, others, self.policy, lambda: bool(self._ledger.bound_to(message.home_user)))

    def _require_room(self, message: Message, kept: Kept | None) -> None:
        if kept is None and self.store.count(message.home_domain, message.partner_domain) >= MOST:
            raise StoreUnavailable(f"{MOST} migrations of users to {message.partner_domain} are kept already")

    # --- what follows

    async def _carry_out(self, key: Key) -> None:
        """Do what this record's state demands. Raises Unavailable, StoreUnavailable when it is to be done again."""
        kept = self.store.get(key)
        if kept is not None and kept.state is State.ASKED and not self._is_asked(kept):
            kept = await self._become(kept, State.ENDING)
        if kept is None or kept.state in {State.ASKED, State.SERVED}:
            return
        await self._end_service(self._bound(kept))
        if kept.state is State.ENDING:
            if {kept.message.home_domain, kept.message.partner_domain} & self.policy.partners.keys():
                await self.ask(ending(kept, self.policy))
            await self._become(kept, State.ENDED)

    async def _settled(self, kept: Kept | None) -> None:
        """End what must not be bound as this record stands, now or soon. Raises StoreUnavailable if not now."""
        if kept is None or kept.state is State.ASKED:
            return
        try:
            await self._end_service(self._bound(kept))
        except StoreUnavailable:
            self._pursue(kept.key, SOON)
            raise

    def _bound(self, kept: Kept) -> list[Record]:
        """Give what binds this record's user and must not."""
        at_home = kept.message.home_domain == self.policy.domain
        user = kept.message.home_user if at_home else kept.message.partner_user
        return self._ledger.bound_to(user) if self._must_go(user) else []

    async def _end_service(self, records: Iterable[Record]) -> None:
        """End those of these bindings whose users are not to be served here."""
        for each in list(records):
            user = self._ledger.current(each.impu, each.service).val_user_id  # as it is now, after the others' ends
            if user is None or not self._must_go(user):
                continue
            cause = "migrated" if self.policy.guest(user) is None else "migration ended"
            try:
                done = self._ledger.enter(Left(each.impu, cause, each.service))
            except Refused as refused:  # too much waits for the store
                raise StoreUnavailable(refused.cause) from refused
            if done is not None:
                await done

    def _must_go(self, val_user_id: str) -> bool:
        """Whether nothing may be bound to a user; while the primary is asked anew about a guest, it is not known."""
        guest = self.policy.guest(val_user_id)
        kept = None if guest is None else self.store.get((*guest, self.policy.domain))
        if kept is not None and self._is_asked(kept):
            return False
        return whereabouts(val_user_id, self.policy, self.store.get) is not None

    async def _become(self, kept: Kept, state: State) -> Kept | None:
        """Keep that a record stands otherwise, unless it does already; None then."""
        async with self._lock:
            if self.store.get(kept.key) != kept:
                return None
            after = evolve(kept, state=state)
            await self._put(after)
            return after

    async def _put(self, kept: Kept) -> None:
        await self.store.put(evolve(kept, since=self._clock.seconds()))
        if kept.state is State.ENDED and OVER not in self._alarms:
            self._later(OVER, self._forget, KEPT_FOR)

    async def _forget(self) -> None:
        """Keep no longer what has been over for long."""
        now = self._clock.seconds()
        rest = [kept for kept in self.store.all() if kept.state is State.ENDED]
        for kept in [kept for kept in rest if kept.since + KEPT_FOR <= now]:
            async with self._lock:
                if self.store.get(kept.key) is kept:
                    await self.store.remove(kept.key)
        first = min((kept.since for kept in rest if kept.since + KEPT_FOR > now), default=None)
        if first is not None:
            self._later(OVER, self._forget, max(first + KEPT_FOR - now, SOON))

    # --- until it has succeeded

    def _pursue(self, key: Key, after: float) -> None:
        self._later(key, partial(self._carry_out, key), after)

    def _later(self, name: Hashable, act: Callable[[], Awaitable[None]], after: float) -> None:
        """Do something later, and again until it succeeds; under each name there is one thing to do."""
        former = self._alarms.pop(name, None)
        if former is not None:
            former.cancel()
        if not self._stopped:
            self._alarms[name] = self._clock.callLater(after, self._ring, name, act, after)

    def _ring(self, name: Hashable, act: Callable[[], Awaitable[None]], after: float) -> None:
        del self._alarms[name]
        trying = Deferred.fromCoroutine(self._tried(name, act, min(max(after * 2, SOON), LATER)))
        trying.addErrback(lambda failure: self._log.failure("What a migration demands has failed", failure))

    async def _tried(self, name: Hashable, act: Callable[[], Awaitable[None]], again: float) -> None:
        try:
            await act()
        except Unavailable:
            self._later(name, act, again)
        except StoreUnavailable as error:
            self._log.error(
                "What a migration demands cannot be kept: {error}; again in {again} s", error=error, again=again
            )
            self._later(name, act, again)

    def _note(self, what: str, message: Message, **more: str) -> None:
        fields = {"home": f"{message.home_user} of {message.home_domain}", "partner": message.partner_domain, **more}
        shown = {name: value for name, value in fields.items() if value}
        self._observe(Note(self._clock.seconds(), "valserver", what, shown))
