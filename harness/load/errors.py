"""Errors of this package.

LoadError
+-- BadProfile   a rate or profile cannot be read: where, and what was expected
+-- BadUsers     the users cannot be made of what was given: file, line, and what was expected
`-- BadOrder     what a UE is to do, or a limit, cannot be read

All are the input's fault (exit 2). What the machine lacks is a `harness.errors.EnvironmentFault` (exit 3).
"""


class LoadError(Exception):
    """What was asked for cannot be done; the text is the sentence to show."""


class BadProfile(LoadError):
    """A rate or profile that cannot be read."""


class BadUsers(LoadError):
    """Users that cannot be made."""


class BadOrder(LoadError):
    """Steps or limits that cannot be read."""
