"""Errors of this package.

XcapUriError
+-- BadSelector      the URI is not written as it must be, or uses a prefix that it does not bind: answer 400
`-- NothingThere     no document or node can have this URI: answer 404
"""


class XcapUriError(ValueError):
    """An XCAP URI that cannot be followed; the text says why."""


class BadSelector(XcapUriError):
    """The URI breaks a rule of RFC 4825 6, or of URIs."""


class NothingThere(XcapUriError):
    """The URI is of no shape that anything here has, extension selectors among them (RFC 4825 8)."""
