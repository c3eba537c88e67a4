"""Certificates of other domains' KMSs, from files that an operator got from them."""

from collections.abc import Iterable
from pathlib import Path

from seal.errors import CannotStart
from valkit.idbased.eccsi import PublicAuthenticationKey
from valkit.idbased.errors import IdBasedError
from valkit.idbased.sakke import PublicKey
from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.markup import Reading
from valkit.keymanagement.responses import KmsInit, KmsResponse
from valkit.net import files


def certificates(paths: Iterable[Path]) -> tuple[Certificate, ...]:
    """Read them, and check their keys. Raises CannotStart, with the file's name."""
    return tuple(_certificate(path) for path in paths)


def _certificate(path: Path) -> Certificate:
    try:
        certificate = _read(files.content(path))
        PublicAuthenticationKey.parse(certificate.kpak)
        PublicKey.parse(certificate.z)
    except (OSError, Unreadable, IdBasedError) as error:
        raise CannotStart(f"{path} has no KMS certificate (external): {error}") from error
    return certificate.external()


def _read(body: bytes) -> Certificate:
    """Read a certificate, or the answer in which it came."""
    if b"KmsResponse" not in body:
        return Certificate.read(Reading.of(body, "KmsCertificate"))
    message = KmsResponse.parse(body).message
    if not isinstance(message, KmsInit):
        raise Unreadable("the KmsResponse has no KmsInit")
    return message.certificate
