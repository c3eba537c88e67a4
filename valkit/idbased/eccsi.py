"""ECCSI, signatures that are verified with the signer's identity (RFC 6507), on P-256 with SHA-256 (RFC 6509 2.1.1).

    KSAK    SecretAuthenticationKey    the KMS's; `provision` makes SSK and PVT for an identity    5.1.1
    KPAK    PublicAuthenticationKey    everybody's; `accept` validates an SSK, `verify` a signature    5.1.2, 5.2.2
    SSK     SigningKey                 one identity's, with its PVT; `sign`    5.2.1

Identities and messages are bytes; what an identity looks like is `valkit.idbased.uid`'s business. A signature is
r || s || PVT, 129 bytes. With a signature (r, s), (r, q - s) holds too, as RFC 6507 6 says: a signature that verifies
proves who signed what, not that nobody has touched it. See the package for what the time of all this gives away.
"""

from functools import cached_property
from hashlib import sha256

from attrs import field, frozen

from valkit.idbased.curves import Point
from valkit.idbased.errors import IdBasedError, KeyRefused, Malformed, SignatureRefused
from valkit.idbased.multiples import combined, summed
from valkit.idbased.parameters import P256
from valkit.idbased.scalars import drawn
from valkit.ids import Ids

CURVE, G, Q = P256.curve, P256.generator, P256.q

N = CURVE.size
"""Bytes of r, of s, of an SSK and of a hash."""

SIGNATURE_SIZE = 4 * N + 1


@frozen
class PublicAuthenticationKey:
    """KPAK, the root of trust of a KMS's users, checked to be on the curve (RFC 6507 4.2)."""

    point: Point

    @classmethod
    def parse(cls, data: bytes) -> "PublicAuthenticationKey":
        """Read a KPAK of 65 bytes. Raises Malformed."""
        return cls(CURVE.decode(data, "KPAK"))

    def __bytes__(self) -> bytes:
        return CURVE.encode(self.point)

    def accept(self, identity: bytes, ssk: bytes, pvt: bytes) -> "SigningKey":
        """Validate what a KMS provided for an identity, as must be done before it is used (RFC 6507 5.1.2).

        Raises Malformed, or KeyRefused if KPAK is not [SSK]G - [HS]PVT.
        """
        token = CURVE.decode(pvt, "PVT")
        secret = _secret(ssk, "SSK")
        hs = self.hs(identity, pvt)
        if combined(CURVE, (secret, G), (int.from_bytes(hs), CURVE.negative(token))) != self.point:
            raise KeyRefused("SSK and PVT are not of this identity and this KMS")
        return SigningKey(self, identity, pvt, hs, secret)

    def verify(self, identity: bytes, message: bytes, signature: bytes) -> None:
        """Accept a signature of 129 bytes, or raise SignatureRefused (RFC 6507 5.2.2)."""
        if len(signature) != SIGNATURE_SIZE:
            raise SignatureRefused(f"a signature has {SIGNATURE_SIZE} bytes")
        r, s, pvt = signature[:N], int.from_bytes(signature[N : 2 * N]), signature[2 * N :]
        try:
            token = CURVE.decode(pvt, "PVT")
        except IdBasedError as error:
            raise SignatureRefused(str(error)) from None
        hs = self.hs(identity, pvt)
        factor = s * int.from_bytes(r)
        # J = [s]([HE]G + [r]Y) with Y = [HS]PVT + KPAK, as one sum
        j = combined(
            CURVE,
            (s * int.from_bytes(_he(hs, r, message)) % Q, G),
            (factor * int.from_bytes(hs) % Q, token),
            (factor % Q, self.point),
        )
        if j is None or not j.x or (j.x - int.from_bytes(r)) % CURVE.p:
            raise SignatureRefused("the signature does not hold for this message, identity and KPAK")

    def hs(self, identity: bytes, pvt: bytes) -> bytes:
        """Give HS = hash( G || KPAK || ID || PVT ), which ties a PVT to an identity."""
        return sha256(CURVE.encode(G) + bytes(self) + identity + pvt).digest()


@frozen
class SecretAuthenticationKey:
    """KSAK, the secret of a KMS from which it makes its users' signing keys."""

    _ksak: int = field(repr=False)

    @classmethod
    def generate(cls, ids: Ids) -> "SecretAuthenticationKey":
        """Make a new one (RFC 6507 4.2)."""
        return cls(drawn(ids, 1, Q))

    @classmethod
    def parse(cls, data: bytes) -> "SecretAuthenticationKey":
        """Read a KSAK of 32 bytes from where it was kept. Raises Malformed."""
        return cls(_secret(data, "KSAK"))

    def __bytes__(self) -> bytes:
        """Give the secret itself, to be kept where nobody else reads it."""
        return self._ksak.to_bytes(N)

    @cached_property
    def public(self) -> PublicAuthenticationKey:
        """KPAK = [KSAK]G."""
        return PublicAuthenticationKey(_base(self._ksak))

    def provision(self, identity: bytes, ids: Ids) -> "SigningKey":
        """Make SSK and PVT for an identity; each call makes another pair (RFC 6507 5.1.1)."""
        while True:
            v = drawn(ids, 1, Q)
            pvt = CURVE.encode(_base(v))
            hs = self.public.hs(identity, pvt)
            ssk = (self._ksak + int.from_bytes(hs) * v) % Q
            if ssk and int.from_bytes(hs) % Q:
                return SigningKey(self.public, identity, pvt, hs, ssk)


@frozen
class SigningKey:
    """An identity's SSK with its PVT and HS, made by `provision` or validated by `accept`."""

    kpak: PublicAuthenticationKey
    identity: bytes
    pvt: bytes
    hs: bytes
    _ssk: int = field(repr=False)

    @property
    def ssk(self) -> bytes:
        """The secret itself, 32 bytes, to be sent to its owner alone."""
        return self._ssk.to_bytes(N)

    def sign(self, message: bytes, ids: Ids) -> bytes:
        """Sign, 129 bytes (RFC 6507 5.2.1). Whoever can foresee what `ids` gives here can compute the SSK."""
        while True:
            j = drawn(ids, 1, Q)
            r = _base(j).x.to_bytes(N)
            denominator = (int.from_bytes(_he(self.hs, r, message)) + int.from_bytes(r) * self._ssk) % Q
            if denominator:
                return r + (pow(denominator, -1, Q) * j % Q).to_bytes(N) + self.pvt


def _he(hs: bytes, r: bytes, message: bytes) -> bytes:
    return sha256(hs + r + message).digest()


def _base(number: int) -> Point:
    """Give [k]G for k in 1 ... q - 1, which is never infinity."""
    point = summed((number, P256.comb))
    assert point is not None
    return point


def _secret(data: bytes, what: str) -> int:
    number = int.from_bytes(data)
    if len(data) != N or not 0 < number < Q:
        raise Malformed(f"{what} is not a number of 1 ... q - 1 in {N} bytes")
    return number
