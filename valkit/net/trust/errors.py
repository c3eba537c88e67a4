"""Errors of this package.

TrustError
+-- NotYet          a token can be judged only when the issuer has answered; it is judged again then
+-- NotActive       the issuer does not vouch for a token that would hold otherwise
`-- UnusableTrust   a file of keys, authorities or a secret does not allow a start; its text says what to do
"""

from typing import Any

from twisted.internet.defer import Deferred

from valkit.causes import Explained


class TrustError(Exception):
    """Whatever this package raises on purpose."""


class NotYet(TrustError):
    """The token is judged again when `until` fires, whatever with."""

    def __init__(self, until: Deferred[Any]) -> None:
        super().__init__("the issuer is being asked")
        self.until = until


class Standing(Explained):
    """What an issuer that was asked said of a token (RFC 7662 2.2), or did not say."""

    ACTIVE = "active", "The issuer vouches for the token."
    NOT_ACTIVE = "not_active", "The issuer says that the token holds no longer."
    UNANSWERED = "unanswered", "The issuer did not say whether the token still holds."


class NotActive(TrustError):
    """The token is not believed, though its signature and claims hold."""

    def __init__(self, cause: Explained) -> None:
        super().__init__(cause.sentence)
        self.cause = cause


class UnusableTrust(TrustError):
    """A file that the settings name is missing or holds something else; the text is the sentence to show."""
