"""The PUBLISH as a fact, step by step as an event state compositor reads it (RFC 3903 6; 5.X.3.2.3).

The IMPU is the one that a trusted peer asserts. A PUBLISH without token is for an IMPU that is bound: else nobody is
known whose settings these are, and the answer is TS 24.379's 404. `Expires: 0` without SIP-If-Match creates and
removes at once: it is answered as any publication, and leaves nothing behind and everything else alone.
"""

from collections.abc import Callable

from attrs import field, frozen

from valkit.ids import Ids
from valkit.sip import Request
from valkit.sip.grammar import is_token
from valserver.authorization import Authorizer
from valserver.bindings import require_tag
from valserver.bodies import PUBLISH_BODIES, impu_of, require_body, require_extensions
from valserver.errors import Refusal, Refused
from valserver.facts import LoggedOff, Published
from valserver.records import Record

Current = Callable[[str], Record]


@frozen
class Publications:
    """Reads PUBLISHes."""

    authorizer: Authorizer
    ids: Ids
    resources: frozenset[str]
    """Request-URIs served, in canonical form; empty: whatever comes."""
    events: frozenset[str]
    min_expires: int
    max_expires: int
    default_expires: int = field(default=3_600)

    def read(self, request: Request, current: Current, now: float) -> tuple[Published | LoggedOff | None, int, str]:
        """Give the fact, the seconds granted and the new entity tag. Raises Refused or ParseError."""
        require_extensions(request)
        record = _speaker(request, current)
        self._require_resource(request)
        event = self._event(request)
        if_match = _if_match(request)
        if if_match is not None:
            require_tag(record, event, if_match)
        expires = self._expires(request)
        tag = self.ids.nonce(12).hex()
        if not expires and if_match is not None:
            return LoggedOff(record.impu, event, if_match), 0, tag
        fact = self._published(
            request, record, now, Published(record.impu, event, "", if_match, tag, now + expires, None)
        )
        return (fact if expires else None), expires, tag

    def _published(self, request: Request, record: Record, now: float, fact: Published) -> Published:
        if not request.body and fact.if_match is None:
            raise Refused(Refusal.BAD_REQUEST, "an initial PUBLISH has a body", impu=record.impu)
        require_body(request, PUBLISH_BODIES)
        proof = self.authorizer.proof(request, record.impu, now) if request.body else None
        if proof is None:
            if record.val_user_id is None:
                raise Refused(Refusal.NOT_BOUND, impu=record.impu)
            return fact
        return fact._replace(client_id=proof.client_id, proof=proof)

    def _require_resource(self, request: Request) -> None:
        if self.resources and request.address.aor() not in self.resources:
            raise Refused(Refusal.UNKNOWN_RESOURCE)

    def _event(self, request: Request) -> str:
        event = request.event
        if event is None or event.package not in self.events:
            raise Refused(Refusal.UNKNOWN_EVENT)
        return event.package

    def _expires(self, request: Request) -> int:
        asked = request.expires
        if asked is None:
            return self.default_expires
        if 0 < asked < self.min_expires:
            raise Refused(Refusal.TOO_BRIEF)
        return min(asked, self.max_expires)


def _speaker(request: Request, current: Current) -> Record:
    """Give the record of the asserted identity: of two, a SIP and a tel URI, the one that is known here."""
    records = [current(impu_of(identity.uri)) for identity in request.p_asserted_identities]
    if not records:
        raise Refused(Refusal.NO_IDENTITY)
    return next((record for record in records if record.val_user_id or record.registration), records[0])


def _if_match(request: Request) -> str | None:
    """Give the one entity tag of SIP-If-Match (RFC 3903 11.3.2)."""
    tags = request.headers.all("SIP-If-Match")
    if not tags:
        return None
    if len(tags) > 1 or not is_token(tags[0]):
        raise Refused(Refusal.BAD_REQUEST, "SIP-If-Match is not one entity tag")
    return tags[0]
