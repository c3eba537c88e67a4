"""KMS certificates."""

import pytest
from attrs import evolve
from hypothesis import given

from tests.valkit.keymanagement.support import CERTIFICATE, certificates
from tests.vectors.streamwide_kms import GIVEN, KMS_URI, KPAK, NUMBER, PERIOD, Given, Z
from valkit.idbased.eccsi import PublicAuthenticationKey
from valkit.idbased.sakke import PublicKey
from valkit.idbased.uid import KeyPeriods
from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.markup import KMS, Reading, document

KEYS = "<PubEncKey>04</PubEncKey><PubAuthKey>04</PubAuthKey>"


def read(inner: str, role: str = "Root") -> Certificate:
    """Read a certificate with this in it."""
    body = f'<KmsCertificate xmlns="{KMS}" Role="{role}"><KmsUri>kms.x</KmsUri>{inner}{KEYS}</KmsCertificate>'
    return Certificate.read(Reading.of(body.encode(), "KmsCertificate"))


def periods(form: int = 2, length: int = 10, offset: int = 0) -> str:
    """Write format, length and offset."""
    cut = f"<UserKeyPeriod>{length}</UserKeyPeriod><UserKeyOffset>{offset}</UserKeyOffset>"
    return f"<UserIdFormat>{form}</UserIdFormat>{cut}"


@given(certificates)
def test_it_is_read_as_it_was_written(certificate: Certificate) -> None:
    """Every field."""
    assert Certificate.read(Reading.of(document(certificate.element()), "KmsCertificate")) == certificate


def test_one_without_what_may_be_left_out() -> None:
    """No validity means always, no domains none, no ParameterSet the first."""
    certificate = read(periods())
    assert certificate.holds(0.0)
    assert (certificate.cert_uri, certificate.domains, certificate.revoked) == (None, (), False)


@pytest.mark.parametrize(
    ("inner", "role"),
    [
        (periods(form=1), "Root"),
        (periods() + "<ParameterSet>2</ParameterSet>", "Root"),
        (periods(length=0), "Root"),
        (periods(offset=10), "Root"),
        (periods(), "Leaf"),
    ],
)
def test_kinds_that_are_not_understood(inner: str, role: str) -> None:
    """Keys of another kind would be taken for ours."""
    with pytest.raises(Unreadable):
        read(inner, role)


def test_when_it_holds() -> None:
    """From ValidFrom to before ValidTo, and not once it is revoked."""
    assert [CERTIFICATE.holds(at) for at in (0.9, 1.0, 8.9, 9.0)] == [False, True, True, False]
    assert not evolve(CERTIFICATE, revoked=True).holds(5.0)


def test_what_others_are_given() -> None:
    """It says that it is not theirs."""
    assert CERTIFICATE.external() == evolve(CERTIFICATE, role="External")


@pytest.mark.parametrize("given_to", GIVEN, ids=lambda each: str(each.user_uri))
def test_keys_of_a_kms_that_is_not_ours(given_to: Given) -> None:
    """Its UIDs are ours, and its keys are accepted: what it made is what we take for an identity's keys."""
    identity = Certificate(KMS_URI, KeyPeriods(PERIOD), Z, KPAK).identity(given_to.user_uri, NUMBER)
    assert identity.hex() == given_to.uid
    PublicAuthenticationKey.parse(KPAK).accept(identity, bytes.fromhex(given_to.ssk), bytes.fromhex(given_to.pvt))
    PublicKey.parse(Z).accept(identity, bytes.fromhex(given_to.rsk))
