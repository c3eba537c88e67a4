"""Why a token, or a set of keys, is not accepted.

TokenRejected    the peer's token does not hold; its cause says why, once for programs and once for people
KeyUnusable      our own side: a key set or a signing key that cannot or must not be used
"""

from valkit.causes import Explained


class Cause(Explained):
    """Reason for which a token is refused."""

    TOO_LONG = "too_long", "The token is longer than any honest one."
    MALFORMED = "malformed", "The token is not a signed JWT in compact form (RFC 7515 7.1)."
    ENCRYPTED = "encrypted", "The token is encrypted (JWE); only signed ones are understood."
    ALG_NOT_ALLOWED = "alg_not_allowed", "The signature algorithm is not one of those allowed."
    CRITICAL_HEADER = "critical_header", "The header names an extension that must be understood and is not."
    WRONG_TYP = "wrong_typ", "The header's typ says that this is another kind of token."
    UNKNOWN_KID = "unknown_kid", "No trusted key has this kid and fits the algorithm."
    BAD_SIGNATURE = "bad_signature", "The signature was not made with the trusted key over this text."
    MALFORMED_CLAIM = "malformed_claim", "A claim does not have the form it must have."
    MISSING_CLAIM = "missing_claim", "A required claim is missing."
    WRONG_ISSUER = "wrong_issuer", "The token comes from another issuer."
    WRONG_AUDIENCE = "wrong_audience", "The token is meant for someone else."
    MISSING_SCOPE = "missing_scope", "The token does not grant the scope that is needed here."
    NO_VAL_USER = "no_val_user", "The token names no VAL user."
    NO_VAL_SERVICE = "no_val_service", "The token names no VAL service."
    EXPIRED = "expired", "The token's time is over."
    NOT_YET_VALID = "not_yet_valid", "The token's time has not come yet."


class TokenRejected(Exception):
    """The token does not hold. `detail` names what was found, never the token."""

    def __init__(self, cause: Cause, detail: str = "") -> None:
        self.cause = cause
        self.detail = detail
        super().__init__(f"{cause.sentence} {detail}".rstrip())


class KeyUnusable(ValueError):
    """A key or key set that cannot or must not be used; the message is a sentence that says which and why."""


def shown(value: object) -> str:
    """Show a value that a peer chose, safely and briefly."""
    text = ascii(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
