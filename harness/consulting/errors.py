"""Errors of this package.

NotUsable    what was handed over cannot be used; the text is the sentence to show (exit 2)
"""


class NotUsable(Exception):
    """A file or a parameter is not what it should be."""
