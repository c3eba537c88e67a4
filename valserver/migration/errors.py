"""Errors of this package.

ValServerError
`-- Unavailable    the other domain gave no answer; whether it has heard is not known

Beside it stands, of `valkit.net.trust.errors.NotActive`:
NotServed          the token holds, and its user is served in another domain
"""

from valkit.causes import Explained
from valkit.net.trust.errors import NotActive
from valserver.errors import ValServerError


class Unavailable(ValServerError):
    """No answer came; the request may have been carried out."""


class Whereabouts(Explained):
    """Why a user whose token holds is not served here."""

    NOT_MIGRATED = "not_migrated", "The user is at home in another domain and has not migrated to this one."
    MIGRATED_AWAY = "migrated_away", "The user has migrated to another domain."


class NotServed(NotActive):
    """The user is to be served elsewhere."""
