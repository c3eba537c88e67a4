"""What a program's settings say of its certificates, and the `Tls` that comes of it.

For a lab there is nothing to say: an authority of the lab's own is made on first use, and vouches for every address
(`valkit.net.ca`). Who has certificates of a real authority names the files.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from attrs import evolve
from pydantic import model_validator

from valkit.net.ca import CERTIFICATE, authority_in
from valkit.net.files import tried
from valkit.net.tls import Tls
from valkit.settings import Settings
from valkit.sip.hop import Hop


class UnusableCertificates(Exception):
    """A file of certificates or keys is missing or holds something else; the text says what to do."""


class TlsSettings(Settings):
    """What a program shows, and whom it trusts. Without a certificate, the lab authority makes one."""

    authority: Path = Path("val-ca")
    """Folder of the lab authority; made on first use. Clients trust the `authority.pem` in it."""
    certificate: Path | None = None
    """PEM file with a certificate of one's own, the chain behind it following."""
    key: Path | None = None
    """PEM file with its private key."""
    authorities: Path | None = None
    """PEM file with whom to trust when a connection is opened. Without it, the lab authority, or what the own
    certificate holds."""

    names: tuple[str, ...] = ()
    """Names and addresses that the lab authority vouches for beside those that are listened on."""

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("tls.certificate and tls.key belong together: give both or none")
        return self

    @property
    def shows(self) -> bool:
        """Whether there is a certificate to listen with: an own one, or the lab authority's if that is trusted."""
        return self.certificate is not None or self.authorities is None

    def server(self, *hosts: str) -> Tls:
        """Give what is shown at these names and addresses; raises UnusableCertificates."""
        try:
            shown = self._own() or authority_in(self.authority).server(*dict.fromkeys((*hosts, *self.names)))
            return self._trusting(shown).checked()
        except (OSError, ValueError) as error:
            raise _unusable(error) from error

    def client(self) -> Tls:
        """Give what a mere client needs; raises UnusableCertificates."""
        try:
            if self.authorities is not None:
                return Tls(self.authorities.read_bytes()).checked()
            return (self._own() or authority_in(self.authority).trusting()).checked()
        except (OSError, ValueError) as error:
            raise _unusable(error) from error

    def trusted(self) -> Path:
        """Give the file with whom to trust, for a program that reads it itself; raises UnusableCertificates."""
        self.client()  # makes the lab authority where there is none yet
        return self.authorities or self.certificate or self.authority / CERTIFICATE

    def element(self, hops: Iterable[Hop], *, always: bool = False) -> Tls | None:
        """Give what a SIP element needs that listens there: nothing without TLS, unless it is to `always` open TLS."""
        hosts = [hop.host for hop in hops if hop.transport == "tls"]
        if hosts:
            return self.server(*hosts)
        return self.client() if always else None

    def _own(self) -> Tls | None:
        if self.certificate is None or self.key is None:
            return None
        certificate = self.certificate.read_bytes()
        return Tls(certificate, certificate, self.key.read_bytes())

    def _trusting(self, tls: Tls) -> Tls:
        return tls if self.authorities is None else evolve(tls, authorities=self.authorities.read_bytes())


def _unusable(error: Exception) -> UnusableCertificates:
    name = getattr(error, "filename", None)
    why = f"{tried(Path(name))}: {error.strerror}" if isinstance(error, OSError) and name else str(error)
    return UnusableCertificates(f"The certificates (tls) cannot be used: {why}")
