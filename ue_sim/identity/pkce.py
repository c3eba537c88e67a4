"""Proof key for code exchange (RFC 7636): whoever redeems the code is who asked for it. S256 only."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from attrs import field, frozen

from valkit.ids import Ids

METHOD = "S256"


@frozen
class Pkce:
    """One request's secret."""

    verifier: str = field(repr=False)

    @classmethod
    def fresh(cls, ids: Ids) -> "Pkce":
        """Make one of 256 random bits (RFC 7636 4.1)."""
        return cls(unpadded(ids.nonce(32)))

    @property
    def challenge(self) -> str:
        """What the authorization request says of it (RFC 7636 4.2)."""
        return unpadded(sha256(self.verifier.encode("ascii")).digest())


def unpadded(data: bytes) -> str:
    """Write in base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
