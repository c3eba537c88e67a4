"""The notifier of the reg event package: takes subscriptions, and tells watchers what became of a registration.

TS 24.229 5.4.2.1, RFC 3680, RFC 6665 4.2. Each watcher is told in order, and at most once within an interval: what
happens meanwhile comes together in the next document (RFC 3680 4.10).
"""

from collections.abc import Iterable
from typing import Final

from attrs import define, evolve, field, frozen
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from sipcore_stub.contacts import Policy
from sipcore_stub.element import Endpoint, forward
from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss.hss import Hss
from sipcore_stub.proxy import next_hop, refuse_unknown, uri_of
from sipcore_stub.scscf import watchers
from sipcore_stub.scscf.changes import Change, Contact
from sipcore_stub.scscf.registrations import Registrations
from sipcore_stub.scscf.watchers import PACKAGE, Subscription, Watcher
from valkit.ids import Ids
from valkit.sip.dialog import Dialog
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response

MOST_WATCHERS: Final = {Watcher.UE: 16, Watcher.PCSCF: 8, Watcher.SERVER: 32}
"""Of one registration: more than there are, and no more than may be left behind by mistake. Each kind has places of its
own, so that no user escapes being watched by servers and P-CSCF by taking them all."""


@frozen
class Pace:
    """How long subscriptions are, and how often a watcher is told."""

    policy: Policy
    interval: float = 5.0
    """Seconds between two documents to one watcher (RFC 3680 4.10)."""
    after: float = 0.005
    """Seconds after which a change is told, so that the answer that made it has left."""
    servers: bool = True
    """Whether application servers may watch."""


@define(eq=False)
class _Watch:
    """One subscription with what is owed to it."""

    subscription: Subscription
    owed: dict[str, Contact] = field(factory=dict)
    """What has changed since the last document, by contact."""
    full: bool = True
    """Whether the next document is to hold all there is."""
    ended: str | None = None
    """Why it ends with the next NOTIFY."""
    told_at: float = float("-inf")
    telling: IDelayedCall | None = None
    ending: IDelayedCall | None = None
    lock: DeferredLock = field(factory=DeferredLock)

    def cancel(self) -> None:
        """Wait for nothing any more."""
        for call in (self.telling, self.ending):
            if call is not None and call.active():
                call.cancel()


class Watching:
    """All subscriptions to registrations at one S-CSCF; only `trusted` hosts speak for UEs and P-CSCFs."""

    log = Logger()

    def __init__(  # noqa: PLR0917 - the parts of the element, each once
        self,
        endpoint: Endpoint,
        hss: Hss,
        registrations: Registrations,
        ids: Ids,
        clock: IReactorTime,
        trusted: Iterable[str],
        pace: Pace,
    ) -> None:
        self._endpoint = endpoint
        self._hss = hss
        self._registrations = registrations
        self._ids = ids
        self._clock = clock
        self._trusted = frozenset(trusted)
        self._pace = pace
        self._watches: dict[str, _Watch] = {}
        """By the tag that we gave the dialog."""

    @staticmethod
    def serves(request: Request) -> bool:
        """Say whether a request is for us, and not to be routed by filter criteria."""
        return request.method == "SUBSCRIBE" and request.event is not None and request.event.package == PACKAGE

    def subscribe(self, request: Request, source: Hop) -> Response:
        """Take a subscription, a refresh or an end of one; raises Refused."""
        refuse_unknown(request.headers.all("Require"), frozenset())
        watchers.refuse_other_documents(request)
        seconds = self._pace.policy.granted(request.expires)
        tag = request.to.tag
        if tag is None:
            return self._begin(request, source, seconds)
        watch = self._watches.get(tag)
        if watch is None or not watch.subscription.dialog.has(request):
            raise Refused(Cause.NO_SUCH_DIALOG, request.call_id)
        watch.subscription = evolve(watch.subscription, dialog=watch.subscription.dialog.taking(request))
        return self._go_on(watch, request, seconds, tag)

    def changed(self, change: Change) -> None:
        """Tell the watchers of a registration what became of its contacts."""
        gone = not self._registrations.of(change.key).bindings
        for watch in self._watches.values():
            if watch.subscription.key == change.key:
                watch.owed |= {contact.binding.contact.uri: contact for contact in change.contacts}
                if gone and not watch.subscription.outlives:
                    watch.ended = "noresource"
                self._owe(watch)

    def close(self) -> None:
        """Tell nobody any more."""
        for watch in self._watches.values():
            watch.cancel()
        self._watches.clear()

    def _begin(self, request: Request, source: Hop, seconds: int) -> Response:
        subscriber = self._hss.owner(request.address.aor())
        registration = self._registrations.of(subscriber.key)
        watcher = watchers.watcher_of(request, source, subscriber, registration, self._trusted)
        if watcher is Watcher.SERVER and not self._pace.servers:
            raise Refused(Cause.NOT_TO_WATCH, f"{source}: no server may watch")
        standing = (each.subscription for each in self._watches.values())
        if sum((each.key, each.watcher) == (subscriber.key, watcher) for each in standing) >= MOST_WATCHERS[watcher]:
            raise Refused(Cause.NOT_TO_WATCH, f"{subscriber.impi}: every place for a watching {watcher.value} is taken")
        tag = self._ids.tag()
        dialog = Dialog.accepted(request, request.answer(200, to_tag=tag))
        event, contact = request.headers.get("Event") or PACKAGE, uri_of(self._endpoint.addresses[0])
        subscription = Subscription(subscriber.key, watcher, dialog, event, contact, until=self._clock.seconds())
        watch = self._watches[tag] = _Watch(subscription)
        told = {"watcher": watcher.value, "impi": subscriber.impi, "seconds": seconds}
        self.log.info("{watcher} watches {impi} for {seconds} s" if seconds else "{watcher} asks about {impi}", **told)
        return self._go_on(watch, request, seconds, tag)

    def _go_on(self, watch: _Watch, request: Request, seconds: int, tag: str) -> Response:
        """Let it stand for so long, owe it all there is, and answer (RFC 6665 4.2.1)."""
        if watch.ending is not None and watch.ending.active():
            watch.ending.cancel()
        watch.subscription = evolve(watch.subscription, until=self._clock.seconds() + seconds)
        watch.full = True
        if seconds:
            watch.ending = self._clock.callLater(seconds, self._run_out, watch)
        else:
            watch.ended = "timeout"
        self._owe(watch)
        headers = [("Expires", str(seconds)), ("Contact", f"<{watch.subscription.contact}>")]
        headers += [("Record-Route", str(route)) for route in request.record_routes]
        return request.answer(200, headers=headers, to_tag=tag)

    def _run_out(self, watch: _Watch) -> None:
        watch.ended, watch.full = "timeout", True
        self._owe(watch)

    def _owe(self, watch: _Watch) -> None:
        """Tell as soon as may be; its end at once."""
        now = self._clock.seconds()
        due = now + self._pace.after
        if watch.ended is None:
            due = max(due, watch.told_at + self._pace.interval)
        if watch.telling is not None and watch.telling.active():
            if watch.telling.getTime() <= due:
                return
            watch.telling.cancel()
        watch.telling = self._clock.callLater(due - now, self._tell, watch)

    def _tell(self, watch: _Watch) -> None:
        watch.told_at = self._clock.seconds()
        done: Deferred[None] = watch.lock.run(lambda: Deferred.fromCoroutine(self._notify(watch)))
        done.addErrback(lambda failure: self.log.failure("a NOTIFY failed", failure))

    async def _notify(self, watch: _Watch) -> None:
        """Send what is owed by now; whoever does not take it is told nothing any more (RFC 6665 4.2.2)."""
        request = self._document(watch) or self._farewell(watch)
        last = watch.ended is not None
        try:
            status = (await forward(self._endpoint, request, next_hop(request))).status
        except Refused as refused:
            self.log.info("a NOTIFY is not taken: {why}", why=str(refused))
            status = 408
        if status >= 300 or last:
            watch.cancel()
            self._watches.pop(watch.subscription.dialog.local.tag or "", None)

    def _document(self, watch: _Watch) -> Request | None:
        """Write what is owed; None for what no document can hold, which then is not owed any more."""
        now, key = self._clock.seconds(), watch.subscription.key
        subscriber, registration = self._hss.of(key), self._registrations.of(key)
        owed = tuple(watch.owed.values())
        contacts = watchers.with_standing(registration, owed) if watch.full else owed
        told = watchers.document(subscriber, registration, contacts, now)
        full, watch.owed, watch.full = watch.full, {}, False
        try:
            request, watch.subscription = watch.subscription.notify(told, now, full=full, ended=watch.ended)
        except ValueError as error:
            self.log.info("{impi} cannot be told of in a document: {why}", impi=key.impi, why=str(error))
            return None
        return request

    def _farewell(self, watch: _Watch) -> Request:
        """Write the end of a subscription whose document cannot be written; the watcher may come again."""
        watch.ended = watch.ended or "giveup"
        now = self._clock.seconds()
        request, watch.subscription = watch.subscription.notify((), now, full=False, ended=watch.ended)
        return request
