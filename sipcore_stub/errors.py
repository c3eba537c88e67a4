"""Errors of this package.

CoreError
`-- Refused           a request that is not carried out; `answers.STATUS` says with which status for which cause
"""

from collections.abc import Iterable
from enum import Enum


class Cause(Enum):
    """Why a request is refused. The value is the sentence for the log; the peer learns only the status."""

    UNKNOWN_USER = "no subscriber has this IMPI"
    NOT_THEIR_IMPU = "the IMPU is not one of this IMPI"
    WRONG_RESPONSE = "RES is not XRES"
    WRONG_DIGEST = "the response is wrong: the phone has another password, or another realm"
    MAC_FAILURE = "the UE found the MAC of our AUTN wrong: its K or OPc differs from ours"
    WRONG_AUTS = "the MAC of AUTS is wrong"
    OUT_OF_STEP_AGAIN = "the UE asks to synchronise a second time in a row"
    OTHER_CALL_ID = "the challenge was answered under another Call-ID"
    STRANGE_CONTACT = "the UE is registered, but not with any of these contacts"
    NO_OUTBOUND = "the first hop does not keep flows (Path without ob)"
    OUT_OF_ORDER = "CSeq is not higher than that of the registration"
    TOO_BRIEF = "the registration would be shorter than allowed"
    STAR_WITH_MORE = "Contact * stands with other contacts, or without Expires 0"
    UNKNOWN_EXTENSION = "an option is required that is not known here"
    AGREEMENT_REQUIRED = "a security agreement is required, and the UE asks for none"
    NO_AGREEMENT = "the security agreement is not kept, or there can be none"
    NOT_FIRST_HOP = "a security agreement is asked for from behind another proxy"
    OTHER_EVENT = "the event package is not served here"
    OTHER_DOCUMENT = "the watcher takes no document of the kind that is told here"
    NO_SUCH_DIALOG = "there is no such dialog"
    NOT_TO_WATCH = "the sender may not watch this registration"
    NOT_REGISTERED = "the sender is not registered"
    NOT_TRUSTED = "the sender is not a part of this core"
    BARRED = "every identity of the user is barred"
    FOREIGN_DOMAIN = "the Request-URI is of a domain that is not served here"
    NO_SIP_URI = "the Request-URI is neither sip nor sips"
    NO_ROUTE = "no filter criterion matches, and nobody here has this Request-URI"
    AWAY = "whom it is for is not registered"
    NOT_HERE = "the method is not served here"
    TOO_MANY_HOPS = "Max-Forwards is used up"
    LOOP = "the request came round to us again"
    NEXT_HOP_SILENT = "the next hop gave no answer in time"
    NEXT_HOP_UNREACHABLE = "the next hop cannot be reached"


class CoreError(Exception):
    """Whatever keeps the core from doing what a message asks."""


class Refused(CoreError):
    """A request is refused, with headers that go into the answer, such as Min-Expires or Unsupported."""

    def __init__(self, cause: Cause, detail: str = "", headers: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(f"{cause.value}: {detail}" if detail else cause.value)
        self.cause = cause
        self.detail = detail
        self.headers = tuple(headers)
