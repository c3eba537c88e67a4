"""Errors of this package.

ValServerError
+-- Refused             the peer asks for what it may not have: `valserver.requests.answers` says how it is told
+-- StoreUnavailable    the store could not write: answered 500, undone, tried again
+-- Unavailable         another domain gave no answer (`valserver.migration.errors`)
`-- CannotStart         the settings, a file or an address do not allow a start; its text says what to do

Beside them stand those of `valkit.net.trust`: what is not known yet of a token, and what its issuer denies.
"""

from enum import Enum

from valserver.facts import Event


class Refusal(Enum):
    """Why a request is refused; the value is the cause as the log and the events name it."""

    UNTRUSTED_PEER = "untrusted peer"
    """The source address is not among the trusted peers."""
    NO_IDENTITY = "no asserted identity"
    """A trusted peer's PUBLISH without P-Asserted-Identity: nobody says who publishes."""
    BAD_REQUEST = "bad request"
    """A header that the procedure needs is missing or cannot be read."""
    UNKNOWN_EXTENSION = "unknown extension"
    """Require names an option tag that is not supported (RFC 3261 8.2.2.3)."""
    UNKNOWN_BODY = "unknown body"
    """The body's media type is none of those understood (RFC 3261 8.2.3)."""
    UNKNOWN_RESOURCE = "unknown resource"
    """The Request-URI of a PUBLISH is not served here (RFC 3903 6, step 1)."""
    UNKNOWN_EVENT = "unknown event package"
    """Event is missing or names a package that is not served (RFC 3903 6, step 2)."""
    UNKNOWN_TAG = "unknown entity tag"
    """SIP-If-Match matches no publication of this IMPU (RFC 3903 6, step 3)."""
    TOO_BRIEF = "interval too brief"
    """Expires is above zero and below the minimum (RFC 3903 6, step 4)."""
    OUT_OF_ORDER = "out of order"
    """A REGISTER of the same Call-ID with a higher CSeq was here before (RFC 3261 10.3, step 7)."""
    NOT_BOUND = "user unknown"
    """A PUBLISH brings no token, and its IMPU is bound to nobody."""
    TOKEN = "token refused"  # noqa: S105 - the name of a cause
    """The body carries a token that is not valid here, or none that can be read."""
    BEARER = "bearer token refused"
    """The same of a token in a header, which RFC 8898 answers in its own way."""
    TOO_MANY = "too many authorizations"
    """The token would bind an IMPU from more clients, or to more VAL services, than one may have."""
    MIGRATION = "migration refused"
    """The user may not migrate, or is none that could (5.X.5)."""
    NO_HOME = "no answer from home"
    """The user's own domain does not say whether the user may migrate."""
    STORE = "store unavailable"
    """The change could not be made durable, and is undone."""
    OVERLOADED = "overloaded"
    """More changes wait for the store than it is allowed to hold back."""
    UNKNOWN_METHOD = "unknown method"
    """Neither REGISTER nor PUBLISH nor OPTIONS."""


class ValServerError(Exception):
    """Whatever this package raises on purpose."""


class Refused(ValServerError):
    """The peer's request is refused, and nothing changes because of it.

    `cause` goes to the log and the events, never to the peer; `impu` and `jti` are filled as far as they are known.
    """

    def __init__(self, refusal: Refusal, cause: str = "", *, impu: str = "", jti: str = "", service: str = "") -> None:
        super().__init__(cause or refusal.value)
        self.service = service
        self.detail = ""
        """The cause in a sentence, for the log."""
        self.beside: tuple[Event, ...] = ()
        """What is told with it, of other VAL services."""
        self.refusal = refusal
        self.cause = cause or refusal.value
        self.impu = impu
        self.jti = jti


class StoreUnavailable(ValServerError):
    """The change could not be made durable and was taken back."""


class CannotStart(ValServerError):
    """The server cannot start; the text is the sentence to show."""
