"""What a KMS makes of its master secrets: its certificate, and the keys of any identity in any key period. Pure.

A KMS makes each identity's SSK with a number that nobody can foresee (RFC 6507 5.1.1, v). Here that number is made of a
third master secret and the UID, as RFC 6979 does for signatures: the same identity gets the same keys again, after a
restart and from a second server with the same secrets, and none of them need to be kept.
"""

from collections.abc import Mapping
from json import dumps, loads

from attrs import evolve, field, frozen

from valkit.idbased.eccsi import SecretAuthenticationKey
from valkit.idbased.errors import IdBasedError
from valkit.idbased.sakke import MasterSecret
from valkit.idbased.uid import KeyPeriods
from valkit.ids import DerivedIds, Ids
from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.keysets import KeySet

SEED = 32
"""Bytes of the secret that makes the numbers v."""


class Damaged(ValueError):
    """What was kept are no master secrets."""


@frozen
class MasterSecrets:
    """KSAK and z, from which all keys are made, and the seed of the numbers v."""

    ksak: SecretAuthenticationKey
    z: MasterSecret
    seed: bytes = field(repr=False)
    made: float
    """When, in epoch seconds; the certificate holds from then on."""

    @classmethod
    def generate(cls, ids: Ids, now: float) -> "MasterSecrets":
        """Make new ones."""
        return cls(SecretAuthenticationKey.generate(ids), MasterSecret.generate(ids), ids.nonce(SEED), float(int(now)))

    @classmethod
    def parse(cls, kept: bytes) -> "MasterSecrets":
        """Read what was kept. Raises Damaged."""
        try:
            members: Mapping[str, object] = loads(kept)
            ksak, z, seed = (bytes.fromhex(str(members[name])) for name in ("ksak", "z", "seed"))
            made = float(str(members["made"]))
            return cls(SecretAuthenticationKey.parse(ksak), MasterSecret.parse(z), seed, made)
        except (ValueError, KeyError, TypeError, IdBasedError):
            raise Damaged("these are no master secrets of a KMS") from None

    def __bytes__(self) -> bytes:
        """Give the secrets themselves, to be kept where nobody else reads them."""
        secrets = {"ksak": bytes(self.ksak), "z": bytes(self.z), "seed": self.seed}
        return dumps({"made": self.made, **{name: secret.hex() for name, secret in secrets.items()}}).encode()


@frozen
class Authority:
    """A KMS: its secrets, and what it says of itself."""

    secrets: MasterSecrets
    certificate: Certificate

    @classmethod
    def of(
        cls,
        secrets: MasterSecrets,
        kms_uri: str,
        periods: KeyPeriods,
        validity: float,
        *,
        issuer: str | None = None,
        domains: tuple[str, ...] = (),
    ) -> "Authority":
        """Put it together; its certificate holds for `validity` seconds from when the secrets were made."""
        certificate = Certificate(
            kms_uri=kms_uri,
            periods=periods,
            z=bytes(secrets.z.public),
            kpak=bytes(secrets.ksak.public),
            issuer=issuer,
            valid_from=secrets.made,
            valid_to=secrets.made + validity,
            domains=domains,
        )
        return cls(secrets, evolve(certificate, cert_uri=f"{certificate.fingerprint[:16]}.{kms_uri}"))

    def key_set(self, uri: str, number: int) -> KeySet:
        """Make the keys of a user or group in a key period. It takes milliseconds; the same each time."""
        certificate = self.certificate
        identity = certificate.identity(uri, number)
        signing = self.secrets.ksak.provision(identity, DerivedIds(self.secrets.seed, identity))
        begins, ends = certificate.periods.bounds(number)
        return KeySet(
            kms_uri=certificate.kms_uri,
            user_uri=uri,
            uid=identity,
            number=number,
            rsk=self.secrets.z.extract(identity).rsk,
            ssk=signing.ssk,
            pvt=signing.pvt,
            valid_from=float(begins),
            valid_to=float(ends),
            cert_uri=certificate.cert_uri,
            issuer=certificate.issuer,
        )
