"""What a key management server gives, believed or not: every key is held against the certificate. Pure.

the certificate   of the KMS that was asked; its time; KPAK on its curve, Z on its curve and of order q
a key set         of this KMS and certificate, for this user, not revoked; its UID and times those of its key period
SSK and PVT       RFC 6507 5.1.2: KPAK = [SSK]G - [HS]PVT
RSK               RFC 6508 6.1.2: < [a]P + Z, K > = g
"""

from collections.abc import Iterable

from attrs import field, frozen

from ue_sim.keys.errors import Doubtful
from valkit.idbased.eccsi import PublicAuthenticationKey, SigningKey
from valkit.idbased.errors import IdBasedError
from valkit.idbased.sakke import PublicKey, ReceiverKey
from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.keysets import KeySet


@frozen
class Kms:
    """A KMS whose certificate was checked: one can send to its users, and verify their signatures."""

    certificate: Certificate
    kpak: PublicAuthenticationKey
    z: PublicKey

    @property
    def uri(self) -> str:
        """Its name."""
        return self.certificate.kms_uri


@frozen
class PeriodKeys:
    """A user's keys of one key period, checked."""

    number: int
    signing: SigningKey = field(repr=False)
    receiving: ReceiverKey = field(repr=False)
    key_set: KeySet
    """As they were given, to be kept."""


def believed(certificate: Certificate, kms_uri: str | None, now: float) -> Kms:
    """Believe a certificate that came over a connection to its KMS. Raises Doubtful.

    `kms_uri` is the name that the KMS is known by; without it, it is believed what it says of itself.
    """
    if kms_uri not in {None, certificate.kms_uri}:
        raise Doubtful(f"the certificate is of another KMS ({certificate.kms_uri}, expected {kms_uri})")
    if not certificate.holds(now):
        raise Doubtful(f"the certificate of {certificate.kms_uri} does not hold now")
    try:
        return Kms(certificate, PublicAuthenticationKey.parse(certificate.kpak), PublicKey.parse(certificate.z))
    except IdBasedError as error:
        raise Doubtful(f"the certificate of {certificate.kms_uri} has keys that are none: {error}") from None


def sifted(certificates: Iterable[Certificate], now: float) -> tuple[tuple[Kms, ...], tuple[Doubtful, ...]]:
    """Believe the certificates of other domains that can be believed; one that cannot spoils no other."""
    held, doubts = list[Kms](), list[Doubtful]()
    for certificate in certificates:
        try:
            held.append(believed(certificate, None, now))
        except Doubtful as doubt:
            doubts.append(doubt)
    return tuple(held), tuple(doubts)


def checked(key_set: KeySet, kms: Kms, user: str) -> PeriodKeys:
    """Believe a key set that the user was given by this KMS. Raises Doubtful. It takes two pairings' time."""
    certificate = kms.certificate
    identity = certificate.identity(user, key_set.number)
    begins, ends = certificate.periods.bounds(key_set.number)
    _require(key_set.user_uri == user, "they are another user's")
    _require(key_set.kms_uri == kms.uri, "they are of another KMS")
    _require(key_set.cert_uri in {None, certificate.cert_uri}, "they are of another certificate")
    _require(not key_set.revoked, "they are revoked")
    _require(key_set.uid == identity, "their UID is not that of user, KMS and key period")
    _require(key_set.valid_from in {None, float(begins)}, "they are not from the beginning of their key period")
    _require(key_set.valid_to in {None, float(ends)}, "they are not until the end of their key period")
    try:
        signing = kms.kpak.accept(identity, key_set.ssk, key_set.pvt)
        return PeriodKeys(key_set.number, signing, kms.z.accept(identity, key_set.rsk), key_set)
    except IdBasedError as error:
        raise Doubtful(f"the keys of key period {key_set.number} are not to be used: {error}") from None


def _require(holds: bool, otherwise: str) -> None:  # noqa: FBT001  a condition
    if not holds:
        raise Doubtful(f"the keys are not to be used: {otherwise}")
