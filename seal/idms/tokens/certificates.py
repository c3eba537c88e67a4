"""Our signing keys as X.509 certificates, for who runs a partner domain and gets them out of band (DOM-04).

A certificate is signed with its own key: it vouches for nothing but how long the key is to be believed, and says for
people whose it is. The partner believes it because its operator was given it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from valkit.tokens import SigningKey

EARLIER = timedelta(minutes=5)
"""It begins so much before it is made, for clocks that are behind."""
LONGEST_NAME = 64
"""Characters of a common name (X.520)."""


def certificate(key: SigningKey, issuer: str, now: float, lasts: float) -> str:
    """Give a certificate of this key in PEM, for so many seconds; `issuer` is the S-IdMS whose key it is."""
    private: Any = load_pem_private_key(key.pem().encode(), password=None)  # of a kind that signs tokens
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer[:LONGEST_NAME])])
    begins = datetime.fromtimestamp(now, UTC) - EARLIER
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(datetime.fromtimestamp(now + lasts, UTC))
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(issuer)]), critical=False)
        .sign(private, SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()
