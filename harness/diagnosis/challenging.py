"""How a challenge can have come about: by which reading of the keys, and with which AMF (TS 33.102 6.3.2). Pure.

MAC-A says whether K and the operator's key are those of the network. Where it does not fit, the keys are tried in every
other reading (`cards`), and with the values that an AMF usually has; a MAC of 64 bits fits none by chance.
"""

from functools import lru_cache
from hmac import compare_digest

from harness.diagnosis.cards import Reading
from harness.diagnosis.facts import Challenge
from valkit.aka.errors import AkaError
from valkit.aka.functions import Functions
from valkit.aka.vectors import AUTN_SIZE, accept

SEPARATION = 0x80
"""The highest bit of the AMF (TS 33.102 Annex H)."""
USUAL = (b"\0\0", b"\x80\0", b"\xb9\xb9", b"\xff\xff")
"""Values of the AMF that are met with, beside the one that is expected."""


def sqn_of(functions: Functions, challenge: Challenge) -> int | None:
    """Give the SQN of a challenge that these functions made; None if it is none of theirs."""
    try:
        return accept(functions, challenge.rand, challenge.autn).sqn
    except AkaError:
        return None


@lru_cache(maxsize=1)
def fitting(challenge: Challenge) -> Reading | None:
    """Give the first reading of the card's keys that made the challenge."""
    readings = () if challenge.card is None else challenge.card.readings()
    return next((reading for reading in readings if sqn_of(reading.functions, challenge) is not None), None)


def is_as_given(challenge: Challenge) -> bool:
    """Whether the challenge was made with the card's keys as they stand."""
    reading = fitting(challenge)
    return reading is not None and reading.name == "given"


@lru_cache(maxsize=1)
def amf_of_the_mac(challenge: Challenge) -> bytes | None:
    """Give the AMF with which MAC-A fits, if it is not the one in AUTN; the keys are as told."""
    functions = None if challenge.card is None else challenge.card.functions
    if functions is None or len(challenge.autn) != AUTN_SIZE:
        return None
    sqn, _ = functions.revealed(challenge.rand, challenge.autn[:6], challenge.autn[6:8])
    came = challenge.autn[6:8]
    flipped = bytes([came[0] ^ SEPARATION, came[1]])
    tried = (
        flipped,
        came[::-1],
        *USUAL,
        *(() if challenge.card is None or not challenge.card.amf else (challenge.card.amf,)),
    )
    return next((amf for amf in tried if _mac_fits(functions, challenge, sqn, amf)), None)


def _mac_fits(functions: Functions, challenge: Challenge, sqn: int, amf: bytes) -> bool:
    return compare_digest(functions.outputs(challenge.rand, sqn, amf).mac_a, challenge.autn[8:])
