"""The third-party REGISTER as a fact (TS 24.229 5.4.1.7; 5.X.3.2.2 steps 9 to 11).

To names the IMPU, Contact the S-CSCF that registered it, Expires how long; the body may carry the token. Nothing of
the UE's own REGISTER inside is believed but the token, which proves itself.
"""

from collections.abc import Callable
from functools import lru_cache

from attrs import frozen

from valkit.sip import NameAddr, ParseError, Request
from valserver.bindings import unknown
from valserver.errors import Refusal, Refused
from valserver.facts import Deregistered, Event, Reading, Registered
from valserver.records import Record
from valserver.requests.authorization import Authorizer
from valserver.requests.bodies import impu_of, require_body, require_extensions


@frozen
class Registrations:
    """Reads third-party REGISTERs."""

    authorizer: Authorizer
    bodies: tuple[str, ...]
    """Media types understood."""
    default_expires: int
    max_expires: int
    current: Callable[[str, str], Record] = unknown
    """Gives what is known of an IMPU in a VAL service."""

    def read(self, request: Request, now: float) -> Reading:
        """Give a fact for each VAL service, but for those that refuse its token. Raises Refused, ParseError, NotYet."""
        require_extensions(request)
        impu = impu_of(request.to.uri)
        registrar, asked = _contact(request.headers.get("Contact") or request.headers.get("From") or "")
        if asked is None:
            asked = request.expires
        if registrar == "*" and asked != 0:  # RFC 3261 10.3, step 6
            raise Refused(Refusal.BAD_REQUEST, "Contact: * goes with Expires: 0", impu=impu)
        expires = self.default_expires if asked is None else min(asked, self.max_expires)
        services, call_id, cseq = self.authorizer.services, request.call_id, request.cseq.number
        if not expires:
            return Reading(tuple([Deregistered(impu, call_id, cseq, service.name) for service in services]), 0)
        require_body(request, self.bodies)
        heard = self.authorizer.heard(request, impu, now)
        events = heard.require("REGISTER") if heard else self._without_token(request, impu)
        ends, proofs, refused = now + expires, heard.proofs, heard.refused
        facts = [
            Registered(impu, registrar, call_id, cseq, ends, proofs.get(service.name), service.name)
            for service in services
            if service.name not in refused
        ]
        return Reading(tuple(facts), expires, events=events)

    def _without_token(self, request: Request, impu: str) -> tuple[Event, ...]:
        """Tell of it where it leaves the IMPU bound to nobody; who is bound need not bring a token each time."""
        if any(self.current(impu, service.name).val_user_id for service in self.authorizer.services):
            return ()
        missed = self.authorizer.missed(request, impu, "REGISTER")
        return () if missed is None else (missed,)


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
