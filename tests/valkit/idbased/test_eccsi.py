"""ECCSI against RFC 6507 Appendix A, against OpenSSL's ECDSA, and by what a signature must satisfy."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis.strategies import binary, integers

from tests.valkit.idbased.support import Given, changed
from tests.vectors import eccsi as known
from valkit.idbased.eccsi import CURVE, PublicAuthenticationKey, Q, SecretAuthenticationKey, SigningKey, _he
from valkit.idbased.errors import KeyRefused, Malformed, SignatureRefused
from valkit.idbased.multiples import combined
from valkit.ids import SeededIds, SystemIds

h = bytes.fromhex
KSAK = SecretAuthenticationKey.parse(int(known.KSAK, 16).to_bytes(32))
KPAK = PublicAuthenticationKey.parse(h(known.KPAK))
IDENTITY, MESSAGE, SIGNATURE = h(known.IDENTITY), h(known.MESSAGE), h(known.SIGNATURE)
KEY = KPAK.accept(IDENTITY, h(known.SSK), h(known.PVT))
OTHER_KMS = SecretAuthenticationKey.generate(SeededIds("another KMS"))


class TestRfc6507:
    def test_kpak(self) -> None:
        """KPAK = [KSAK]G."""
        assert bytes(KSAK.public) == h(known.KPAK)
        assert bytes(KPAK) == h(known.KPAK)

    def test_ssk_and_pvt(self) -> None:
        """The KMS that draws v provides the RFC's SSK, PVT and HS."""
        key = KSAK.provision(IDENTITY, Given(int(known.V, 16)))
        assert (key.ssk, key.pvt, key.hs) == (h(known.SSK), h(known.PVT), h(known.HS))

    def test_the_ssk_is_valid(self) -> None:
        """The signer who gets them accepts them, with the same HS."""
        assert KSAK.provision(IDENTITY, Given(int(known.V, 16))) == KEY

    def test_the_signature(self) -> None:
        """The signer who draws j makes the RFC's signature, byte for byte."""
        assert KEY.sign(MESSAGE, Given(int(known.J, 16))) == SIGNATURE
        assert h(known.R) + h(known.S) + h(known.PVT) == SIGNATURE
        assert h(known.J_POINT)[1:33] == h(known.R)

    def test_the_hash_of_the_message(self) -> None:
        """HE = hash( HS || r || M )."""
        assert _he(h(known.HS), h(known.R), MESSAGE) == h(known.HE)

    def test_y(self) -> None:
        """[HS]PVT + KPAK is the RFC's Y."""
        pvt = CURVE.decode(h(known.PVT), "PVT")
        y = combined(CURVE, (int(known.HS, 16), pvt), (1, KPAK.point))
        assert y == CURVE.decode(h(known.Y), "Y")

    def test_the_signature_holds(self) -> None:
        """Whoever knows KPAK and identity accepts it."""
        KPAK.verify(IDENTITY, MESSAGE, SIGNATURE)


class TestKeys:
    @given(identity=binary(min_size=1, max_size=40), seed=integers())
    def test_what_a_kms_provides_is_accepted(self, identity: bytes, seed: int) -> None:
        """SSK and PVT arrive as they were made, for any identity and any KSAK."""
        ids = SeededIds(seed)
        ksak = SecretAuthenticationKey.generate(ids)
        key = ksak.provision(identity, ids)
        assert PublicAuthenticationKey.parse(bytes(ksak.public)).accept(identity, key.ssk, key.pvt) == key

    def test_an_identity_may_have_several_keys(self) -> None:
        """Each call provides another pair, and all are good (RFC 6507 5.1.1)."""
        one, two = KSAK.provision(b"alice", SystemIds()), KSAK.provision(b"alice", SystemIds())
        assert one.pvt != two.pvt
        for key in (one, two):
            KPAK.verify(b"alice", b"hello", key.sign(b"hello", SystemIds()))

    def test_a_kms_comes_back_from_its_secret(self) -> None:
        """A KSAK kept and read again has the same KPAK."""
        assert SecretAuthenticationKey.parse(bytes(OTHER_KMS)).public == OTHER_KMS.public

    @given(bit=integers(0, 255))
    def test_a_changed_ssk_is_refused(self, bit: int) -> None:
        """No bit of it may be wrong."""
        with pytest.raises((KeyRefused, Malformed)):
            KPAK.accept(IDENTITY, changed(KEY.ssk, bit), KEY.pvt)

    @given(bit=integers(0, 519))
    def test_a_changed_pvt_is_refused(self, bit: int) -> None:
        """No bit of it may be wrong."""
        with pytest.raises((KeyRefused, Malformed)):
            KPAK.accept(IDENTITY, KEY.ssk, changed(KEY.pvt, bit))

    def test_the_pvt_of_another_pair_is_refused(self) -> None:
        """A PVT on the curve that does not belong to this SSK does not help."""
        with pytest.raises(KeyRefused):
            KPAK.accept(IDENTITY, KEY.ssk, KSAK.provision(IDENTITY, SystemIds()).pvt)

    @given(identity=binary(max_size=40))
    def test_another_identitys_key_is_refused(self, identity: bytes) -> None:
        """A key is for one identity."""
        with pytest.raises(KeyRefused):
            KPAK.accept(identity, KEY.ssk, KEY.pvt)

    def test_another_kmss_key_is_refused(self) -> None:
        """A key is of one KMS."""
        with pytest.raises(KeyRefused):
            OTHER_KMS.public.accept(IDENTITY, KEY.ssk, KEY.pvt)

    @pytest.mark.parametrize("secret", [bytes(32), b"\xff" * 32, Q.to_bytes(32), b"", bytes(31) + b"\1\0"])
    def test_a_secret_out_of_range_is_malformed(self, secret: bytes) -> None:
        """0, q, more than q, and another length are no secret."""
        with pytest.raises(Malformed, match="SSK"):
            KPAK.accept(IDENTITY, secret, KEY.pvt)
        with pytest.raises(Malformed, match="KSAK"):
            SecretAuthenticationKey.parse(secret)

    def test_a_kpak_off_the_curve_is_malformed(self) -> None:
        """A device checks KPAK before it uses it (RFC 6507 4.2)."""
        with pytest.raises(Malformed, match="KPAK"):
            PublicAuthenticationKey.parse(changed(h(known.KPAK), 0))


class TestSignatures:
    @given(message=binary(max_size=100), identity=binary(min_size=1, max_size=40), seed=integers())
    def test_what_is_signed_verifies(self, message: bytes, identity: bytes, seed: int) -> None:
        """Any message, any identity."""
        ids = SeededIds(seed)
        KPAK.verify(identity, message, KSAK.provision(identity, ids).sign(message, ids))

    @given(bit=integers(0, 129 * 8 - 1))
    def test_a_changed_signature_is_refused(self, bit: int) -> None:
        """No bit of r, s or PVT may be wrong."""
        with pytest.raises(SignatureRefused):
            KPAK.verify(IDENTITY, MESSAGE, changed(SIGNATURE, bit))

    @given(message=binary(max_size=20).filter(lambda message: message != MESSAGE))
    def test_another_message_is_refused(self, message: bytes) -> None:
        """A signature is of one message."""
        with pytest.raises(SignatureRefused):
            KPAK.verify(IDENTITY, message, SIGNATURE)

    @given(identity=binary(max_size=40))
    def test_another_identity_is_refused(self, identity: bytes) -> None:
        """A signature is by one identity."""
        with pytest.raises(SignatureRefused):
            KPAK.verify(identity, MESSAGE, SIGNATURE)

    def test_another_kms_is_refused(self) -> None:
        """A signature is under one KPAK."""
        with pytest.raises(SignatureRefused):
            OTHER_KMS.public.verify(IDENTITY, MESSAGE, SIGNATURE)

    @given(signature=binary(max_size=140))
    def test_noise_is_refused(self, signature: bytes) -> None:
        """Whatever comes, it is no signature."""
        with pytest.raises(SignatureRefused):
            KPAK.verify(IDENTITY, MESSAGE, signature)

    def test_zeros_are_refused(self) -> None:
        """With s = 0 or r = 0 the point J is infinity, whose x nobody may compare."""
        for r, s in ((bytes(32), bytes(32)), (h(known.R), bytes(32)), (bytes(32), h(known.S)), (h(known.R), b"")):
            with pytest.raises(SignatureRefused):
                KPAK.verify(IDENTITY, MESSAGE, r + s + KEY.pvt)

    def test_the_opposite_s_holds_too(self) -> None:
        """As RFC 6507 6 says, q - s is as good as s: J and -J have one x."""
        opposite = (Q - int(known.S, 16)).to_bytes(32)
        KPAK.verify(IDENTITY, MESSAGE, h(known.R) + opposite + KEY.pvt)

    @given(message=binary(max_size=50), seed=integers())
    def test_openssl_agrees(self, message: bytes, seed: int) -> None:
        """Once Y is known, (r, 1/s) is an ECDSA signature of HE by Y (RFC 6507 6), and OpenSSL accepts it as that."""
        signature = KEY.sign(message, SeededIds(seed))
        r, s = signature[:32], int.from_bytes(signature[32:64])
        y = CURVE.decode(h(known.Y), "Y")
        key = EllipticCurvePublicNumbers(int(y.x), int(y.y), SECP256R1()).public_key()
        encoded = encode_dss_signature(int.from_bytes(r), pow(s, -1, Q))
        key.verify(encoded, _he(KEY.hs, r, message), ECDSA(Prehashed(SHA256())))


@pytest.mark.parametrize("key", [KSAK, KEY], ids=["KSAK", "SSK"])
def test_no_secret_is_shown(key: SecretAuthenticationKey | SigningKey) -> None:
    """Neither repr nor str tells KSAK or SSK, in whatever base."""
    secret = int(known.KSAK if isinstance(key, SecretAuthenticationKey) else known.SSK, 16)
    assert not any(form in f"{key!r} {key}".lower() for form in (str(secret), f"{secret:x}"))
