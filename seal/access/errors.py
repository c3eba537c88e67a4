"""Errors of this package.

SealError
`-- AccessRefused    nobody proved who asks, or who asks may not: how it is told is in it, why is for the log alone
"""

from seal.errors import SealError
from valkit.causes import Explained


class Cause(Explained):
    """Why access is refused where no token is to blame; tokens have causes of their own (`valkit.tokens.errors`)."""

    NO_CREDENTIALS = "no_credentials", "There is neither a bearer token nor an asserted identity."
    TWO_CREDENTIALS = "two_credentials", "There is more than one Authorization, or more than one asserted identity."
    UNTRUSTED_PEER = "untrusted_peer", "The identity is asserted by a peer that is not trusted to do so."
    NOT_ASSERTED = "not_asserted", "The asserted identity cannot be read."
    MISSING_SCOPE = "missing_scope", "The token does not grant the scope that is needed here."
    NOT_PERMITTED = "not_permitted", "Who asks is known, and may not have this."


class AccessRefused(SealError):
    """The request is refused with this status and, where the standard has one, this error code (RFC 6750 3.1).

    `cause` is a stable name for the log, the trace and the metrics, and never goes to the peer.
    """

    def __init__(self, status: int, cause: str, code: str = "", *, scope: str = "", who: str = "") -> None:
        super().__init__(cause)
        self.status = status
        self.cause = cause
        self.code = code
        self.scope = scope
        """The scope that would have been enough."""
        self.who = who
        """Who asked, as far as it was proved."""

    @property
    def challenge(self) -> str | None:
        """The WWW-Authenticate that goes with it (RFC 6750 3); None where a token would change nothing."""
        if not self.code:
            return None
        scope = f', scope="{self.scope}"' if self.scope else ""
        return f'Bearer realm="val", error="{self.code}", error_description="{SAID[self.code]}"{scope}'


SAID = {
    "invalid_request": "the request has more than one credential",
    "invalid_token": "the access token does not hold",
    "insufficient_scope": "the access token does not grant the scope that is needed",
    "": "there are no credentials that may have this",
}
"""What the peer is told with each error code, and no more: not which check failed."""


def no_credentials() -> AccessRefused:
    """Give the refusal of who brings nothing: 403 by TS 24.547 A.2.3.1, where RFC 6750 would have a bare 401."""
    return AccessRefused(403, Cause.NO_CREDENTIALS.value)


def two_credentials() -> AccessRefused:
    """Give the refusal of a request that can be read in two ways (RFC 6750 3.1)."""
    return AccessRefused(400, Cause.TWO_CREDENTIALS.value, "invalid_request")


def invalid_token(cause: str) -> AccessRefused:
    """Give the refusal of a token that does not hold."""
    return AccessRefused(401, cause, "invalid_token")


def insufficient_scope(scope: str, who: str) -> AccessRefused:
    """Give the refusal of a token that holds and is for something else."""
    return AccessRefused(403, Cause.MISSING_SCOPE.value, "insufficient_scope", scope=scope, who=who)


def not_permitted(who: str, cause: str = Cause.NOT_PERMITTED.value) -> AccessRefused:
    """Give the refusal of who is known and may not have this: another's document, a VAL service that is not theirs."""
    return AccessRefused(403, cause, who=who)
