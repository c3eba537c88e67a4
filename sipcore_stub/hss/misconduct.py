"""Challenges as no HSS should make them, for a UE to find out (TS 33.102 6.3.3): what a scenario may have the core do.

Pure; honest challenges know nothing of it but the one place in `hss` where it is asked.
"""

from enum import Enum
from typing import Final

from valkit.aka.sequence import Layout
from valkit.aka.vectors import Vector


class Spoilt(Enum):
    """What is wrong with a challenge."""

    WRONG_MAC = "wrong mac"
    """MAC-A of another key."""
    SQN_BEHIND = "sqn behind"
    """The sequence number of the challenge before once more."""
    SQN_AHEAD = "sqn ahead"
    """A sequence number further ahead than a card takes (TS 33.102 C.2.1)."""
    RAND_REUSED = "rand reused"
    """The RAND of the challenge before, with a fresh sequence number."""


MAC_A: Final = 8
"""Where MAC-A begins in AUTN."""


def sqn_of(spoilt: Spoilt | None, sqn: int, layout: Layout, delta: int) -> int:
    """Give the sequence number of a challenge, `sqn` being the next one."""
    seq, ind = layout.split(sqn)
    match spoilt:
        case Spoilt.SQN_BEHIND:
            return layout.join(seq - 1, ind - 1)
        case Spoilt.SQN_AHEAD:
            return layout.join(seq + delta + 1, ind)
    return sqn


def rand_of(spoilt: Spoilt | None, fresh: bytes, last: bytes | None) -> bytes:
    """Give the RAND of a challenge."""
    return last if spoilt is Spoilt.RAND_REUSED and last is not None else fresh


def finished(spoilt: Spoilt | None, vector: Vector) -> Vector:
    """Give the vector as it goes out."""
    if spoilt is not Spoilt.WRONG_MAC:
        return vector
    mac = bytes(octet ^ 0xFF for octet in vector.autn[MAC_A:])
    return vector._replace(autn=vector.autn[:MAC_A] + mac)
