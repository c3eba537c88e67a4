"""Errors of this package.

IdBasedError
+-- Malformed            a value of the wrong length, off its curve, of the wrong order, or out of range
+-- KeyRefused           an SSK or RSK of another identity or another KMS (RFC 6507 5.1.2, RFC 6508 6.1.2)
+-- SignatureRefused     not this identity's signature of this message (RFC 6507 5.2.2)
`-- NotDecapsulated      Encapsulated Data that were not made for this identity, or not like this (RFC 6508 6.2.2)

All of them are the peer's fault. What our own caller does wrong (an SSV of 15 bytes to encapsulate) is a ValueError.
No message contains a secret, nor the value that was refused.
"""


class IdBasedError(Exception):
    """Key material, a signature or Encapsulated Data that must not be used."""


class Malformed(IdBasedError):
    """A value that cannot be what it was given as; the message names it, without its content."""


class KeyRefused(IdBasedError):
    """A user's key does not fit identity and KMS; it must not be installed."""


class SignatureRefused(IdBasedError):
    """The signature does not hold for this message, identity and KPAK."""


class NotDecapsulated(IdBasedError):
    """The SSV must not be used: TEST is not R (RFC 6508 6.2.2, step 5)."""
