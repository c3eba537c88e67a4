"""TLS as TS 33.210 clause 6.2 profiles it: versions 1.2 and 1.3, authenticated encryption with forward secrecy only.

A client always verifies its server, the name or address it meant included. `Tls` is what one element shows of itself
and whom it trusts; the sockets are `valkit.net.stream`'s.
"""

from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Self

from attrs import define, field
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from OpenSSL import SSL
from OpenSSL.crypto import X509
from twisted.internet import ssl
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator

from valkit.net import keylog

CIPHERS = ssl.AcceptableCiphers.fromOpenSSLCipherString("ECDHE+AESGCM:DHE+AESGCM:!aNULL:!DSS:!PSK")
"""TLS 1.2: ephemeral keys and AES-GCM, nothing else (TS 33.210 6.2.3). What TLS 1.3 has is all of that kind."""


@define(frozen=True, slots=False)
class Tls:
    """One element's side of its TLS connections; ValueError where a certificate or key cannot be read."""

    authorities: bytes
    """Whom to trust: certificates in PEM."""
    certificate: bytes | None = None
    """What to show: the element's own certificate in PEM, the chain behind it following. A mere client needs none."""
    key: bytes | None = field(default=None, repr=False)
    """The certificate's private key in PEM."""
    verify_clients: bool = False
    """Whether a client must show a certificate of the authorities', as between network nodes (TS 33.310)."""
    ask_clients: bool = False
    """Whether a client may show one, which is verified then: where both UEs and network nodes come."""

    def checked(self) -> Self:
        """Give the same after every certificate and key in it has been read."""
        _ = self._own, self._trusted
        return self

    def server(self) -> ssl.CertificateOptions:
        """Give what accepts connections; ValueError without a certificate."""
        if self._own is None:
            raise ValueError("A TLS server needs a certificate and its key")
        trust = {"trustRoot": self._trusted} if self.verify_clients or self.ask_clients else {}
        options = ssl.CertificateOptions(**self._shown, **self._profile, **trust)
        context = options.getContext()  # so that what OpenSSL does not like shows now, not at the first connection
        if self.ask_clients and not self.verify_clients:
            context.set_verify(SSL.VERIFY_PEER)  # who shows no certificate is served too
        keylog.attach(context)
        return options

    def client(self, host: str) -> IOpenSSLClientConnectionCreator:
        """Give what opens connections to this name or address and to nobody else."""
        return _opening(self, host, keylog.asked())

    def _opening(self, host: str, keys: Path | None) -> IOpenSSLClientConnectionCreator:
        options = {**self._shown, **self._profile}
        trusted = keylog.attached(self._trusted, keys)
        return ssl.optionsForClientTLS(host, trustRoot=trusted, extraCertificateOptions=options)

    @property
    def _profile(self) -> dict[str, Any]:
        return {"raiseMinimumTo": ssl.TLSVersion.TLSv1_2, "acceptableCiphers": CIPHERS}

    @property
    def _shown(self) -> dict[str, Any]:
        """What Twisted is to show of us: nothing, or the certificate with key and chain."""
        if self._own is None:
            return {}
        key, (certificate, *chain) = self._own
        return {"privateKey": key, "certificate": certificate, "extraCertChain": chain}

    @cached_property
    def _own(self) -> tuple[PrivateKeyTypes, list[x509.Certificate]] | None:
        if self.certificate is None or self.key is None:
            return None
        return _private_key(self.key), _certificates(self.certificate)

    @cached_property
    def _trusted(self) -> Any:
        found = map(X509.from_cryptography, _certificates(self.authorities))
        return ssl.trustRootFromCertificates([ssl.Certificate(each) for each in found])


@lru_cache(64)
def _opening(tls: Tls, host: str, keys: Path | None) -> IOpenSSLClientConnectionCreator:
    """Make it once for many connections: reading certificates and ciphers costs as much as a handshake."""
    return tls._opening(host, keys)  # noqa: SLF001  its own


def names_in(certificate: x509.Certificate) -> frozenset[str]:
    """Give the DNS names and addresses that a certificate is for (RFC 6125 1.8: subjectAltName alone)."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return frozenset()
    addresses = map(str, names.get_values_for_type(x509.IPAddress))
    return frozenset([*map(str.lower, names.get_values_for_type(x509.DNSName)), *addresses])


def _private_key(pem: bytes) -> PrivateKeyTypes:
    """Read a key; ValueError, without a word of what is in it, if that cannot be done."""
    try:
        return load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("The private key is not in PEM, broken, or protected by a password") from None


def _certificates(pem: bytes) -> list[x509.Certificate]:
    """Read every certificate of a PEM text, in order; ValueError if there is none or one is broken."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise ValueError("There is no certificate in PEM, or a broken one") from None
