"""Errors of this package.

UeError
+-- UnknownToken      the wallet holds no token of that name
`-- NothingPublished  there is no publication to refresh or to end
"""


class UeError(Exception):
    """Someone asked of the phone what it cannot do; the network has no part in it."""


class UnknownToken(UeError):
    """The wallet holds no token of that name; the message names those it holds."""


class NothingPublished(UeError):
    """Nothing was published under this IMPU, or the server has forgotten it."""
