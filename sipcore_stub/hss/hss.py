"""The HSS: subscribers, their vectors and sequence numbers, and the registration flag (TS 29.228 6.1).

I- and S-CSCF call it in process, one method for each Cx command. Knows no SIP message and no clock. Whoever runs the
core may read the flags meanwhile. K and OPc are inside the subscriber's functions and come out of them nowhere.
"""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple, Protocol

from attrs import define, field, frozen

from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss import misconduct
from sipcore_stub.hss.ifc import Criterion
from sipcore_stub.hss.misconduct import Spoilt
from valkit.aka.errors import MacFailure
from valkit.aka.functions import Functions
from valkit.aka.password import Password
from valkit.aka.sequence import DELTA, LAYOUT, Layout, synchronised
from valkit.aka.vectors import Vector, generate, open_auts
from valkit.ids import Ids


class Flag(Enum):
    """The registration flag of the figure's steps 2 and 7."""

    NOT_REGISTERED = "not registered"
    PENDING = "pending"
    REGISTERED = "registered"


class Key(NamedTuple):
    """Which registration: an IMPI, and the first identity of one of its implicit registration sets."""

    impi: str
    set: str


@frozen
class Identity:
    """A public identity, in canonical spelling (RFC 3261 10.3 step 5)."""

    impu: str
    barred: bool = False
    """Barred identities may register others of their set, and are never told or asserted."""


@frozen
class Subscriber:
    """One IMPI with one of its implicit registration sets, and what belongs to both."""

    impi: str
    functions: Functions | Password = field(repr=False)
    amf: bytes
    sqn: int
    """SQN_HE: the last sequence number used, at the start."""
    identities: tuple[Identity, ...]
    """An implicit registration set; its first identity that is not barred is the default one."""
    criteria: tuple[Criterion, ...] = ()
    layout: Layout = LAYOUT
    """How SEQ and IND make a sequence number."""
    delta: int = DELTA
    """How far ahead the card takes SEQ."""

    @property
    def key(self) -> Key:
        """Which implicit registration set of which IMPI."""
        return Key(self.impi, self.identities[0].impu)

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


AKA, SIP_DIGEST = "Digest-AKAv1-MD5", "SIP Digest"
"""SIP-Authentication-Scheme of what the HSS gives for a challenge (TS 29.228 6.3.9)."""


class Tell(Protocol):
    """Reports what happened to whoever observes the core."""

    def __call__(self, who: str, what: str, /, **fields: str) -> None:
        """Report one thing."""


@define
class _Entry:
    """An IMPI: its sets, their flags, and the one counter of its card."""

    sets: list[Subscriber]
    sqn: int
    flags: dict[Key, Flag] = field(factory=dict)
    rand: bytes | None = None
    """Of the last challenge."""
    spoilt: Spoilt | None = None
    """What is to be wrong with the next challenge."""


class Hss:
    """All subscribers of the home network; several with one IMPI are its implicit registration sets."""

    def __init__(self, subscribers: Iterable[Subscriber], ids: Ids, tell: Tell) -> None:
        self._entries: dict[str, _Entry] = {}
        self._owners: dict[str, Subscriber] = {}
        for subscriber in subscribers:
            entry = self._entries.setdefault(subscriber.impi, _Entry([], subscriber.sqn))
            entry.sets.append(subscriber)
            self._owners |= {identity.impu: subscriber for identity in subscriber.identities}
        self._ids = ids
        self._tell = tell

    def subscriber(self, impi: str, impu: str) -> Subscriber:
        """Give the subscriber with the set of this IMPU: user authorization (TS 29.228 6.1.1); raises Refused."""
        found = next((each for each in self._entry(impi).sets if each.has(impu)), None)
        if found is None:
            raise Refused(Cause.NOT_THEIR_IMPU, f"{impu} of {impi}")
        if not found.associated:
            raise Refused(Cause.BARRED, f"{impu} of {impi}")
        return found

    def of(self, key: Key) -> Subscriber:
        """Give the subscriber with one of its sets; raises Refused."""
        return self.subscriber(key.impi, key.set)

    def owner(self, impu: str) -> Subscriber:
        """Give the subscriber an IMPU belongs to, with its set (TS 29.228 6.1.3); raises Refused."""
        found = self.holder(impu)
        if found is None:
            raise Refused(Cause.UNKNOWN_USER, impu)
        return found

    def holder(self, impu: str) -> Subscriber | None:
        """Give whom a request to an IMPU is for: location information (TS 29.228 6.1.4); None if nobody has it."""
        return self._owners.get(impu)

    def vector(self, impi: str) -> Vector:
        """Make a fresh authentication vector (TS 29.228 6.3); step 2 of the figure."""
        entry = self._entry(impi)
        entry.sqn = entry.sets[0].layout.after(entry.sqn)
        card = entry.sets[0]
        if isinstance(card.functions, Password):
            self._tell("hss", "vector issued", impi=impi, scheme=SIP_DIGEST)
            return card.functions.vector(self._ids.nonce(16))
        self._tell("hss", "vector issued", impi=impi, scheme=AKA)
        spoilt, entry.spoilt = entry.spoilt, None
        entry.rand = misconduct.rand_of(spoilt, self._ids.nonce(16), entry.rand)
        sqn = misconduct.sqn_of(spoilt, entry.sqn, card.layout, card.delta)
        return misconduct.finished(spoilt, generate(card.functions, entry.rand, sqn, card.amf))

    def spoil(self, impi: str, spoilt: Spoilt) -> None:
        """Let something be wrong with the next challenge; raises Refused for an unknown IMPI."""
        self._entry(impi).spoilt = spoilt

    def synchronise(self, impi: str, rand: bytes, auts: bytes) -> None:
        """Take over the UE's sequence number (TS 33.102 6.3.5); raises valkit.aka.errors.MacFailure."""
        entry = self._entry(impi)
        functions = entry.sets[0].functions
        if isinstance(functions, Password):
            raise MacFailure("whoever has a password has no sequence numbers")
        sqn_ms = open_auts(functions, rand, auts)
        entry.sqn = synchronised(entry.sqn, sqn_ms, entry.sets[0].delta, entry.sets[0].layout)
        self._tell("hss", "synchronised", impi=impi)

    def mark(self, key: Key, flag: Flag) -> None:
        """Set the registration flag of a set: server assignment (TS 29.228 6.1.2)."""
        before = self.flag(key.impi)
        self._entry(key.impi).flags[key] = flag
        after = self.flag(key.impi)
        if before is not after:
            self._tell("hss", "flag", impi=key.impi, flag=after.value)

    def flag(self, impi: str) -> Flag:
        """Read the registration flag, that of the set that is furthest; raises Refused for an unknown IMPI."""
        flags = self._entry(impi).flags.values()
        return next((flag for flag in (Flag.REGISTERED, Flag.PENDING) if flag in flags), Flag.NOT_REGISTERED)

    def _entry(self, impi: str) -> _Entry:
        try:
            return self._entries[impi]
        except KeyError:
            raise Refused(Cause.UNKNOWN_USER, impi) from None
