"""What a key management server gives is believed or not."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.ue_sim.keys.kms import HOME, KMS_URI, NOW, NUMBER, PARTNER
from tests.valkit.idbased.support import changed
from tests.vectors import streamwide_kms
from ue_sim.keys.checking import Kms, believed, checked
from ue_sim.keys.errors import Doubtful
from valkit.idbased.uid import KeyPeriods
from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.keysets import KeySet

KMS = believed(HOME.certificate, KMS_URI, NOW)
GIVEN = HOME.key_set("alice", NUMBER)


def test_honest_keys_are_believed() -> None:
    """And are then of the identity that they are for."""
    keys = checked(GIVEN, KMS, "alice")
    assert keys.signing.identity == keys.receiving.identity == GIVEN.uid
    assert GIVEN.ssk.hex() not in repr(keys)


@pytest.mark.parametrize("given_to", streamwide_kms.GIVEN, ids=lambda each: str(each.user_uri))
def test_keys_of_a_kms_that_is_not_ours_are_believed(given_to: streamwide_kms.Given) -> None:
    """Its certificate and key sets as they were published."""
    vector = streamwide_kms
    certificate = Certificate(vector.KMS_URI, KeyPeriods(vector.PERIOD), vector.Z, vector.KPAK)
    keys = KeySet(
        vector.KMS_URI,
        given_to.user_uri,
        bytes.fromhex(given_to.uid),
        vector.NUMBER,
        bytes.fromhex(given_to.rsk),
        bytes.fromhex(given_to.ssk),
        bytes.fromhex(given_to.pvt),
    )
    assert checked(keys, believed(certificate, None, NOW), given_to.user_uri).number == vector.NUMBER


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda each: evolve(each, kms_uri="kms.x"), "another KMS"),
        (lambda each: evolve(each, valid_to=NOW), "does not hold now"),
        (lambda each: evolve(each, revoked=True), "does not hold now"),
        (lambda each: evolve(each, z=changed(each.z, 40)), "has keys that are none"),
        (lambda each: evolve(each, kpak=changed(each.kpak, 40)), "has keys that are none"),
    ],
)
def test_certificates_that_are_not_believed(change: Callable[[Certificate], Certificate], says: str) -> None:
    """Each has its sentence."""
    with pytest.raises(Doubtful, match=says):
        believed(change(HOME.certificate), KMS_URI, NOW)


def test_without_a_name_it_is_believed_what_it_says() -> None:
    """It came over verified TLS."""
    assert believed(PARTNER.certificate, None, NOW).uri == "kms.partner.example"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda each: evolve(each, user_uri="bob"), "another user's"),
        (lambda each: evolve(each, kms_uri="kms.x"), "of another KMS"),
        (lambda each: evolve(each, cert_uri="cert2"), "another certificate"),
        (lambda each: evolve(each, revoked=True), "revoked"),
        (lambda each: evolve(each, uid=bytes(32)), "UID"),
        (lambda each: evolve(each, number=each.number + 1), "UID"),
        (lambda each: evolve(each, valid_from=0.0), "beginning"),
        (lambda each: evolve(each, valid_to=0.0), "end"),
        (lambda each: evolve(HOME.key_set("bob", NUMBER), user_uri="alice", uid=each.uid), "not to be used"),
        (lambda each: evolve(each, rsk=HOME.key_set("bob", NUMBER).rsk), "RSK"),
        (lambda each: evolve(each, pvt=HOME.key_set("bob", NUMBER).pvt), "SSK and PVT"),
        (lambda each: evolve(each, rsk=b"\x04" + bytes(256)), "order q"),
        (lambda each: evolve(each, ssk=bytes(34)), "SSK"),
    ],
)
def test_keys_that_are_not_believed(change: Callable[[KeySet], KeySet], says: str) -> None:
    """Each has its sentence; nothing that does not fit is kept."""
    with pytest.raises(Doubtful, match=says):
        checked(change(GIVEN), KMS, "alice")


@given(st.sampled_from(["rsk", "ssk", "pvt", "uid"]), st.integers(0, 2055))
def test_one_bit_is_enough(part: str, bit: int) -> None:
    """Whichever is turned round, the keys are not used."""
    turned: Any = {part: changed(getattr(GIVEN, part), bit)}
    with pytest.raises(Doubtful):
        checked(evolve(GIVEN, **turned), KMS, "alice")


def test_keys_of_another_kms() -> None:
    """Even if they say that they are of this one."""
    theirs = evolve(PARTNER.key_set("alice", NUMBER), kms_uri=KMS_URI, cert_uri=None, uid=GIVEN.uid)
    with pytest.raises(Doubtful, match="not to be used"):
        checked(theirs, Kms(KMS.certificate, KMS.kpak, KMS.z), "alice")
