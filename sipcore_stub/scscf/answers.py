"""What the S-CSCF answers to a REGISTER: the 401 of step 3 and the 200 of step 8 (TS 24.229 5.4.1).

Pure; values in, responses out.
"""

from attrs import frozen

from sipcore_stub import contacts
from sipcore_stub.contacts import Binding
from sipcore_stub.scscf.registration import Challenge
from valkit.aka.digest import Algorithm, Digest
from valkit.sip.auth import AuthenticationInfo
from valkit.sip.auth import Challenge as WwwAuthenticate
from valkit.sip.headers import date_text
from valkit.sip.message import Request, Response


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
