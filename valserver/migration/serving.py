"""A VAL server's part in migrations: asked by clients over SIP and by other domains over HTTPS (figure 5.X.5-2).

At the partner it is steps 1 to 3, 10 and 11, at the primary 5 to 8. A decision is durable before anybody hears of it,
and one is made after the other. What the other side must hear and has not, it is told until it has.
"""

from collections.abc import Awaitable, Callable

from attrs import define, evolve, field
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from valkit.carriers import CarrierError, by_kind, the_one, tokens_in
from valkit.carriers.known import BY_NAME
from valkit.migration import MigrationRequest, NoMigration, ReturnRequest
from valkit.net.trust.errors import NotActive
from valkit.net.trust.issuers import Issuers
from valkit.sip import Request, Response
from valkit.tokens import AccessToken, TokenRejected
from valkit.trace import Note, Observer
from valserver.bodies import impu_of, require_extensions
from valserver.errors import Refusal, Refused, StoreUnavailable
from valserver.facts import Left
from valserver.ledger import Ledger
from valserver.migration.document import document_in
from valserver.migration.errors import NotServed, Objection, Unavailable, Whereabouts
from valserver.migration.messages import Act, Message, Outcome, Result
from valserver.migration.rules import Kept, Policy, State, ended, ending, judged, key_of
from valserver.migration.store import MigrationStore

SOON, LATER = 1.0, 60.0
"""Seconds after which the other side is told again, at first and at most."""
MOST = 100_000
"""Records kept; a partner that names ever new users is refused then."""

Ask = Callable[[Message], Awaitable[Outcome]]
"""Sends a message by way of the own gateway. Raises Unavailable."""


@define(eq=False)
class Migrations:
    """Who has migrated where, and what is asked and answered about it."""

    policy: Policy
    store: MigrationStore
    ask: Ask
    _issuers: Issuers
    _carriers: frozenset[str]
    _resources: frozenset[str]
    _ledger: Ledger
    _clock: IReactorTime
    _observe: Observer
    _lock: DeferredLock = field(init=False, factory=DeferredLock)
    _alarms: dict[tuple[str, str, str], IDelayedCall] = field(init=False, factory=dict)
    _stopped: bool = field(init=False, default=False)
    _log: Logger = field(init=False, factory=Logger)

    def start(self) -> None:
        """Go on with what was under way: who had asked when the server ended is told that it is over."""
        self._issuers.watch()
        for kept in self.store.all():
            if kept.state in {State.ASKED, State.ENDING}:
                self._tell_other(evolve(kept, state=State.ENDING), SOON)

    def stop(self) -> None:
        """Tell nobody anything any more."""
        self._stopped = True
        self._issuers.stop()
        for alarm in self._alarms.values():
            alarm.cancel()
        self._alarms.clear()

    def require_served(self, val_user_id: str) -> None:
        """Raise NotServed unless this VAL user is to be served here."""
        guest = self.policy.guest(val_user_id)
        if guest is not None:
            kept = self.store.get((*guest, self.policy.domain))
            if kept is None or kept.state is not State.SERVED:
                raise NotServed(Whereabouts.NOT_MIGRATED)
            return
        for domain, partner in self.policy.partners.items():
            kept = self.store.get((self.policy.domain, val_user_id, domain))
            if kept is not None and kept.state is State.MIGRATED and not partner.kept_at_home:
                raise NotServed(Whereabouts.MIGRATED_AWAY)

    # --- from the client, over SIP

    async def serve(self, request: Request) -> Response:
        """Answer a MESSAGE when its outcome is durable. Raises Refused, ParseError."""
        require_extensions(request)
        asserted = request.p_asserted_identities
        if not asserted:
            raise Refused(Refusal.NO_IDENTITY)
        impu = impu_of(asserted[0].uri)
        if self._resources and request.address.aor() not in self._resources:
            raise Refused(Refusal.UNKNOWN_RESOURCE, impu=impu)
        try:
            wanted = document_in(request)
        except NoMigration as error:
            raise Refused(Refusal.BAD_REQUEST, str(error), impu=impu) from error
        access = await self._proved(request, impu)
        if isinstance(wanted, MigrationRequest):
            await self._arrive(wanted, access, impu)
        else:
            await self._come_home(wanted, access, impu)
        return request.answer(200)

    async def _proved(self, request: Request, impu: str) -> AccessToken:
        """Give what the token in the request says (step 2). Raises Refused."""
        try:
            found = the_one(tokens_in(request, by_kind(BY_NAME[name] for name in sorted(self._carriers))))
            if found is None:
                raise Refused(Refusal.TOKEN, Objection.NO_TOKEN.value, impu=impu)
            return await self._issuers.believe(found.token, self._clock)
        except (CarrierError, TokenRejected, NotActive) as error:
            raise Refused(Refusal.TOKEN, error.cause.value, impu=impu) from error

    async def _arrive(self, wanted: MigrationRequest, access: AccessToken, impu: str) -> None:
        """Partner: let a guest be served here, if the primary says so. Raises Refused."""
        if self.policy.guest(access.val_user_id) != (wanted.home_domain, wanted.home_user):
            raise Refused(Refusal.MIGRATION, Objection.NO_GUEST.value, impu=impu, jti=access.jti)
        message = await self._begun(wanted, access, impu)
        if message is None:
            return
        try:
            outcome = await self.ask(message)
        except Unavailable as error:
            await self._set(message, State.ENDING)
            self._tell_other(Kept(message, State.ENDING), SOON)
            self._note("migration unanswered", message, cause=str(error))
            raise Refused(Refusal.NO_HOME, str(error), impu=impu, jti=access.jti) from error
        async with self._lock:
            now = self.store.get(key_of(message))
            stands = now is not None and now.message == message and now.state in {State.ASKED, State.SERVED}
            if stands:
                served = outcome.result is Result.MIGRATED
                await self._put(Kept(message, State.SERVED if served else State.ENDED))
        if not stands or outcome.result is not Result.MIGRATED:
            cause = outcome.cause or Objection.ENDED.value
            self._note("migration refused", message, cause=cause)
            raise Refused(Refusal.MIGRATION, cause, impu=impu, jti=access.jti)
        self._note("migrated user served", message)

    async def _begun(self, wanted: MigrationRequest, access: AccessToken, impu: str) -> Message | None:
        """Keep that the primary is asked, and give the message (step 2); None where that is settled already."""
        async with self._lock:
            message = self._message(wanted, access)
            kept = self.store.get(key_of(message))
            if kept is not None and kept.message.id == wanted.id:
                if kept.state is State.SERVED:
                    return None
                if kept.state is not State.ASKED:
                    raise Refused(Refusal.MIGRATION, Objection.ENDED.value, impu=impu, jti=access.jti)
                return kept.message
            if kept is not None and message.asked_at <= kept.message.asked_at:
                message = evolve(message, asked_at=kept.message.asked_at + 1)
            await self._put(Kept(message, State.ASKED))
        self._note("migration authorized", message)
        return message

    def _message(self, wanted: MigrationRequest, access: AccessToken) -> Message:
        return Message(
            act=Act.MIGRATE,
            id=wanted.id,
            asked_at=int(self._clock.seconds() * 1_000),
            home_domain=wanted.home_domain,
            home_user=wanted.home_user,
            partner_domain=self.policy.domain,
            partner_user=access.val_user_id,
            val_service_ids=access.val_service_ids,
            user_profile=wanted.user_profile,
        )

    async def _come_home(self, wanted: ReturnRequest, access: AccessToken, impu: str) -> None:
        """Primary: serve a user of ours here again, and tell the partner. Raises Refused."""
        del wanted
        if self.policy.guest(access.val_user_id) is not None:
            raise Refused(Refusal.MIGRATION, Objection.NOT_AT_HOME_HERE.value, impu=impu, jti=access.jti)
        async with self._lock:
            gone = [kept for kept in self._of(access.val_user_id) if kept.state is State.MIGRATED]
            for kept in gone:
                await self._put(evolve(kept, state=State.ENDING))
        for kept in gone:
            self._note("user returned", kept.message)
            self._tell_other(evolve(kept, state=State.ENDING), 0.0)

    def _of(self, val_user_id: str) -> list[Kept]:
        keys = ((self.policy.domain, val_user_id, domain) for domain in self.policy.partners)
        return [kept for key in keys if (kept := self.store.get(key)) is not None]

    # --- from other domains, by way of the gateway

    async def heard(self, message: Message) -> Outcome:
        """Take in what another domain says (steps 5 to 8). Raises StoreUnavailable."""
        if message.target != self.policy.domain or message.source not in self.policy.partners:
            return Outcome(Result.REFUSED, Objection.NO_AGREEMENT.value)
        async with self._lock:
            kept = self.store.get(key_of(message))
            if kept is None and sum(1 for _ in self.store.all()) >= MOST:
                raise StoreUnavailable("too many migrations are kept")
            if message.act is Act.END:
                outcome, keep = Outcome(Result.ENDED), ended(message, kept)
            else:
                others = self._of(message.home_user)
                bound = any(each.val_user_id == message.home_user for each in self._ledger.bindings())
                outcome, keep = judged(message, kept, others, self.policy, bound=bound)
                self._note("migration checked", message, cause=outcome.cause)
            if keep is not None:
                await self._put(keep)
        if keep is not None:
            await self._follow(message, keep)
        return outcome

    async def _follow(self, message: Message, keep: Kept) -> None:
        """End the service that a change ends."""
        if keep.state is State.MIGRATED:
            self._note("user migrated", message)
            if not self.policy.partners[message.partner_domain].kept_at_home:
                await self._end_service(message.home_user, "migrated")
        elif message.partner_domain == self.policy.domain:
            self._note("migration ended", message)
            await self._end_service(message.partner_user, "migration ended")
        else:
            self._note("migration ended", message)

    async def _end_service(self, val_user_id: str, cause: str) -> None:
        for record in list(self._ledger.store.records()):
            if record.val_user_id == val_user_id:
                done = self._ledger.enter(Left(record.impu, cause, record.service))
                if done is not None:
                    await done

    # --- to other domains, until they have heard

    def _tell_other(self, kept: Kept, after: float) -> None:
        """Tell the other side of an end, now or later, and again until it answers."""
        former = self._alarms.pop(kept.key, None)
        if former is not None:
            former.cancel()
        if not self._stopped:
            self._alarms[kept.key] = self._clock.callLater(after, self._ring, kept, after)

    def _ring(self, kept: Kept, after: float) -> None:
        del self._alarms[kept.key]
        telling = Deferred.fromCoroutine(self._told(kept, min(max(after * 2, SOON), LATER)))
        telling.addErrback(lambda failure: self._log.failure("Telling of a migration's end failed", failure))

    async def _told(self, kept: Kept, again: float) -> None:
        now = self.store.get(kept.key)
        if now is None or now.message != kept.message or now.state not in {State.ASKED, State.ENDING}:
            return
        try:
            await self.ask(ending(kept, self.policy))
        except Unavailable:
            self._tell_other(kept, again)
            return
        async with self._lock:
            now = self.store.get(kept.key)
            if now is not None and now.message == kept.message:
                await self._put(Kept(kept.message, State.ENDED))

    async def _set(self, message: Message, state: State) -> None:
        async with self._lock:
            now = self.store.get(key_of(message))
            if now is not None and now.message == message:
                await self._put(Kept(message, state))

    async def _put(self, kept: Kept) -> None:
        await self.store.put(kept)

    def _note(self, what: str, message: Message, **more: str) -> None:
        fields = {"home": f"{message.home_user} of {message.home_domain}", "partner": message.partner_domain, **more}
        shown = {name: value for name, value in fields.items() if value}
        self._log.info("{line}", line=" ".join((what, *(f"{name}={value!r}" for name, value in shown.items()))))
        self._observe(Note(self._clock.seconds(), "valserver", what, shown))
