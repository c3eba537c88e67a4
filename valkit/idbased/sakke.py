"""SAKKE, secrets encrypted to an identity (RFC 6508), with Parameter Set 1 (RFC 6509 Appendix A) and SHA-256.

    z_T      MasterSecret    the KMS's; `extract` makes the RSK of an identity    6.1.1
    Z_T      PublicKey       everybody's; `accept` verifies an RSK, `encapsulate` sends    6.1.2, 6.2.1
    K_(a,T)  ReceiverKey     one identity's RSK; `decapsulate` receives    6.2.2

An identity is bytes, and the number they make lies in 2 ... q - 1; every UID of 32 bytes does, unless it is nearly all
zeros. The Shared Secret Value has 16 bytes, and its Encapsulated Data 273: R, a point, then the hint H.

RFC 6508 verifies an RSK by < [a]P + Z, K > = g. The pairing of two points of order q is symmetric, and K comes first
here, because the pairing finds out in passing whether its first point has that order. See the package for what
the time of all this gives away.
"""

from functools import cached_property
from hashlib import sha256

from attrs import field, frozen

from valkit.idbased.curves import Point
from valkit.idbased.errors import KeyRefused, Malformed, NotDecapsulated
from valkit.idbased.multiples import Comb, plain, summed
from valkit.idbased.pairing import pair, power
from valkit.idbased.parameters import SET_1, SSV_BITS
from valkit.idbased.parameters import G as PAIRED
from valkit.idbased.scalars import drawn
from valkit.ids import Ids

CURVE, Q = SET_1.curve, SET_1.q

L = CURVE.size
"""Bytes of a coordinate."""

POINT_SIZE = 2 * L + 1
SSV_SIZE = SSV_BITS // 8
ENCAPSULATED_SIZE = POINT_SIZE + SSV_SIZE


def new_ssv(ids: Ids) -> bytes:
    """Draw a Shared Secret Value (RFC 6508 6.2.1, step 1)."""
    return ids.nonce(SSV_SIZE)


def hash_to_range(data: bytes, below: int) -> int:
    """Give HashToIntegerRange( s, n, SHA-256 ), a number of 0 ... n - 1 (RFC 6508 5.1)."""
    a = sha256(data).digest()
    h = bytes(len(a))
    v = b""
    while len(v) * 8 < (below - 1).bit_length():
        h = sha256(h).digest()
        v += sha256(h + a).digest()
    return int.from_bytes(v) % below


@frozen
class PublicKey:
    """Z_T, with which anybody sends to the users of a KMS; a point of order q."""

    point: Point

    @classmethod
    def parse(cls, data: bytes) -> "PublicKey":
        """Read a Z of 257 bytes. Raises Malformed, also if its order is not q."""
        point = CURVE.decode(data, "Z")
        if plain(CURVE, Q, point)[2]:
            raise Malformed("Z has not the order q")
        return cls(point)

    def __bytes__(self) -> bytes:
        return CURVE.encode(self.point)

    @cached_property
    def comb(self) -> Comb:
        """The table of Z, made on first use and then kept: a KMS's users send and receive with the same Z."""
        return Comb.of(CURVE, self.point, Q)

    def accept(self, identity: bytes, rsk: bytes) -> "ReceiverKey":
        """Verify the RSK that a KMS provided for an identity, as must be done before it is used (RFC 6508 6.1.2).

        Raises Malformed, or KeyRefused if < [a]P + Z, K > is not g.
        """
        point = CURVE.decode(rsk, "RSK")
        receiver = self._multiple(1, number_of(identity))
        if receiver is None or pair(SET_1, point, receiver) != PAIRED:
            raise KeyRefused("the RSK is not of this identity and this KMS")
        return ReceiverKey(self, identity, point)

    def encapsulate(self, identity: bytes, ssv: bytes) -> bytes:
        """Encrypt an SSV of 16 bytes to an identity, giving 273 bytes (RFC 6508 6.2.1).

        An SSV is for one call, or for one group, whose members each get it encapsulated. Raises Malformed.
        """
        if len(ssv) != SSV_SIZE:
            raise ValueError(f"an SSV has {SSV_SIZE} bytes")
        r = hash_to_range(ssv + identity, Q)
        sent = self._multiple(r, number_of(identity))
        if sent is None:
            raise Malformed("this identity has no receiver key")
        return CURVE.encode(sent) + _masked(ssv, power(SET_1, PAIRED, r))

    def _multiple(self, r: int, identity: int) -> Point | None:
        """Give [r]([b]P + Z); it is infinity if b is -z, for which no RSK exists."""
        return summed((r * identity % Q, SET_1.comb), (r, self.comb))


@frozen
class MasterSecret:
    """z_T, the secret of a KMS from which it makes its users' receiver keys."""

    _z: int = field(repr=False)

    @classmethod
    def generate(cls, ids: Ids) -> "MasterSecret":
        """Make a new one (RFC 6508 6.1)."""
        return cls(drawn(ids, 2, Q))

    @classmethod
    def parse(cls, data: bytes) -> "MasterSecret":
        """Read a z of 128 bytes from where it was kept. Raises Malformed."""
        z = int.from_bytes(data)
        if len(data) != L or not 2 <= z < Q:
            raise Malformed(f"z is not a number of 2 ... q - 1 in {L} bytes")
        return cls(z)

    def __bytes__(self) -> bytes:
        """Give the secret itself, to be kept where nobody else reads it."""
        return self._z.to_bytes(L)

    @cached_property
    def public(self) -> PublicKey:
        """Z_T = [z_T]P."""
        return PublicKey(_base(self._z))

    def extract(self, identity: bytes) -> "ReceiverKey":
        """Make the RSK of an identity, [(a + z_T)^-1]P (RFC 6508 6.1.1). Raises Malformed."""
        total = (number_of(identity) + self._z) % Q
        if not total:
            raise Malformed("this identity has no receiver key")
        return ReceiverKey(self.public, identity, _base(pow(total, -1, Q)))


@frozen
class ReceiverKey:
    """An identity's RSK, made by `extract` or verified by `accept`."""

    public: PublicKey
    identity: bytes
    _rsk: Point = field(repr=False)

    @property
    def rsk(self) -> bytes:
        """The secret itself, 257 bytes, to be sent to its owner alone."""
        return CURVE.encode(self._rsk)

    def decapsulate(self, data: bytes) -> bytes:
        """Give the SSV that was encapsulated to this identity (RFC 6508 6.2.2).

        Raises Malformed, or NotDecapsulated if TEST is not R.
        """
        if len(data) != ENCAPSULATED_SIZE:
            raise Malformed(f"Encapsulated Data have {ENCAPSULATED_SIZE} bytes")
        received = CURVE.decode(data[:POINT_SIZE], "R")
        w = pair(SET_1, received, self._rsk)
        ssv = _masked(data[POINT_SIZE:], w)
        r = hash_to_range(ssv + self.identity, Q)
        test = self.public._multiple(r, number_of(self.identity))  # noqa: SLF001 - sender and receiver compute the same
        if test != received:
            raise NotDecapsulated("the Encapsulated Data were not made for this identity and this KMS, or were changed")
        return ssv


def number_of(identity: bytes) -> int:
    """Give the number that an identity is. Raises Malformed if it is not one of 2 ... q - 1 (RFC 6508 2.2)."""
    number = int.from_bytes(identity)
    if not 2 <= number < Q:
        raise Malformed("an identity is not a number of 2 ... q - 1")
    return number


def _masked(value: bytes, element: int) -> bytes:
    """Lay HashToIntegerRange( element, 2^n ) over 16 bytes, or take it away again."""
    mask = hash_to_range(element.to_bytes(L), 1 << SSV_BITS)
    return (int.from_bytes(value) ^ mask).to_bytes(SSV_SIZE)


def _base(number: int) -> Point:
    """Give [k]P for k in 1 ... q - 1, which is never infinity."""
    point = summed((number, SET_1.comb))
    assert point is not None
    return point
