"""Authentication vectors, AUTN and AUTS (TS 33.102 6.3.2, 6.3.3).

Knows how the outputs of f1 to f5* are laid out between network and USIM; whether a sequence number may be used is
`sequence`'s business, and how a vector travels in SIP is `digest`'s.

    AUTN = SQN ^ AK || AMF || MAC-A         6 + 2 + 8 bytes
    AUTS = SQN_MS ^ AK* || MAC-S            6 + 8 bytes
"""

from hmac import compare_digest
from typing import NamedTuple

from valkit.aka.errors import MacFailure, Malformed
from valkit.aka.functions import Functions

AUTN_SIZE = 16
AUTS_SIZE = 14
AMF_RESYNC = bytes(2)
"""AMF* of f1* (TS 33.102 6.3.3)."""


class Keys(NamedTuple):
    """What network and USIM share after a challenge; never shown."""

    res: bytes
    """RES at the USIM, XRES at the network: any bytes, 8 with Milenage, 4 to 32 with TUAK; or a password."""
    ck: bytes
    ik: bytes

    def __repr__(self) -> str:
        return "Keys(...)"


class Vector(NamedTuple):
    """What the HSS gives for one challenge (TS 33.102 6.3.2)."""

    rand: bytes
    autn: bytes
    keys: Keys


class Accepted(NamedTuple):
    """A challenge whose MAC-A fits, as the USIM sees it; SQN is still to be judged (`sequence.Window`)."""

    sqn: int
    keys: Keys


def generate(functions: Functions, rand: bytes, sqn: int, amf: bytes) -> Vector:
    """Make the vector for a RAND of 16 bytes, a 48-bit SQN and an AMF of 2 bytes (TS 33.102 6.3.2)."""
    mac_a, res, ck, ik, ak = functions.outputs(rand, sqn, amf)
    concealed = (sqn ^ int.from_bytes(ak)).to_bytes(6)
    return Vector(rand, concealed + amf + mac_a, Keys(res, ck, ik))


def accept(functions: Functions, rand: bytes, autn: bytes) -> Accepted:
    """Verify AUTN at the USIM (TS 33.102 6.3.3). Raises MacFailure, or Malformed if it has not 16 bytes."""
    if len(autn) != AUTN_SIZE:
        raise Malformed(f"AUTN has {len(autn)} bytes, not {AUTN_SIZE}")
    sqn, (mac_a, res, ck, ik, _) = functions.revealed(rand, autn[:6], autn[6:8])
    if not compare_digest(mac_a, autn[8:]):
        raise MacFailure("MAC-A of AUTN is not the one that K gives")
    return Accepted(sqn, Keys(res, ck, ik))


def build_auts(functions: Functions, rand: bytes, sqn_ms: int) -> bytes:
    """Build the USIM's request to synchronise, 14 bytes, with the highest SQN it has taken (TS 33.102 6.3.3)."""
    concealed = sqn_ms ^ int.from_bytes(functions.f5_star(rand))
    return concealed.to_bytes(6) + functions.f1_star(rand, sqn_ms, AMF_RESYNC)


def open_auts(functions: Functions, rand: bytes, auts: bytes) -> int:
    """Read SQN_MS out of an AUTS for the RAND of our challenge (TS 33.102 6.3.5). Raises MacFailure or Malformed."""
    if len(auts) != AUTS_SIZE:
        raise Malformed(f"AUTS has {len(auts)} bytes, not {AUTS_SIZE}")
    sqn_ms = int.from_bytes(auts[:6]) ^ int.from_bytes(functions.f5_star(rand))
    if not compare_digest(functions.f1_star(rand, sqn_ms, AMF_RESYNC), auts[6:]):
        raise MacFailure("MAC-S of AUTS is not the one that K gives")
    return sqn_ms
