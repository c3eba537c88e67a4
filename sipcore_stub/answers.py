"""What the S-CSCF answers: the statuses of all refusals, the 401 of step 3 and the 200 of step 8 (TS 24.229 5.4.1).

Pure; values in, responses out.
"""

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from sipcore_stub import contacts
from sipcore_stub.contacts import Binding
from sipcore_stub.errors import Cause, Refused
from sipcore_stub.registration import Challenge
from valkit.aka.digest import Algorithm, Digest
from valkit.sip.auth import AuthenticationInfo
from valkit.sip.auth import Challenge as WwwAuthenticate
from valkit.sip.headers import date_text
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


def challenged(request: Request, challenge: Challenge, qop: str | None) -> Response:
    """Answer 401 with RAND and AUTN, once for each algorithm (TS 24.229 5.4.1.2.1, RFC 8760 2.4)."""
    offers = (str(_offer(challenge, algorithm, qop)) for algorithm in challenge.algorithms)
    return request.answer(401, headers=[("WWW-Authenticate", offer) for offer in offers])


def _offer(challenge: Challenge, algorithm: Algorithm, qop: str | None) -> WwwAuthenticate:
    """Give one challenge, with CK and IK for the P-CSCF (RFC 3310 3.2)."""
    values = {"realm": challenge.realm, "nonce": challenge.nonce, "algorithm": str(algorithm)}
    values |= {"qop": qop} if qop else {}
    if algorithm.is_aka:
        ck, ik = algorithm.session(challenge.vector.keys)
        values |= {"ck": ck.hex(), "ik": ik.hex()}
    return WwwAuthenticate.build("Digest", values)


@frozen
class Grant:
    """What a 200 says."""

    bindings: tuple[Binding, ...]
    """The contacts that stand."""
    associated: tuple[str, ...]
    """The identities the UE may use, the default one first (RFC 7315 4.1)."""
    service_route: str
    """The way of its later requests (RFC 3608)."""
    proof: tuple[str, str] | None = None
    """Authentication-Info, if there is one."""


def granted(request: Request, grant: Grant, now: float) -> Response:
    """Answer 200, with the Path as it came (TS 24.229 5.4.1.2.2F, RFC 3327 5.3)."""
    headers = [("Path", str(path)) for path in request.paths]
    if contacts.has_flows(request):
        headers += [("Require", "outbound")]
    headers += [("Service-Route", grant.service_route)]
    headers += [("P-Associated-URI", f"<{impu}>") for impu in grant.associated]
    headers += [("Contact", binding.told(now)) for binding in grant.bindings]
    headers += [grant.proof] if grant.proof else []
    headers += [("Date", date_text(now))]
    return request.answer(200, headers=headers)


def server_proof(digest: Digest, challenge: Challenge) -> tuple[str, str] | None:
    """Give Authentication-Info with rspauth, which only the older form without qop cannot have (RFC 7616 3.5)."""
    if digest.qop is None:
        return None
    rspauth = digest.rspauth(challenge.password(digest.algorithm))
    values = {"qop": digest.qop, "rspauth": rspauth, "cnonce": digest.cnonce, "nc": digest.nc}
    return "Authentication-Info", str(AuthenticationInfo.build(values))
