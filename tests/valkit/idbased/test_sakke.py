"""SAKKE against RFC 6508 Appendix A, and by what an encryption to an identity must satisfy."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis.strategies import binary, integers

from tests.valkit.idbased.support import Given, changed
from tests.vectors import sakke as known
from valkit.idbased.curves import Point
from valkit.idbased.errors import IdBasedError, KeyRefused, Malformed, NotDecapsulated
from valkit.idbased.pairing import pair, power
from valkit.idbased.parameters import SET_1, G
from valkit.idbased.sakke import (
    CURVE,
    MasterSecret,
    PublicKey,
    Q,
    ReceiverKey,
    hash_to_range,
    new_ssv,
    number_of,
)
from valkit.ids import SeededIds

h = bytes.fromhex
KMS = MasterSecret.parse(h(known.MASTER_SECRET).rjust(128, b"\0"))
Z = KMS.public
IDENTITY, SSV = h(known.IDENTITY), h(known.SSV)
KEY = KMS.extract(IDENTITY)
SENT = h(known.ENCAPSULATED_POINT) + h(known.HINT)
OTHER_KMS = MasterSecret.generate(SeededIds("another KMS"))
FEW = settings(max_examples=8)
"""A pairing takes a tenth of a second."""


class TestRfc6508:
    def test_z(self) -> None:
        """Z = [z]P, and it is read as it is written."""
        assert bytes(Z) == h(known.PUBLIC_KEY)
        assert PublicKey.parse(h(known.PUBLIC_KEY)) == Z

    def test_the_rsk(self) -> None:
        """The KMS makes the RFC's K for the identity."""
        assert KEY.rsk == h(known.RECEIVER_KEY)

    def test_the_rsk_is_valid(self) -> None:
        """The receiver who gets it accepts it."""
        assert Z.accept(IDENTITY, h(known.RECEIVER_KEY)) == KEY

    def test_hash_to_integer_range(self) -> None:
        """M becomes r, by the A, the h and the v of the RFC."""
        m = h(known.M)
        assert m == SSV + IDENTITY
        assert hash_to_range(m, Q) == int(known.R, 16) == int("".join(known.V), 16) % Q
        assert sha256(m).hexdigest() == known.A
        assert known.H[0] == "00" * 32
        assert [sha256(h(before)).hexdigest() for before in known.H[:-1]] == list(known.H[1:])
        assert [sha256(h(one + known.A)).hexdigest() for one in known.H[1:]] == list(known.V)

    def test_g_to_the_r(self) -> None:
        """The sender's g^r is the RFC's, and so is the receiver's w."""
        assert power(SET_1, G, int(known.R, 16)) == int(known.PAIRED, 16)
        received = CURVE.decode(h(known.ENCAPSULATED_POINT), "R")
        assert pair(SET_1, received, CURVE.decode(h(known.RECEIVER_KEY), "K")) == int(known.PAIRED, 16)

    def test_the_mask(self) -> None:
        """HashToIntegerRange( g^r, 2^128 ) is the mask, which over the SSV is the hint."""
        assert hash_to_range(h(known.PAIRED), 1 << 128) == int(known.MASK, 16)
        assert int(known.MASK, 16) ^ int(known.SSV, 16) == int(known.HINT, 16)

    def test_encapsulated_data(self) -> None:
        """The sender makes the RFC's R and H, byte for byte."""
        assert Z.encapsulate(IDENTITY, SSV) == SENT

    def test_the_ssv(self) -> None:
        """The receiver gets the RFC's SSV."""
        assert KEY.decapsulate(SENT) == SSV


class TestKeys:
    @given(identity=integers(2, 1 << 256), seed=integers())
    @FEW
    def test_what_a_kms_makes_is_accepted(self, identity: int, seed: int) -> None:
        """Z and RSK arrive as they were made, for any identity and any z."""
        kms = MasterSecret.generate(SeededIds(seed))
        key = kms.extract(identity.to_bytes(33))
        assert PublicKey.parse(bytes(kms.public)).accept(key.identity, key.rsk) == key

    def test_a_kms_comes_back_from_its_secret(self) -> None:
        """A z kept and read again has the same Z."""
        assert MasterSecret.parse(bytes(OTHER_KMS)).public == OTHER_KMS.public

    @given(bit=integers(0, 257 * 8 - 1))
    def test_a_changed_rsk_is_malformed(self, bit: int) -> None:
        """A bit wrong, and it is off the curve."""
        with pytest.raises(Malformed, match="RSK"):
            Z.accept(IDENTITY, changed(KEY.rsk, bit))

    def test_the_opposite_rsk_is_refused(self) -> None:
        """-K is on the curve and has order q, and is not K."""
        with pytest.raises(KeyRefused):
            Z.accept(IDENTITY, CURVE.encode(CURVE.negative(CURVE.decode(KEY.rsk, "K"))))

    def test_another_identitys_rsk_is_refused(self) -> None:
        """An RSK is for one identity."""
        with pytest.raises(KeyRefused):
            Z.accept(b"bob", KEY.rsk)

    def test_another_kmss_rsk_is_refused(self) -> None:
        """An RSK is of one KMS."""
        with pytest.raises(KeyRefused):
            Z.accept(IDENTITY, OTHER_KMS.extract(IDENTITY).rsk)

    def test_points_of_another_order_are_malformed(self) -> None:
        """K or Z plus the point of order 2 is on the curve and would pair as well, but is not in the group."""
        for point in (CURVE.decode(KEY.rsk, "K"), Z.point):
            shifted = CURVE.affine(CURVE.add((0, 0, 1), point))
            assert shifted is not None
            with pytest.raises(Malformed, match="order"):
                Z.accept(IDENTITY, CURVE.encode(shifted))
            with pytest.raises(Malformed, match="Z has not the order q"):
                PublicKey.parse(CURVE.encode(shifted))
        with pytest.raises(Malformed, match="order"):
            PublicKey.parse(CURVE.encode(Point(0, 0)))

    @pytest.mark.parametrize("number", [0, 1, Q, Q + 1])
    def test_a_master_secret_out_of_range_is_malformed(self, number: int) -> None:
        """It is one of 2 ... q - 1 in 128 bytes."""
        with pytest.raises(Malformed, match="z is not"):
            MasterSecret.parse(number.to_bytes(128))
        with pytest.raises(Malformed, match="z is not"):
            MasterSecret.parse(number.to_bytes(129))

    @pytest.mark.parametrize("identity", [b"", b"\0", b"\1", Q.to_bytes(128)])
    def test_an_identity_out_of_range_is_malformed(self, identity: bytes) -> None:
        """An identity is one of 2 ... q - 1 (RFC 6508 2.2)."""
        for use in (KMS.extract, number_of, lambda one: Z.encapsulate(one, SSV), lambda one: Z.accept(one, KEY.rsk)):
            with pytest.raises(Malformed, match="identity"):
                use(identity)

    def test_the_identity_that_no_kms_can_serve(self) -> None:
        """For -z there is no RSK and nothing to send to, and saying so is better than dividing by zero."""
        nobody = (Q - int(known.MASTER_SECRET, 16)).to_bytes(128)
        with pytest.raises(Malformed, match="no receiver key"):
            KMS.extract(nobody)
        with pytest.raises(Malformed, match="no receiver key"):
            Z.encapsulate(nobody, SSV)
        with pytest.raises(KeyRefused):
            Z.accept(nobody, KEY.rsk)


class TestEncapsulation:
    @given(ssv=binary(min_size=16, max_size=16), identity=binary(min_size=4, max_size=32))
    @FEW
    def test_what_is_sent_arrives(self, ssv: bytes, identity: bytes) -> None:
        """Any SSV, any identity that is a number in the range."""
        identity = b"\1" + identity
        assert KMS.extract(identity).decapsulate(Z.encapsulate(identity, ssv)) == ssv

    @given(bit=integers(0, 257 * 8 - 1))
    def test_a_changed_point_is_malformed(self, bit: int) -> None:
        """A bit of R wrong, and it is off the curve."""
        with pytest.raises(Malformed, match="R is not"):
            KEY.decapsulate(changed(SENT[:257], bit) + SENT[257:])

    @given(bit=integers(0, 127))
    @FEW
    def test_a_changed_hint_is_found_out(self, bit: int) -> None:
        """A bit of H wrong gives another SSV, whose TEST is not R."""
        with pytest.raises(NotDecapsulated):
            KEY.decapsulate(SENT[:257] + changed(SENT[257:], bit))

    def test_another_point_is_found_out(self) -> None:
        """A good R that was not made with this SSV is not accepted, nor is -R, nor R plus a point of order 2."""
        received = CURVE.decode(SENT[:257], "R")
        shifted = CURVE.affine(CURVE.add((0, 0, 1), received))
        assert shifted is not None
        for point in (SET_1.generator, CURVE.negative(received), shifted, Point(0, 0)):
            with pytest.raises(IdBasedError):
                KEY.decapsulate(CURVE.encode(point) + SENT[257:])

    def test_another_receiver_gets_nothing(self) -> None:
        """What is for Alice is not for Bob, nor for an Alice of another KMS."""
        for other in (KMS.extract(b"bob"), OTHER_KMS.extract(IDENTITY)):
            with pytest.raises(NotDecapsulated):
                other.decapsulate(SENT)

    @pytest.mark.parametrize("length", [0, 272, 274])
    def test_another_length_is_malformed(self, length: int) -> None:
        """Encapsulated Data have 273 bytes."""
        with pytest.raises(Malformed, match="273 bytes"):
            KEY.decapsulate(SENT.ljust(274, b"\0")[:length])

    @pytest.mark.parametrize("length", [0, 15, 17])
    def test_an_ssv_has_16_bytes(self, length: int) -> None:
        """Another length is our caller's mistake."""
        with pytest.raises(ValueError, match="16 bytes"):
            Z.encapsulate(IDENTITY, bytes(length))

    def test_a_new_ssv_is_what_the_source_gives(self) -> None:
        """16 bytes, drawn and nothing else."""
        assert new_ssv(Given(7)) == (7).to_bytes(16)


@pytest.mark.parametrize("key", [KMS, KEY], ids=["z", "RSK"])
def test_no_secret_is_shown(key: MasterSecret | ReceiverKey) -> None:
    """Neither repr nor str tells z or a coordinate of the RSK, in whatever base."""
    point = CURVE.decode(KEY.rsk, "K")
    shown = f"{key!r} {key}".lower()
    for secret in (int(known.MASTER_SECRET, 16), *point):
        assert not any(form in shown for form in (str(secret), f"{secret:x}"))
