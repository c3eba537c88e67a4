"""The third-party REGISTER as a fact (TS 24.229 5.4.1.7; 5.X.3.2.2 steps 9 to 11).

To names the IMPU, Contact the S-CSCF that registered it, Expires how long; the body may carry the token. Nothing of
the UE's own REGISTER inside is believed but the token, which proves itself.
"""

from functools import lru_cache

from attrs import frozen

from valkit.sip import NameAddr, ParseError, Request
from valserver.authorization import Authorizer
from valserver.bodies import REGISTER_BODIES, impu_of, require_body, require_extensions
from valserver.errors import Refusal, Refused
from valserver.facts import Deregistered, Registered


@frozen
class Registrations:
    """Reads third-party REGISTERs."""

    authorizer: Authorizer
    default_expires: int
    max_expires: int

    def read(self, request: Request, now: float) -> tuple[Registered | Deregistered, int]:
        """Give the fact and the seconds granted. Raises Refused or ParseError."""
        require_extensions(request)
        impu = impu_of(request.to.uri)
        registrar, asked = _contact(request.headers.get("Contact") or request.headers.get("From") or "")
        if asked is None:
            asked = request.expires
        if registrar == "*" and asked != 0:  # RFC 3261 10.3, step 6
            raise Refused(Refusal.BAD_REQUEST, "Contact: * goes with Expires: 0", impu=impu)
        expires = self.default_expires if asked is None else min(asked, self.max_expires)
        if not expires:
            return Deregistered(impu, request.call_id, request.cseq.number), 0
        require_body(request, REGISTER_BODIES)
        proof = self.authorizer.proof(request, impu, now)
        return Registered(impu, registrar, request.call_id, request.cseq.number, now + expires, proof), expires


@lru_cache(maxsize=1_024)
def _contact(text: str) -> tuple[str, int | None]:
    """Read Contact: the few S-CSCFs there are send the same one each time."""
    if text == "*":
        return "*", None
    try:
        contact = NameAddr.parse(text)
    except ParseError as error:
        raise Refused(Refusal.BAD_REQUEST, str(error)) from error
    return contact.uri, contact.expires
