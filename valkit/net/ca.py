"""A certificate authority for labs: made on first use, its key readable by its owner only (mode 600).

For loopback and test networks. Whoever runs servers that others reach brings certificates of a real authority.
TS 33.310 6.1.1 asks for ECDSA or RSA keys and SHA-256 or better; these are P-256 and SHA-256.
"""

import os
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from attrs import frozen
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from twisted.logger import Logger

from valkit.net.tls import Tls

_log = Logger()

AUTHORITY_LASTS = timedelta(days=3650)
SERVER_LASTS = timedelta(days=397)
EARLIER = timedelta(days=1)
"""Certificates begin so much before they are made, for clocks that are behind."""

_BOTH_ENDS = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
"""Network nodes show the same certificate whichever of them opens the connection (TS 33.310 6.1)."""

CERTIFICATE = "authority.pem"
KEY = "authority-key.pem"


@frozen
class Authority:
    """Someone who vouches for names and addresses."""

    certificate: x509.Certificate
    _key: ec.EllipticCurvePrivateKey

    def __repr__(self) -> str:
        return f"Authority({self.certificate.subject.rfc4514_string()})"

    @classmethod
    def create(cls, now: datetime | None = None) -> "Authority":
        """Make a new one."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("val lab authority")
        begins = (now or datetime.now(UTC)) - EARLIER
        certificate = (
            _builder(name, name, key.public_key(), begins, AUTHORITY_LASTS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(ca=True), critical=True)
            .sign(key, SHA256())
        )
        return cls(certificate, key)

    @property
    def pem(self) -> bytes:
        """The certificate, for those who are to trust it."""
        return self.certificate.public_bytes(Encoding.PEM)

    def key_pem(self) -> bytes:
        """Give the private key: for a file that only its owner may read."""
        return _key_pem(self._key)

    def server(self, *hosts: str, now: datetime | None = None) -> Tls:
        """Give what a server at these names and addresses shows, to its own servers too; it trusts this authority."""
        key = ec.generate_private_key(ec.SECP256R1())
        begins = (now or datetime.now(UTC)) - EARLIER
        issuer = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        certificate = (
            _builder(_name(hosts[0]), self.certificate.subject, key.public_key(), begins, SERVER_LASTS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(ca=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(_BOTH_ENDS), critical=False)
            .add_extension(x509.SubjectAlternativeName([_alternative(host) for host in hosts]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
            .sign(self._key, SHA256())
        )
        return Tls(self.pem, certificate.public_bytes(Encoding.PEM), _key_pem(key))

    def trusting(self) -> Tls:
        """Give what a client needs that trusts this authority and nobody else."""
        return Tls(self.pem)


def authority_in(folder: Path) -> Authority:
    """Give the authority kept in this folder, made now if there is none. OSError and ValueError say what is wrong."""
    certificate, key = folder / CERTIFICATE, folder / KEY
    if not key.exists():
        made = Authority.create()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The key last: two who start at once either both read the same one, or the second fails and says so.
        try:
            _write(certificate, made.pem, 0o644)
        except FileExistsError:
            raise ValueError(f"{certificate} has no {KEY} beside it: remove it, unless both are made now") from None
        _write(key, made.key_pem(), 0o600)
        _log.info("{folder} has a new lab authority, which others have to trust", folder=str(folder))
        return made
    private = load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{key} holds no EC key")  # noqa: TRY004  the file's content, not our argument
    return Authority(x509.load_pem_x509_certificate(certificate.read_bytes()), private)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Put a file in place, whole or not at all. FileExistsError if there is one."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(content)
        path.hardlink_to(beside)
    finally:
        beside.unlink(missing_ok=True)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, begins: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
