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


class Objection(Explained):
    """Why a migration, or a return, is refused: at the partner or by the primary."""

    NO_TOKEN = "no_token", "The request has no token."
    NO_GUEST = "no_guest", "The token's user is no guest of the domain and the user that the request names."
    NOT_AT_HOME_HERE = "not_at_home_here", "Who returns is a guest here."
    NO_AGREEMENT = "no_agreement", "Between the two domains nothing is agreed."
    NOT_ALLOWED = "not_allowed", "The user may not migrate to that domain."
    NOT_REGISTERED = "not_registered", "The user is not bound at home, as the policy asks."
    MIGRATED_ELSEWHERE = "migrated_elsewhere", "The user is served in a third domain."
    OVERTAKEN = "overtaken", "There has been a later attempt."
    ENDED = "ended", "The attempt is over."


class NotServed(NotActive):
    """The user is to be served elsewhere."""
