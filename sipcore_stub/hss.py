"""The HSS: subscribers, their vectors and sequence numbers, and the registration flag (TS 29.228 6.1).

I- and S-CSCF call it in process, one method for each Cx command. Knows no SIP message and no clock. Whoever runs the
core may read the flags meanwhile. K and OPc are inside the subscriber's functions and come out of them nowhere.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Protocol

from attrs import define, evolve, field, frozen

from sipcore_stub.errors import Cause, Refused
from sipcore_stub.ifc import Criterion
from valkit.aka.functions import Functions
from valkit.aka.sequence import LAYOUT, synchronised
from valkit.aka.vectors import Vector, generate, open_auts
from valkit.ids import Ids


class Flag(Enum):
    """The registration flag of the figure's steps 2 and 7."""

    NOT_REGISTERED = "not registered"
    PENDING = "pending"
    REGISTERED = "registered"


@frozen
class Identity:
    """A public identity, in canonical spelling (RFC 3261 10.3 step 5)."""

    impu: str
    barred: bool = False
    """Barred identities may register others of their set, and are never told or asserted."""


@frozen
class Subscriber:
    """One IMPI with what belongs to it."""

    impi: str
    functions: Functions = field(repr=False)
    amf: bytes
    sqn: int
    """SQN_HE: the last sequence number used."""
    identities: tuple[Identity, ...]
    """The implicit registration set; its first identity that is not barred is the default one."""
    criteria: tuple[Criterion, ...] = ()

    def has(self, impu: str) -> bool:
        """Say whether this canonical IMPU is one of the subscriber's."""
        return any(identity.impu == impu for identity in self.identities)

    def public(self, impu: str) -> str | None:
        """Give the identity to speak of in place of this one: itself, or the default one if it is barred."""
        return impu if impu in self.associated else next(iter(self.associated), None)

    @property
    def associated(self) -> tuple[str, ...]:
        """The identities that may be told, the default one first (RFC 7315 4.1)."""
        return tuple(identity.impu for identity in self.identities if not identity.barred)


class Tell(Protocol):
    """Reports what happened to whoever observes the core."""

    def __call__(self, who: str, what: str, /, **fields: str) -> None:
        """Report one thing."""


@define
class _Entry:
    subscriber: Subscriber
    flag: Flag = Flag.NOT_REGISTERED


class Hss:
    """All subscribers of the home network."""

    def __init__(self, subscribers: Iterable[Subscriber], ids: Ids, tell: Tell) -> None:
        self._entries = {subscriber.impi: _Entry(subscriber) for subscriber in subscribers}
        self._impis = {
            identity.impu: entry.subscriber.impi
            for entry in self._entries.values()
            for identity in entry.subscriber.identities
        }
        self._ids = ids
        self._tell = tell

    def subscriber(self, impi: str, impu: str) -> Subscriber:
        """Give the subscriber if the IMPU is theirs: user authorization (TS 29.228 6.1.1); raises Refused."""
        subscriber = self._entry(impi).subscriber
        if not subscriber.has(impu):
            raise Refused(Cause.NOT_THEIR_IMPU, f"{impu} of {impi}")
        return subscriber

    def owner(self, impu: str) -> Subscriber:
        """Give the subscriber an IMPU belongs to (TS 29.228 6.1.3); raises Refused."""
        return self._entry(self._impis.get(impu, impu)).subscriber

    def vector(self, impi: str) -> Vector:
        """Make a fresh authentication vector (TS 29.228 6.1.4); step 2 of the figure."""
        entry = self._entry(impi)
        subscriber = self._use(entry, LAYOUT.after(entry.subscriber.sqn))
        self._tell("hss", "vector issued", impi=impi)
        return generate(subscriber.functions, self._ids.nonce(16), subscriber.sqn, subscriber.amf)

    def synchronise(self, impi: str, rand: bytes, auts: bytes) -> None:
        """Take over the UE's sequence number (TS 33.102 6.3.5); raises valkit.aka.errors.MacFailure."""
        entry = self._entry(impi)
        sqn_ms = open_auts(entry.subscriber.functions, rand, auts)
        self._use(entry, synchronised(entry.subscriber.sqn, sqn_ms))
        self._tell("hss", "synchronised", impi=impi)

    def mark(self, impi: str, flag: Flag) -> None:
        """Set the registration flag: server assignment (TS 29.228 6.1.2)."""
        entry = self._entry(impi)
        if entry.flag is not flag:
            entry.flag = flag
            self._tell("hss", "flag", impi=impi, flag=flag.value)

    def flag(self, impi: str) -> Flag:
        """Read the registration flag; raises Refused for an unknown IMPI."""
        return self._entry(impi).flag

    def _entry(self, impi: str) -> _Entry:
        try:
            return self._entries[impi]
        except KeyError:
            raise Refused(Cause.UNKNOWN_USER, impi) from None

    @staticmethod
    def _use(entry: _Entry, sqn: int) -> Subscriber:
        entry.subscriber = evolve(entry.subscriber, sqn=sqn)
        return entry.subscriber
