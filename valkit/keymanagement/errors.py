"""Errors of this package.

KeyManagementError
+-- NoResource       a path that is none of those that a key management server has
`-- Unreadable       a path, time or document that is not written as it must be

Each says what was expected; none shows a key.
"""


class KeyManagementError(Exception):
    """What the peer sent cannot be understood."""


class NoResource(KeyManagementError):
    """There is no such resource."""


class Unreadable(KeyManagementError):
    """It is not written as it must be; the text names the part."""
