"""Certificates of other domains' KMSs, as an operator got them from there: of the settings, or taken while running.

Its keys are checked before one is handed out. Who takes one by the admin API takes it in place of an older one of that
KMS. Their number changes whenever any of them does.
"""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from attrs import evolve, frozen

from seal.errors import CannotStart
from seal.kms.errors import Cause, KmsRefused
from seal.kms.kept import State
from valkit.idbased.eccsi import PublicAuthenticationKey
from valkit.idbased.errors import IdBasedError
from valkit.idbased.sakke import PublicKey
from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.markup import Reading, document
from valkit.keymanagement.responses import MOST, KmsInit, KmsResponse
from valkit.net import files


@frozen
class Externals:
    """Those of the settings, beside what is kept of others; and which KMS is ours."""

    kms_uri: str
    configured: tuple[Certificate, ...] = ()

    def all(self, state: State) -> tuple[Certificate, ...]:
        """Give all of them; one that was taken while running goes before one of the settings."""
        kept = [read(each.encode()) for each in state.external]
        return tuple({each.kms_uri: each for each in (*self.configured, *kept)}.values())

    def numbered(self, state: State) -> State:
        """Give the state in which these are handed out: under a new number if they are others."""
        return state.handing_out(sha256(document(each.element())).hexdigest() for each in self.all(state))

    def taken(self, state: State, certificate: Certificate) -> State:
        """Give the state with one more. Raises KmsRefused if it is our own, or there is no room."""
        if certificate.kms_uri == self.kms_uri:
            raise KmsRefused(Cause.ANOTHER_KMS, "and this one's own certificate is nobody else's")
        changed = self.numbered(
            evolve(state, external=(*_without(state, certificate.kms_uri), _text(certificate.external())))
        )
        if len(self.all(changed)) > MOST:
            raise KmsRefused(Cause.NO_ROOM, f"{MOST} certificates of other KMSs are enough")
        return changed

    def left(self, state: State, kms_uri: str) -> State:
        """Give the state without the one that was taken of this KMS."""
        return self.numbered(evolve(state, external=tuple(_without(state, kms_uri))))


def certificates(paths: Iterable[Path]) -> tuple[Certificate, ...]:
    """Read files. Raises CannotStart, with the file's name."""
    return tuple(_of_file(path) for path in paths)


def read(body: bytes) -> Certificate:
    """Read a certificate, or the answer in which it came, and check its keys. Raises Unreadable."""
    certificate = _read(body)
    try:
        PublicAuthenticationKey.parse(certificate.kpak)
        PublicKey.parse(certificate.z)
    except IdBasedError as error:
        raise Unreadable(f"its keys are none: {error}") from None
    return certificate.external()


def _of_file(path: Path) -> Certificate:
    try:
        return read(files.content(path))
    except (OSError, Unreadable) as error:
        raise CannotStart(f"{path} has no KMS certificate (external): {error}") from error


def _read(body: bytes) -> Certificate:
    if b"KmsResponse" not in body:
        return Certificate.read(Reading.of(body, "KmsCertificate"))
    message = KmsResponse.parse(body).message
    if not isinstance(message, KmsInit):
        raise Unreadable("the KmsResponse has no KmsInit")
    return message.certificate


def _without(state: State, kms_uri: str) -> list[str]:
    return [each for each in state.external if read(each.encode()).kms_uri != kms_uri]


def _text(certificate: Certificate) -> str:
    return document(certificate.element()).decode()
