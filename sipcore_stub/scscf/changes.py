"""What becomes of each contact of a registration, in the words of the reg event package (RFC 3680 5.2).

Pure: the contacts before and after in, changes out. Who hears of them is `watching`'s business.
"""

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from sipcore_stub.contacts import Binding
from sipcore_stub.hss.hss import Key


class Event(Enum):
    """Why a contact is as it is; the value is the word in the document."""

    REGISTERED = "registered"
    CREATED = "created"
    """Registered with another identity of its implicit set, or by an administrator."""
    REFRESHED = "refreshed"
    SHORTENED = "shortened"
    EXPIRED = "expired"
    DEACTIVATED = "deactivated"
    """The network ended it, and the UE may register again at once."""
    PROBATION = "probation"
    """The network ended it, and the UE may register again after a while."""
    UNREGISTERED = "unregistered"
    REJECTED = "rejected"
    """The network ended it, and the UE is not to register again."""

    @property
    def ends(self) -> bool:
        """Whether the contact stands no longer."""
        return self not in {Event.REGISTERED, Event.CREATED, Event.REFRESHED, Event.SHORTENED}


@frozen
class Ending:
    """How the network ends a registration (TS 24.229 5.4.1.5)."""

    event: Event = Event.DEACTIVATED
    retry_after: int | None = None
    """Seconds after which the UE may come back; with probation."""


@frozen
class Contact:
    """A contact, and what became of it."""

    binding: Binding
    event: Event
    retry_after: int | None = None


@frozen
class Change:
    """What became of the contacts of one registration at one time."""

    key: Key
    contacts: tuple[Contact, ...]


def of_register(before: Iterable[Binding], after: Iterable[Binding]) -> tuple[Contact, ...]:
    """Say what a REGISTER did: new contacts, renewed ones, and those that went or had to give way (5.4.1.2.2)."""
    old, new = tuple(before), tuple(after)
    came = [binding for binding in new if binding not in old]
    gone = Event.DEACTIVATED if came else Event.UNREGISTERED
    changes = [Contact(each, Event.REFRESHED if _same(each, old) else Event.REGISTERED) for each in came]
    return (*changes, *(Contact(each, gone) for each in old if not _same(each, new)))


def of_all(bindings: Iterable[Binding], event: Event, retry_after: int | None = None) -> tuple[Contact, ...]:
    """Say the same of each contact."""
    return tuple(Contact(binding, event, retry_after) for binding in bindings)


def _same(binding: Binding, others: Iterable[Binding]) -> bool:
    return any(binding.contact.address.matches(other.contact.address) for other in others)
