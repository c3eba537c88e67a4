"""Errors of the identity client.

UeError
`-- IdentityError
    +-- Unreachable      the identity server gives no answer, or none but that it cannot
    +-- Unusable         it answers with something that is not what the standards ask for
    +-- Refused          it refuses, with an OAuth error code
    +-- NotSignedIn      the log-in form was not satisfied
    +-- NotLoopback      a redirect address that a browser cannot come back to
    `-- Doubtful         an answer or ID token that must not be believed
        `-- UnknownKey   an ID token whose key is not among those known; the issuer may have a new one
"""

from ue_sim.errors import UeError


class IdentityError(UeError):
    """There are no tokens; the text says why and never holds a token, code or password."""


class Unreachable(IdentityError):
    """No answer came from the identity server, another server answered, or it says that it cannot (5xx)."""


class Unusable(IdentityError):
    """An answer that is not what the standards ask for."""


PASSING = frozenset({"temporarily_unavailable", "server_error"})
"""Error codes that say nothing of the request (RFC 6749 4.1.2.1)."""


class Refused(IdentityError):
    """The server refused with an error code of RFC 6749 or OpenID Connect."""

    def __init__(self, code: str, description: str = "") -> None:
        self.code = code
        self.passing = code in PASSING
        said = description.rstrip(".")
        super().__init__(f"the identity server refuses: {code}{f' ({said})' if said else ''}")


class NotSignedIn(IdentityError):
    """The form was shown again, or asks for what we do not have."""


class NotLoopback(IdentityError):
    """A redirect address that nobody can listen at for the user's browser (RFC 8252 7.3)."""


class Doubtful(IdentityError):
    """Something that must not be believed: another request's answer, another server's, a token that does not hold."""


class UnknownKey(Doubtful):
    """The ID token is signed with a key that is not among those of the issuer that we know."""
