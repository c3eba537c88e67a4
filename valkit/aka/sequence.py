"""Sequence numbers: how the network makes them and which a USIM takes (TS 33.102 Annex C).

    SQN = SEQ || IND        48 bits; IND is the lowest 5 by default and names an entry of the USIM's array

Knows numbers only. SQN is an `int` everywhere and becomes 6 bytes in an AUTN or AUTS alone. Nothing is fresh again when
SEQ has gone round: Delta keeps a card from being led there in a hurry (C.2.1), and one that has got there is worn out.
"""

from typing import Self

from attrs import evolve, field, frozen

SQN_BITS = 48


@frozen
class Layout:
    """Where SEQ ends and IND begins (TS 33.102 C.1.1.1, C.3)."""

    ind_bits: int = 5

    def split(self, sqn: int) -> tuple[int, int]:
        """Give SEQ and IND of an SQN."""
        return sqn >> self.ind_bits, sqn & self.indices - 1

    def join(self, seq: int, ind: int) -> int:
        """Give the SQN of SEQ and IND, either going round at its width."""
        return (seq << self.ind_bits | ind & self.indices - 1) & (1 << SQN_BITS) - 1

    @property
    def indices(self) -> int:
        """Entries of the USIM's array."""
        return 1 << self.ind_bits

    def after(self, sqn: int) -> int:
        """Give the next SQN of a generator without clock: SEQ and IND one further each (TS 33.102 C.1.2, C.3.2)."""
        seq, ind = self.split(sqn)
        return self.join(seq + 1, ind + 1)


LAYOUT = Layout()

DELTA = 1 << 28
"""How far SEQ may jump (TS 33.102 C.3.2)."""


def synchronised(sqn_he: int, sqn_ms: int, delta: int = DELTA, layout: Layout = LAYOUT) -> int:
    """Give SQN_HE after a verified AUTS (TS 33.102 6.3.5).

    It stays if the USIM would take the next SQN made from it, and becomes SQN_MS otherwise. The test is stricter than
    the array of the USIM, which the network cannot see: what is above its highest SEQ is above every entry.
    """
    seq_next, _ = layout.split(layout.after(sqn_he))
    seq_ms, _ = layout.split(sqn_ms)
    return sqn_he if 0 < seq_next - seq_ms <= delta else sqn_ms


@frozen
class Window:
    """What a USIM remembers: the highest SEQ taken for each IND (TS 33.102 C.2.1). A value: taking gives a new one."""

    highest: tuple[int, ...] = field(default=(0,) * LAYOUT.indices, repr=False)
    sqn_ms: int = 0
    """The highest SQN taken, which an AUTS reports."""
    delta: int = DELTA
    """How far SEQ may jump ahead, so that nobody can wear the numbers out (C.2.1, C.3.2)."""
    age_limit: int | None = None
    """L: how far SEQ may lie behind the highest one; None is no limit (C.2.2)."""
    layout: Layout = LAYOUT

    @classmethod
    def at(cls, sqn: int, layout: Layout = LAYOUT, *, delta: int = DELTA, age_limit: int | None = None) -> Self:
        """Give the window of a USIM that has used up everything to this SQN."""
        seq, _ = layout.split(sqn)
        return cls((seq,) * layout.indices, sqn, delta, age_limit, layout)

    def ahead(self, sqn: int) -> int:
        """Say how far the SEQ of this SQN lies ahead of the highest one taken."""
        return self.layout.split(sqn)[0] - self.layout.split(self.sqn_ms)[0]

    def accepts(self, sqn: int) -> bool:
        """Say whether this SQN is fresh (TS 33.102 C.2.2)."""
        seq, ind = self.layout.split(sqn)
        ahead = self.ahead(sqn)
        young = self.age_limit is None or -ahead <= self.age_limit
        return ahead <= self.delta and young and seq > self.highest[ind]

    def taken(self, sqn: int) -> Self:
        """Give the window after this SQN was used."""
        seq, ind = self.layout.split(sqn)
        highest = (*self.highest[:ind], seq, *self.highest[ind + 1 :])
        return evolve(self, highest=highest, sqn_ms=max(self.sqn_ms, sqn))
