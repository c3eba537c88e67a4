"""Errors of this package.

UnusableMonitoring    the settings, or a file that they name, do not allow to watch; its text says what to do
"""


class UnusableMonitoring(Exception):
    """A program cannot be watched as its settings say."""
