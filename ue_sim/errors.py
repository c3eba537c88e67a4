"""Errors of this package.

UeError
+-- NoCore            nobody said where the core is, or the phone cannot go there
+-- UnknownToken      the wallet holds no token of that name
`-- NothingPublished  there is no publication to refresh or to end
"""


class UeError(Exception):
    """Someone asked of the phone what it cannot do; the network has no part in it."""


class NoCore(UeError):
    """Neither the settings nor the command line name a P-CSCF, or it is over TLS."""


class UnknownToken(UeError):
    """The wallet holds no token of that name; the message names those it holds."""


class NothingPublished(UeError):
    """Nothing was published under this IMPU, or the server has forgotten it."""
