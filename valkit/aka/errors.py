"""Errors of this package.

AkaError
+-- MacFailure        a MAC does not fit: the other side does not hold K (TS 33.102 6.3.3, 6.3.5)
`-- Malformed         a nonce, AUTN or AUTS that has not the shape the specifications give it
"""


class AkaError(Exception):
    """The peer's part of an authentication cannot be used."""


class MacFailure(AkaError):
    """MAC-A of an AUTN, or MAC-S of an AUTS, is not the one that K gives (TS 33.102 6.3.3)."""


class Malformed(AkaError):
    """A value of the wrong length or encoding; the message names it, without its content."""
