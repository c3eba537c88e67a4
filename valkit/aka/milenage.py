"""Milenage, the example algorithm set for f1 to f5* (TS 35.206), and OPc from OP.

Knows the blocks of TS 35.206 and nothing of sequence windows, AUTN or SIP. One AES key schedule is kept per
subscriber, and blocks that do not depend on each other go through it in one call, since the call costs ten times the
cipher. For the same reason the XORs of several blocks are one XOR of one wide integer:

    TEMP = E(RAND ^ OPc)
    OUT1 = E(TEMP ^ rot(IN1 ^ OPc, r1) ^ c1) ^ OPc          IN1 = SQN || AMF || SQN || AMF
    OUTn = E(rot(TEMP ^ OPc, rn) ^ cn) ^ OPc                n = 2 ... 5

IN1 repeats after 64 bits and r1 is 64, so rot(IN1) is IN1, and the first block is TEMP ^ OPc, too, with a constant of
the subscriber and IN1 laid over it.
"""

from collections.abc import Callable
from typing import Self

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from valkit.aka.functions import Outputs

BLOCK = 16
"""Bytes of K, OP, OPc, RAND, CK and IK."""

C = (0, 1, 2, 4, 8)
"""The constants c1 ... c5 (TS 35.206 4.1). The rotations r1 ... r5 are 64, 0, 32, 64 and 96 bits."""


class Milenage:
    """The functions of one subscriber: K and OPc, 16 bytes each, kept as a key schedule and never shown.

    Raises ValueError if either has another length.
    """

    __slots__ = ("_encrypt", "_in234", "_in1234", "_opc", "_opc3", "_opc4", "_spread1")

    def __init__(self, k: bytes, opc: bytes) -> None:
        if len(opc) != BLOCK:
            raise ValueError(f"OPc has {len(opc)} bytes, not {BLOCK}")
        self._encrypt = _cipher(k)
        self._opc = int.from_bytes(opc)
        self._spread1 = self._opc ^ int.from_bytes(opc[8:] + opc[:8]) ^ C[0]  # OPc ^ rot(OPc, r1) ^ c1
        self._in234 = C[1] << 256 | C[2] << 128 | C[3]
        self._in1234 = self._spread1 << 384 | self._in234
        self._opc3 = int.from_bytes(opc * 3)
        self._opc4 = int.from_bytes(opc * 4)

    @classmethod
    def from_op(cls, k: bytes, op: bytes) -> Self:
        """Take the operator's OP instead of the subscriber's OPc."""
        return cls(k, opc_from_op(k, op))

    def outputs(self, rand: bytes, sqn: int, amf: bytes) -> Outputs:
        """Give f1 to f5 where SQN is known: the network's side, in two calls of the cipher."""
        twice = self._base(rand).to_bytes(BLOCK) * 2
        blocks = twice + twice[4:20] + twice[8:24]  # for r1 (see above), r2, r3, r4
        plain = int.from_bytes(blocks) ^ self._in1234 ^ _in1(sqn, amf) << 384
        out = (int.from_bytes(self._encrypt(plain.to_bytes(64))) ^ self._opc4).to_bytes(64)
        return Outputs(out[:8], out[24:32], out[32:48], out[48:], out[16:22])

    def revealed(self, rand: bytes, concealed: bytes, amf: bytes) -> tuple[int, Outputs]:
        """Give SQN and f1 to f5 where only SQN ^ AK is known (6 bytes): the USIM's side, in three calls."""
        base = self._base(rand)
        twice = base.to_bytes(BLOCK) * 2
        blocks = twice[:16] + twice[4:20] + twice[8:24]  # for r2, r3, r4
        plain = int.from_bytes(blocks) ^ self._in234
        out = (int.from_bytes(self._encrypt(plain.to_bytes(48))) ^ self._opc3).to_bytes(48)
        sqn = int.from_bytes(out[:6]) ^ int.from_bytes(concealed)
        mac_a = self._out1(base, sqn, amf)[:8]
        return sqn, Outputs(mac_a, out[8:16], out[16:32], out[32:], out[:6])

    def f1_star(self, rand: bytes, sqn: int, amf: bytes) -> bytes:
        """Give MAC-S, 8 bytes; `amf` is 0000 in an AUTS (TS 33.102 6.3.3)."""
        return self._out1(self._base(rand), sqn, amf)[8:]

    def f5_star(self, rand: bytes) -> bytes:
        """Give AK*, 6 bytes: what conceals SQN in an AUTS."""
        twice = self._base(rand).to_bytes(BLOCK) * 2
        return self._out(int.from_bytes(twice[12:28]) ^ C[4])[:6]  # for r5

    def _base(self, rand: bytes) -> int:
        """Give TEMP ^ OPc, of which every further block is made."""
        temp = self._encrypt((int.from_bytes(rand) ^ self._opc).to_bytes(BLOCK))
        return int.from_bytes(temp) ^ self._opc

    def _out1(self, base: int, sqn: int, amf: bytes) -> bytes:
        """Give OUT1 = MAC-A || MAC-S."""
        return self._out(base ^ self._spread1 ^ _in1(sqn, amf))

    def _out(self, plain: int) -> bytes:
        return (int.from_bytes(self._encrypt(plain.to_bytes(BLOCK))) ^ self._opc).to_bytes(BLOCK)


def opc_from_op(k: bytes, op: bytes) -> bytes:
    """Give OPc = E(OP) ^ OP, 16 bytes (TS 35.206 4.1)."""
    if len(op) != BLOCK:
        raise ValueError(f"OP has {len(op)} bytes, not {BLOCK}")
    return (int.from_bytes(_cipher(k)(op)) ^ int.from_bytes(op)).to_bytes(BLOCK)


def _in1(sqn: int, amf: bytes) -> int:
    half = sqn << 16 | int.from_bytes(amf)
    return half << 64 | half


def _cipher(k: bytes) -> Callable[[bytes], bytes]:
    if len(k) != BLOCK:
        raise ValueError(f"K has {len(k)} bytes, not {BLOCK}")
    # Single blocks of pseudo-random input.
    return Cipher(AES(k), ECB()).encryptor().update  # noqa: S305  the plain block function that TS 35.206 asks for
