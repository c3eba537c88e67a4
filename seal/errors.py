"""Errors that all SEAL servers share.

SealError
+-- CannotStart         the settings, a file, a database or an address do not allow a start; its text says what to do
+-- StoreUnavailable    the database did not answer or could not write: answered 503, nothing was changed
+-- Conflict            what is asked to be kept contradicts what is kept; its text names it
+-- NotKept             what is asked for is not kept
+-- Unfit               what is asked to be kept could not be used
+-- NotYours            it is kept, and for others
`-- AccessRefused       who asks has not proved it, or may not (`seal.access.errors`)
"""


class SealError(Exception):
    """Whatever this package raises on purpose."""


class CannotStart(SealError):
    """The server cannot start; the text is the sentence to show."""


class StoreUnavailable(SealError):
    """The change could not be made, or the question not be answered."""


class Conflict(SealError):
    """A VAL user ID that is another user's, a VAL user that nobody is, a name that is taken."""


class NotKept(SealError):
    """There is nothing of this name."""


class Unfit(SealError):
    """A password too short, a redirect address that is not safe, a file that cannot be read."""


class NotYours(SealError):
    """A VAL service that another VAL server provisioned."""
