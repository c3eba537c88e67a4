"""TUAK, the second algorithm set for f1 to f5* (TS 35.231), and TOPc from TOP.

Knows the one block of TS 35.231 and nothing of sequence windows, AUTN or SIP. Every function is the permutation
Keccak-f[1600] over

    IN = TOPc || INSTANCE || "TUAK1.0" || RAND || AMF || SQN || K || padding       bit 0 first, each value backwards
          256    8            56          128    16     48    256                  zeros where a function has no input

The padding is that of SHAKE256 (five ones, zeros, a one at bit 1087, and 512 zeros), and all outputs lie within the
first 1088 bits. So a TUAK function is SHAKE256 of the 768 bits before the padding, and one with several iterations
takes a later block of what SHAKE256 squeezes out, since each block is one more permutation.
"""

from hashlib import shake_256
from typing import Final, Self

from attrs import field, frozen, validators

from valkit.aka.functions import Outputs

TOP_SIZE: Final = 32
"""Bytes of TOP and TOPc."""

K_SIZES: Final = (16, 32)
"""Bytes K may have."""

NAME = b"TUAK1.0"

BLOCK = 136
"""Bytes of IN and OUT before the capacity of SHAKE256."""

# INSTANCE (TS 35.231 6.2 to 6.6): the function, then the sizes of its outputs, and in the lowest bit that of K.
TOPC, F1, F1_STAR, F2345, F5_STAR = 0x00, 0x00, 0x80, 0x40, 0xC0
LONG_CK, LONG_IK, LONG_K = 0x04, 0x02, 0x01

NO_SQN_AND_AMF = bytes(8)
NO_INPUTS = bytes(24)


@frozen
class Sizes:
    """Bytes of the outputs, which an operator chooses."""

    res: int = field(default=8, validator=validators.in_((4, 8, 16, 32)))
    ck: int = field(default=16, validator=validators.in_((16, 32)))
    ik: int = field(default=16, validator=validators.in_((16, 32)))
    mac: int = field(default=8, validator=validators.in_((8, 16, 32)))
    """8 wherever an AUTN is made: it has room for no more (TS 33.102 6.3.2)."""


class Tuak:
    """The functions of one subscriber: K of 16 or 32 bytes and TOPc of 32, never shown.

    Raises ValueError if one has another length, or if the iterations are not 1 to 255.
    """

    __slots__ = ("_f1", "_f2345", "_iterations", "_k", "_sizes", "_topc")

    def __init__(self, k: bytes, topc: bytes, sizes: Sizes = Sizes(), iterations: int = 1) -> None:
        _check(k, topc, "TOPc", iterations)
        self._k = k
        self._topc = topc
        self._sizes = sizes
        self._iterations = iterations
        self._f1 = sizes.mac
        self._f2345 = F2345 | (sizes.res if sizes.res > 4 else 0)
        self._f2345 |= (LONG_CK if sizes.ck == 32 else 0) | (LONG_IK if sizes.ik == 32 else 0)

    @classmethod
    def from_top(cls, k: bytes, top: bytes, sizes: Sizes = Sizes(), iterations: int = 1) -> Self:
        """Take the operator's TOP instead of the subscriber's TOPc."""
        return cls(k, topc_from_top(k, top, iterations), sizes, iterations)

    def outputs(self, rand: bytes, sqn: int, amf: bytes) -> Outputs:
        """Give f1 to f5 where SQN is known: the network's side."""
        return Outputs(self._mac(F1, rand, sqn, amf), *self._f2_to_f5(rand))

    def revealed(self, rand: bytes, concealed: bytes, amf: bytes) -> tuple[int, Outputs]:
        """Give SQN and f1 to f5 where only SQN ^ AK is known (6 bytes): the USIM's side."""
        res, ck, ik, ak = self._f2_to_f5(rand)
        sqn = int.from_bytes(concealed) ^ int.from_bytes(ak)
        return sqn, Outputs(self._mac(F1, rand, sqn, amf), res, ck, ik, ak)

    def f1_star(self, rand: bytes, sqn: int, amf: bytes) -> bytes:
        """Give MAC-S; `amf` is 0000 in an AUTS (TS 33.102 6.3.3)."""
        return self._mac(F1_STAR, rand, sqn, amf)

    def f5_star(self, rand: bytes) -> bytes:
        """Give AK*, 6 bytes: what conceals SQN in an AUTS."""
        return self._out(F5_STAR, rand)[96:102][::-1]

    def _mac(self, function: int, rand: bytes, sqn: int, amf: bytes) -> bytes:
        return self._out(function | self._f1, rand, sqn.to_bytes(6) + amf)[: self._sizes.mac][::-1]

    def _f2_to_f5(self, rand: bytes) -> tuple[bytes, bytes, bytes, bytes]:
        """Give RES, CK, IK and AK, which come out of one block."""
        out, sizes = self._out(self._f2345, rand), self._sizes
        return out[: sizes.res][::-1], out[32 : 32 + sizes.ck][::-1], out[64 : 64 + sizes.ik][::-1], out[96:102][::-1]

    def _out(self, instance: int, rand: bytes, sqn_and_amf: bytes = NO_SQN_AND_AMF) -> bytes:
        return _permuted(self._k, self._topc, instance, sqn_and_amf + rand, self._iterations)


def topc_from_top(k: bytes, top: bytes, iterations: int = 1) -> bytes:
    """Give TOPc, 32 bytes (TS 35.231 6.1). It depends on the number of iterations, too."""
    _check(k, top, "TOP", iterations)
    return _permuted(k, top, TOPC, NO_INPUTS, iterations)[:TOP_SIZE][::-1]


def _permuted(k: bytes, top: bytes, instance: int, inputs: bytes, iterations: int) -> bytes:
    """Give the first 1088 bits of OUT, bit 0 first; `inputs` is SQN || AMF || RAND."""
    sized = instance | (LONG_K if len(k) == 32 else 0)
    backwards = k.rjust(32, b"\0") + inputs + NAME + sized.to_bytes() + top
    return shake_256(backwards[::-1]).digest(BLOCK * iterations)[-BLOCK:]


def _check(k: bytes, top: bytes, name: str, iterations: int) -> None:
    if len(k) not in K_SIZES:
        raise ValueError(f"K has {len(k)} bytes, not 16 or 32")
    if len(top) != TOP_SIZE:
        raise ValueError(f"{name} has {len(top)} bytes, not {TOP_SIZE}")
    if not 0 < iterations < 256:
        raise ValueError(f"TUAK has 1 to 255 iterations, not {iterations}")
