"""What a core answers where it refuses: one status for each cause, and nothing of what exactly was wrong. Pure."""

from collections.abc import Mapping
from typing import Final

from sipcore_stub.errors import Cause, Refused
from valkit.sip.message import Request, Response

STATUS: Final[Mapping[Cause, int]] = {
    # TS 24.229 5.3.1.4 and 5.4.1.2: 403, where RFC 3261 10.3 has 404 for an unknown address of record. So a stranger
    # cannot find out which names exist.
    Cause.UNKNOWN_USER: 403,
    Cause.NOT_THEIR_IMPU: 403,
    Cause.WRONG_RESPONSE: 403,
    Cause.WRONG_DIGEST: 403,
    Cause.MAC_FAILURE: 403,
    Cause.WRONG_AUTS: 403,
    Cause.OUT_OF_STEP_AGAIN: 403,
    Cause.OTHER_CALL_ID: 403,
    Cause.AGREEMENT_REQUIRED: 421,
    Cause.NO_AGREEMENT: 494,
    Cause.NOT_FIRST_HOP: 502,  # RFC 3329 2.3.2
    Cause.OTHER_EVENT: 489,
    Cause.OTHER_DOCUMENT: 406,
    Cause.NO_SUCH_DIALOG: 481,
    Cause.NOT_TO_WATCH: 403,
    Cause.NOT_REGISTERED: 403,
    Cause.NOT_TRUSTED: 403,
    Cause.BARRED: 403,
    Cause.STRANGE_CONTACT: 403,
    Cause.NO_OUTBOUND: 439,
    Cause.OUT_OF_ORDER: 500,  # RFC 3261 10.3 step 7 names no status; 12.2.2 has this one for the same fault
    Cause.TOO_BRIEF: 423,
    Cause.STAR_WITH_MORE: 400,
    Cause.UNKNOWN_EXTENSION: 420,
    Cause.FOREIGN_DOMAIN: 404,  # RFC 3261 21.4.5: none of the domains that are handled here
    Cause.NO_SIP_URI: 416,
    Cause.NO_ROUTE: 404,
    Cause.AWAY: 480,  # TS 24.229 5.3.2.1, 5.4.3.3
    Cause.NOT_HERE: 405,
    Cause.TOO_MANY_HOPS: 483,
    Cause.LOOP: 482,
    Cause.NEXT_HOP_SILENT: 504,  # not 408, which would arrive when the client has given up (RFC 4320 4.2)
    Cause.NEXT_HOP_UNREACHABLE: 500,  # a 503 would speak of the proxy itself (RFC 3261 16.7 step 6)
}


def refusal(request: Request, refused: Refused) -> Response:
    """Answer with the status of the cause; what exactly was wrong stays with us."""
    return request.answer(STATUS[refused.cause], headers=refused.headers)
