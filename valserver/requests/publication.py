"""The PUBLISH as a fact, step by step as an event state compositor reads it (RFC 3903 6; 5.X.3.2.3).

The IMPU is the one that a trusted peer asserts. A PUBLISH without token is for an IMPU that is bound: else nobody is
known whose settings these are, and the answer is TS 24.379's 404. `Expires: 0` without SIP-If-Match creates and
removes at once: it is answered as any publication, and leaves nothing behind and everything else alone.
"""

from collections.abc import Callable, Mapping

from attrs import field, frozen

from valkit.carriers import Statement
from valkit.ids import Ids
from valkit.sip import Request
from valkit.sip.grammar import is_token
from valserver.bindings import publication_of
from valserver.errors import Refusal, Refused
from valserver.facts import Event, LoggedOff, Published, Reading
from valserver.records import Record
from valserver.requests.authorization import Authorizer, Mode
from valserver.requests.bodies import impu_of, require_body, require_extensions

Current = Callable[[str, str], Record]
"""Gives what is known of an IMPU in a VAL service."""


@frozen
class Publications:
    """Reads PUBLISHes."""

    authorizer: Authorizer
    ids: Ids
    bodies: tuple[str, ...]
    """Media types understood."""
    resources: frozenset[str]
    """Request-URIs served, in canonical form; empty: whatever comes."""
    events: frozenset[str]
    min_expires: int
    max_expires: int
    default_expires: int = field(default=3_600)

    def read(self, request: Request, current: Current, now: float) -> Reading:
        """Give a fact for each VAL service that it concerns. Raises Refused, ParseError or NotYet."""
        require_extensions(request)
        records = self._speaker(request, current)
        self._require_resource(request)
        event = self._event(request)
        if_match = _if_match(request)
        standing = [] if if_match is None else self._standing(records, event, if_match)
        expires = self._expires(request)
        tag = self.ids.nonce(12).hex()
        if not expires and if_match is not None:
            gone = [LoggedOff(record.impu, event, if_match, record.service) for record in standing]
            return Reading(tuple(gone), 0, tag)
        if not request.body and if_match is None:
            raise Refused(Refusal.BAD_REQUEST, "an initial PUBLISH has a body", impu=records[0].impu)
        require_body(request, self.bodies)
        wanted = Published(records[0].impu, event, "", if_match, tag, now + expires, None)
        facts, events = self._concerned(request, wanted, records, standing, now)
        return Reading(facts if expires else (), expires, tag, events)

    def _concerned(
        self, request: Request, wanted: Published, records: list[Record], standing: list[Record], now: float
    ) -> tuple[tuple[Published, ...], tuple[Event, ...]]:
        """Give the facts: in the services whose tokens it has; without any, whose tag, whose document, or in all."""
        heard = self.authorizer.heard(request, wanted.impu, now)
        events = heard.require("PUBLISH")
        facts = [
            _within(wanted, record, standing)._replace(client_id=proof.client_id, proof=proof)
            for record in records
            if (proof := heard.proofs.get(record.service)) is not None
        ]
        if heard:
            others = [record for record in records if record.service in heard.tolerated]
            said = self.authorizer.statements(request) if others else {}
        else:
            said = self.authorizer.statements(request) if request.body else {}
            others = standing or [record for record in records if record.service in said] or records
        facts += [_settings(wanted, each, standing, said) for each in others if _is_known(each, said)]
        if not facts and not heard:
            events += self._nobody(others)
        return tuple(facts), events

    def _nobody(self, records: list[Record]) -> tuple[Event, ...]:
        """Refuse settings of a user who is not known, unless every service that they may be for tolerates it."""
        modes = {service.name: service.mode for service in self.authorizer.services}
        for record in records:
            if modes[record.service] is Mode.ENFORCE:
                raise Refused(Refusal.NOT_BOUND, impu=record.impu, service=record.service)
        cause = Refusal.NOT_BOUND.value
        logged = [record for record in records if modes[record.service] is Mode.LOG_ONLY]
        return tuple(Event("tolerated", each.impu, cause, via="PUBLISH", service=each.service) for each in logged)

    def _speaker(self, request: Request, current: Current) -> list[Record]:
        """Give what is known of the asserted identity: of two, a SIP and a tel URI, the one that is known here."""
        impus = [impu_of(identity.uri) for identity in request.p_asserted_identities]
        if not impus:
            raise Refused(Refusal.NO_IDENTITY)
        known = [[current(impu, service.name) for service in self.authorizer.services] for impu in impus]
        return next((each for each in known if any(one.val_user_id or one.registration for one in each)), known[0])

    def _standing(self, records: list[Record], event: str, if_match: str) -> list[Record]:
        """Give the records whose publication SIP-If-Match names (RFC 3903 6, step 3)."""
        standing = [record for record in records if publication_of(record, event, if_match) is not None]
        if not standing and all(service.mode is Mode.ENFORCE for service in self.authorizer.services):
            raise Refused(Refusal.UNKNOWN_TAG, impu=records[0].impu)
        return standing  # where not all enforce, it may be of one that was taken from a user who is bound nowhere

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


def _within(wanted: Published, record: Record, standing: list[Record]) -> Published:
    """Give the fact in one service; where the tag stands in another one, here it is an initial publication."""
    matched = wanted.if_match if record in standing else None
    return wanted._replace(if_match=matched, service=record.service)


def _settings(wanted: Published, record: Record, standing: list[Record], said: Mapping[str, Statement]) -> Published:
    """Give the fact of settings without a token; the document beside them names the client (TS 24.379 7.2.3)."""
    statement = said.get(record.service)
    client_id = None if statement is None else statement.client_id
    return _within(wanted, record, standing)._replace(client_id=client_id or "")


def _is_known(record: Record, said: Mapping[str, Statement]) -> bool:
    """Whether settings are of the user who is bound, as far as they say whose they are."""
    statement = said.get(record.service)
    about = None if statement is None else statement.user
    return record.val_user_id is not None and about in {None, record.val_user_id}


def _if_match(request: Request) -> str | None:
    """Give the one entity tag of SIP-If-Match (RFC 3903 11.3.2)."""
    tags = request.headers.all("SIP-If-Match")
    if not tags:
        return None
    if len(tags) > 1 or not is_token(tags[0]):
        raise Refused(Refusal.BAD_REQUEST, "SIP-If-Match is not one entity tag")
    return tags[0]
