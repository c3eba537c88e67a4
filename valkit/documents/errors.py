"""Errors of this package.

ValueError
`-- NoSuchDocument    what was read is no document of the kind that was expected
"""


class NoSuchDocument(ValueError):
    """It is no document of this kind; the text says why."""
