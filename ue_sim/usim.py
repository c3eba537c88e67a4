"""The card: it knows K and the sequence numbers, and answers one challenge at a time (TS 33.102 6.3.3); or no card.

Pure; knows no SIP but the names of challenge algorithms. What it says is one of three outcomes: the keys, a wrong MAC,
or a sequence number that is not fresh together with the AUTS that brings the network into step again.
"""

from typing import Protocol, Self, TypeAlias

from attrs import define, field, frozen

from valkit.aka import errors
from valkit.aka.digest import AKA, Algorithm
from valkit.aka.functions import Functions
from valkit.aka.milenage import Milenage
from valkit.aka.password import Password
from valkit.aka.sequence import Window
from valkit.aka.vectors import accept, build_auts


@frozen
class Success:
    """The challenge is genuine and fresh."""

    res: bytes = field(repr=False)
    """Any bytes, 8 with Milenage, 4 to 32 with TUAK; what proves the phone (RFC 3310 3.3)."""
    ck: bytes = field(repr=False)
    ik: bytes = field(repr=False)


@frozen
class MacFailure:
    """MAC-A is not the one that K gives: the challenge is not from the home network."""

    mistaken: bool = False
    """Whether it would be right if OP and OPc had been given for each other."""


@frozen
class SyncFailure:
    """The challenge is genuine, its sequence number used up or too far ahead (TS 33.102 C.2)."""

    auts: bytes
    """14 bytes for the network; SQN is concealed in them."""
    ahead: int = 0
    """How far SEQ lies ahead of the highest one taken; 0 and less is old."""


Outcome: TypeAlias = Success | MacFailure | SyncFailure


class Card(Protocol):
    """Whatever answers a challenge: a Usim, or something between it and the phone."""

    @property
    def algorithms(self) -> frozenset[Algorithm]:
        """The challenge algorithms that it can answer."""

    def challenge(self, rand: bytes, autn: bytes) -> Outcome:
        """Verify AUTN (16 bytes) for RAND (16 bytes). Raises `valkit.aka.errors.Malformed` for other lengths."""


@frozen
class NoCard:
    """A phone whose user has a password in place of a card; it takes the network's word (SIP Digest)."""

    _password: Password
    algorithms: frozenset[Algorithm]
    """The challenge algorithms that are answered, none of them AKA's."""

    def challenge(self, _rand: bytes, _autn: bytes) -> Outcome:
        """Give the password, whatever the nonce."""
        return Success(*self._password.keys)


@define
class Usim:
    """A subscriber's card; what it remembers is which sequence numbers it has taken."""

    _functions: Functions = field(repr=False)
    _window: Window = field(factory=Window, repr=False)
    algorithms: frozenset[Algorithm] = field(default=AKA, repr=False)
    """The challenge algorithms that are answered."""
    _mistaken: Functions | None = field(default=None, repr=False)
    """What it would compute with if OP and OPc had been given for each other: only to tell of it."""

    @classmethod
    def with_opc(cls, k: bytes, opc: bytes, sqn: int = 0) -> Self:
        """Give a Milenage card, 16 bytes each; all sequence numbers to `sqn` are used up."""
        return cls(Milenage(k, opc), Window.at(sqn))

    @classmethod
    def with_op(cls, k: bytes, op: bytes, sqn: int = 0) -> Self:
        """Give the same from the operator's OP."""
        return cls(Milenage.from_op(k, op), Window.at(sqn))

    @property
    def sqn(self) -> int:
        """SQN_MS, the highest sequence number taken."""
        return self._window.sqn_ms

    def challenge(self, rand: bytes, autn: bytes) -> Outcome:
        """Verify AUTN, use its sequence number up, and give the keys; Malformed if it has not 16 bytes."""
        try:
            sqn, keys = accept(self._functions, rand, autn)
        except errors.MacFailure:
            return MacFailure(self._fits_the_other(rand, autn))
        if not self._window.accepts(sqn):
            return SyncFailure(build_auts(self._functions, rand, self.sqn), self._window.ahead(sqn))
        self._window = self._window.taken(sqn)
        return Success(*keys)

    def _fits_the_other(self, rand: bytes, autn: bytes) -> bool:
        try:
            return self._mistaken is not None and bool(accept(self._mistaken, rand, autn))
        except errors.MacFailure:
            return False
