"""Errors of this package.

UeError
+-- NoCore            nobody said where the core is, or the phone cannot go there
+-- UnknownToken      the wallet holds no token of that name
+-- NothingPublished  there is no publication to refresh or to end
+-- Incapable         this phone's SIP stack cannot do what it was asked to; another might
+-- NoStack           the SIP stack of another process cannot be had on this machine
`-- StackDied         the process of the SIP stack ended while something was under way
"""


class UeError(Exception):
    """Someone asked of the phone what it cannot do; the network has no part in it."""


class NoCore(UeError):
    """Neither the settings nor the command line name a P-CSCF, or it is over TLS."""


class UnknownToken(UeError):
    """The wallet holds no token of that name; the message names those it holds."""


class NothingPublished(UeError):
    """Nothing was published under this IMPU, or the server has forgotten it."""


class Incapable(UeError):
    """This phone's SIP stack cannot do what it was asked to; the text says what, and why."""


class NoStack(UeError):
    """The stack is not installed, not the one that is known, or gets no socket; the text is the sentence to show."""


class StackDied(UeError):
    """The process of the SIP stack ended. What it knew is gone with it; the next call starts another."""
