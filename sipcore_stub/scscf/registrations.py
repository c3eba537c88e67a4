"""All registrations of one S-CSCF: keeps them, lets time and the network end them, and gives on what became of them.

What a REGISTER does to one is `registering`'s; here is what happens to it without one (TS 24.229 5.4.1.5, 5.4.1.6).
"""

from collections.abc import Callable
from typing import Final

from attrs import evolve
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from sipcore_stub.contacts import Binding
from sipcore_stub.hss.hss import Hss, Key, Subscriber
from sipcore_stub.hss.ifc import RegistrationType
from sipcore_stub.identities import impu_of
from sipcore_stub.scscf import changes
from sipcore_stub.scscf.changes import Change, Contact, Ending, Event
from sipcore_stub.scscf.registrar import Effect, Input
from sipcore_stub.scscf.registration import Registration, Wake
from sipcore_stub.scscf.third_party import Happening
from valkit.sip.message import Request, Response

KINDS: Final = {
    Effect.TELL_INITIAL: RegistrationType.INITIAL,
    Effect.TELL_AGAIN: RegistrationType.AGAIN,
    Effect.TELL_GONE: RegistrationType.GONE,
}

LASTING = "{event} {impu} ({impi}) at {contact} for {seconds} s"
"""What the log says of a contact that stands."""
Told = Callable[[Subscriber, Happening], None]
"""Hears what application servers are to hear."""
Changed = Callable[[Change], None]
"""Hears what those are to hear who watch a registration."""


def nobody(_: Change) -> None:
    """Hear of changes that nobody watches."""


class Registrations:
    """Each implicit registration set that was ever challenged."""

    log = Logger()

    def __init__(self, hss: Hss, clock: IReactorTime, told: Told, changed: Changed = nobody) -> None:
        self._hss = hss
        self._clock = clock
        self._told = told
        self._changed = changed
        self._kept: dict[Key, Registration] = {}
        self._timers: dict[Key, IDelayedCall] = {}

    def of(self, key: Key) -> Registration:
        """Give what is known of a registration."""
        return self._kept.get(key, Registration(key))

    def standing(self) -> tuple[Registration, ...]:
        """Give the registrations whose contacts stand."""
        return tuple(each for each in self._kept.values() if each.bindings)

    def end(self, key: Key, ending: Ending) -> bool:
        """End a registration for the network's own reasons (5.4.1.5); False if there is none."""
        before = self.of(key)
        contacts = changes.of_all(before.bindings, ending.event, ending.retry_after)
        self._happens(before, Input.TERMINATED, contacts)
        return bool(before.bindings)

    def shorten(self, key: Key, seconds: int) -> bool:
        """Let the contacts stand for so long at most, so that the UE proves itself anew (5.4.1.6); False if none do."""
        before, until = self.of(key), self._clock.seconds() + seconds
        shorter = tuple(evolve(each, until=min(each.until, until)) for each in before.bindings)
        self._happens(evolve(before, bindings=shorter), Input.SHORTENED, changes.of_all(shorter, Event.SHORTENED))
        return bool(shorter)

    def keep(self, registration: Registration) -> None:
        """Remember a registration, show its flag, and wait for what happens to it next."""
        key = registration.key
        self._kept[key] = registration
        self._hss.mark(key, registration.state().flag)
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()
        wake = registration.wake()
        if wake is None:  # nothing stands and nothing is out: there is nothing to remember
            del self._kept[key]
            return
        delay = max(0.0, wake.at - self._clock.seconds())
        self._timers[key] = self._clock.callLater(delay, self._woken, key, wake)

    def announce(
        self,
        effects: tuple[Effect, ...],
        registration: Registration,
        request: Request,
        response: Response | None,
        contacts: tuple[Contact, ...],
    ) -> None:
        """Give on what became of a registration: to application servers (step 9), and to whoever watches it."""
        subscriber, now = self._hss.of(registration.key), self._clock.seconds()
        impu = subscriber.public(impu_of(request))
        expires = max((binding.seconds_left(now) for binding in registration.bindings), default=0)
        for effect in effects:
            if effect in KINDS and impu is not None:
                self._told(subscriber, Happening(KINDS[effect], impu, expires, request, response))
        for contact in contacts:
            self._log(registration, contact, now)
        if contacts:
            self._changed(Change(registration.key, contacts))

    def close(self) -> None:
        """Stop all timers."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _woken(self, key: Key, wake: Wake) -> None:
        del self._timers[key]
        before = self.of(key)
        if wake.event is Input.SILENT:
            self.log.info("no answer to the challenge of {impi}", impi=key.impi)
            self._happens(before, Input.SILENT, (), wake.call_id)
            return
        stays, goes = _divided(before.bindings, wake.at)
        self._happens(evolve(before, bindings=stays or goes), wake.event, changes.of_all(goes, Event.EXPIRED))

    def _happens(
        self, before: Registration, event: Input, contacts: tuple[Contact, ...], call_id: str | None = None
    ) -> None:
        """Let something happen to a registration that no REGISTER brought."""
        after, effects = before.stepped(event, call_id)
        self.keep(after)
        if before.last is not None:
            self.announce(effects, after, before.last, None, contacts)

    def _log(self, registration: Registration, contact: Contact, now: float) -> None:
        self.log.info(
            "{event} {impu} ({impi}) at {contact}" if contact.event.ends else LASTING,
            event=contact.event.value,
            impu=registration.key.set,
            impi=registration.impi,
            contact=contact.binding.contact.uri,
            **({} if contact.event.ends else {"seconds": contact.binding.seconds_left(now)}),
        )


def _divided(bindings: tuple[Binding, ...], now: float) -> tuple[tuple[Binding, ...], tuple[Binding, ...]]:
    """Give the bindings that stand, and those that have run out."""
    stays = tuple(binding for binding in bindings if binding.until > now)
    return stays, tuple(binding for binding in bindings if binding.until <= now)
