"""Errors that all SEAL servers share.

SealError
+-- CannotStart         the settings, a file, a database or an address do not allow a start; its text says what to do
+-- StoreUnavailable    the database did not answer or could not write: answered 503, nothing was changed
`-- Conflict            what is asked to be kept contradicts what is kept; its text names it
"""


class SealError(Exception):
    """Whatever this package raises on purpose."""


class CannotStart(SealError):
    """The server cannot start; the text is the sentence to show."""


class StoreUnavailable(SealError):
    """The change could not be made, or the question not be answered."""


class Conflict(SealError):
    """A VAL user ID that is another user's, or a VAL user that nobody is."""
