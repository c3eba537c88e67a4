"""What a watcher knows by now: the state that the documents of one subscription add up to (RFC 3680 5.2)."""

from collections.abc import Iterable
from typing import Final

from attrs import evolve, frozen

from valkit.reginfo.document import Contact, RegInfo, Registration
from valkit.sip.errors import ParseError
from valkit.sip.uri import parse_uri

MOST_REGISTRATIONS: Final = 128
"""Registrations of one subscription: more than an implicit set has identities. What was spoken of last is kept."""
MOST_CONTACTS: Final = 64
"""Contacts of each: more than any user has devices."""


@frozen
class View:
    """All registrations a watcher has been told of. A value: each document gives the next view."""

    version: int = -1
    registrations: tuple[Registration, ...] = ()
    whole: bool = True
    """False: a document was missed, and a refresh of the subscription is to bring a full one."""

    def heard(self, told: RegInfo) -> "View":
        """Take a document in: a full one in place of all, a partial one on top; one from before changes nothing."""
        if told.version <= self.version:
            return self
        if told.full:
            return View(told.version, _bounded(map(_in_bounds, told.registrations)))
        merged = {each.id: each for each in self.registrations}
        for each in told.registrations:
            merged[each.id] = _merged(merged.pop(each.id, None), each)
        whole = self.whole and told.version == self.version + 1
        return View(told.version, _bounded(merged.values()), whole)

    def contact(self, uri: str) -> Contact | None:
        """Give what was told last of a contact; None if it was never spoken of."""
        contacts = (contact for registration in self.registrations for contact in registration.contacts)
        return next((contact for contact in contacts if contact.uri == uri), None)

    def over(self, aor: str) -> str:
        """Say why the registration of this address is over, as a cause; empty if it is not known to be.

        Its own state says so, or that it has contacts and all of them have ended.
        """
        told = next((each for each in self.registrations if _same(each.aor, aor)), None)
        if told is None:
            return ""
        none_left = self.whole and bool(told.contacts) and not any(contact.active for contact in told.contacts)
        if told.state not in {"terminated", "init"} and not none_left:
            return ""
        why = dict.fromkeys(contact.event for contact in told.contacts if not contact.active)
        return f"registration terminated ({', '.join(why)})" if why else "registration terminated"


def _same(one: str, other: str) -> bool:
    try:
        return one == other or parse_uri(one).aor() == parse_uri(other).aor()
    except ParseError:
        return False


def _merged(before: Registration | None, told: Registration) -> Registration:
    """Put what is told of each contact in place of what was known; those that have ended stay to be seen once."""
    standing = {each.id: each for each in (before.contacts if before else ()) if each.active}
    standing |= {each.id: each for each in told.contacts}
    return _in_bounds(evolve(told, contacts=tuple(standing.values())))


def _in_bounds(registration: Registration) -> Registration:
    return evolve(registration, contacts=registration.contacts[-MOST_CONTACTS:])


def _bounded(registrations: Iterable[Registration]) -> tuple[Registration, ...]:
    return tuple(registrations)[-MOST_REGISTRATIONS:]
