"""What a subscriber without a card has: a password, and challenges of Digest alone (SIP Digest, TS 33.203 Annex N).

It takes the place of K and of the functions f1 to f5*, at the HSS as in the phone. A challenge has no AUTN, so the
network proves nothing by it, and there are no keys afterwards.
"""

from attrs import field, frozen

from valkit.aka.vectors import Keys, Vector


@frozen
class Password:
    """A password, as bytes; never shown."""

    octets: bytes = field(repr=False)

    @property
    def keys(self) -> Keys:
        """The password where RES would be."""
        return Keys(self.octets, b"", b"")

    def vector(self, nonce: bytes) -> Vector:
        """Make what a challenge is made from; the nonce takes the place of RAND."""
        return Vector(nonce, b"", self.keys)
