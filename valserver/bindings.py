"""The rules by which an IMPU is bound to a VAL user and let go again (5.X.3.2.2 step 10, 5.X.3.2.3 step 2).

State, fact and time in; changed records and events out. The rules read no clock, verify no token and know no SIP.

| fact         | token        | what follows                                                             |
|--------------|--------------|--------------------------------------------------------------------------|
| Registered   | none         | the registration is known; a binding there stays, and lives as long      |
| Registered   | same user    | the token's VAL services are added                                       |
| Registered   | another user | replaces the binding, and all that was published under it                |
| Deregistered |              | ends all bindings of the IMPU; for a while nothing older begins any anew |
| Terminated   |              | ends all bindings of the IMPU: the reg event package has told so         |
| Left         |              | ends all bindings of the IMPU: its user is served in another domain      |
| Published    | as above     | the same, for as long as the publication; no token: only for a bound IMPU |
| LoggedOff    |              | ends what this publication bound                                         |
| any          | same client, other IMPU | moves: what the client had bound there ends, but for IMPUs that |
|              |              | one REGISTER of a UE brought in together, as far as the core tells       |
| any          | of yet another client, beyond the bound | refused; what is bound stays                  |
| time         |              | ends a registration with all bindings, a publication with what it bound  |

Nothing waits for the registration: a PUBLISH that overtakes it binds. Every third-party REGISTER stands for the one
IMPU in its To; nothing is bound for the others of an implicit registration set until theirs come. Of several VAL
services each has its own records, and no fact in one changes anything in another.
"""

from collections.abc import Callable
from math import inf
from typing import Protocol

from attrs import frozen

from valserver.errors import Refusal, Refused
from valserver.facts import (
    Change,
    Decision,
    Deregistered,
    Event,
    Fact,
    Left,
    LoggedOff,
    Proof,
    Published,
    Registered,
    Terminated,
)
from valserver.records import Grant, Publication, Record, Registration, key_of


class State(Protocol):
    """What the rules read."""

    def get(self, key: str) -> Record | None:
        """Give the record that has this key."""

    def where(self, service: str, val_user_id: str, client_id: str) -> tuple[str, ...]:
        """Give the keys of the records in which this client of this user is bound in this service."""


@frozen
class Rules:
    """The rules above, under one policy."""

    outlive_token: bool = True
    """Whether a binding outlives the token that made it, as in MCX; otherwise a grant ends at the token's exp."""
    clients_move: bool = True
    """Whether a client that comes with another IMPU leaves where it was bound, unless one set holds both."""
    most_clients: int = 16
    """Clients from which one IMPU may be bound."""
    most_services: int = 256
    """VAL services to which one IMPU may be bound."""

    def decide(self, state: State, fact: Fact, now: float) -> Decision:
        """Say what the fact changes; Refused when it comes out of order, matches no tag, or speaks for nobody."""
        before, lapsed = self._lapsed(_known(state, fact.impu, fact.service), now)
        match fact:
            case Registered():
                decision = self._entered(state, fact, before, _registered(before, fact), now)
            case Published():
                decision = self._entered(state, fact, before, _published(before, fact), now)
            case Deregistered():
                _require_order(before, fact.call_id, fact.cseq)
                decision = _left(before, unknown(fact.impu, fact.service), "deregistered", fact.via)
            case Terminated() | Left():
                decision = _left(before, unknown(fact.impu, fact.service), fact.cause, fact.via)
            case LoggedOff():
                gone = require_tag(before, fact.event, fact.if_match)
                decision = _left(before, _without(before, gone), "logged off", fact.via)
        return decision if not lapsed else Decision(decision.changes, lapsed + decision.events)

    def lapse(self, record: Record, now: float) -> Decision:
        """Say what time has ended in this record."""
        after, events = self._lapsed(record, now)
        return Decision() if after is record else Decision((_change(after),), events)

    def ends(self, record: Record) -> float:
        """When the first part of this record ends."""
        ends = inf if record.registration is None else record.registration.ends
        for publication in record.publications:
            ends = min(ends, publication.ends)
        if not self.outlive_token:
            for grant in record.grants():
                ends = min(ends, grant.exp)
        return ends

    def _lapsed(self, record: Record, now: float) -> tuple[Record, tuple[Event, ...]]:
        """Give the record without what time has ended, whether or not the timer was there first."""
        if self.ends(record) > now:
            return record, ()
        registration = record.registration
        if registration is not None and registration.ends <= now:
            after, cause = unknown(record.impu, record.service), "registration expired"
        else:
            after, cause = _filtered(record, lambda part: part.ends > now), "publication expired"
        if not self.outlive_token and any(grant.exp <= now for grant in after.grants()):
            after, cause = _granting(after, lambda grant: grant.exp > now), "token expired"
        return after, _lost(record, after, cause)

    def _entered(
        self, state: State, fact: Registered | Published, before: Record, after: Record, now: float
    ) -> Decision:
        """Let the record in; a client that was bound elsewhere leaves there."""
        self._require_room(before, after)
        proof = fact.proof
        if proof is None:
            return Decision((Change(after.key, after),))
        keys = state.where(after.service, proof.val_user_id, proof.client_id) if proof.client_id else ()
        elsewhere = [record for key in keys if key != after.key and (record := state.get(key)) is not None]
        if not elsewhere or not self.clients_move:
            return Decision((Change(after.key, after),), _gained(before, after, proof, fact.via))
        changes, told, moved_from = self._left_by(proof.client_id, after, elsewhere, now)
        gained = _gained(before, after, proof, fact.via, moved_from)
        return Decision((*changes, Change(after.key, after)), (*told, *gained))

    def _left_by(
        self, client_id: str, after: Record, elsewhere: list[Record], now: float
    ) -> tuple[list[Change], list[Event], str]:
        """Let the client leave where it was; one place is told with the move, each further one for itself."""
        changes: list[Change] = []
        told: list[Event] = []
        moved_from = ""
        for record in elsewhere:
            there, lapsed = self._lapsed(record, now)
            if _one_set(there.registration, after.registration):
                continue
            rest = _granting(there, lambda grant: grant.client_id != client_id)
            moved_from = moved_from or ("" if rest == there else there.impu)
            changes.append(_change(rest))
            told += [*lapsed, *_left_behind(there, rest, moved_from)]
        return changes, told, moved_from

    def _require_room(self, before: Record, after: Record) -> None:
        """Refuse what would make one IMPU's record larger than any honest user's; what is in it stays."""
        if _same_grants(before, after) and len(after.publications) <= len(before.publications):
            return
        publishers = {publication.client_id for publication in after.publications}
        if len(publishers.union(after.clients())) > self.most_clients:
            raise Refused(Refusal.TOO_MANY, "too many clients", impu=after.impu)
        if len(after.services()) > self.most_services:
            raise Refused(Refusal.TOO_MANY, "too many VAL services", impu=after.impu)


def unknown(impu: str, service: str = "") -> Record:
    """Give the record of an IMPU of which nothing is known."""
    return Record(impu, None, None, (), service)


def _known(state: State, impu: str, service: str) -> Record:
    return state.get(key_of(impu, service)) or unknown(impu, service)


def publication_of(record: Record, event: str, tag: str) -> Publication | None:
    """Find the publication that SIP-If-Match names (RFC 3903 6, step 3)."""
    for publication in record.publications:
        if publication.tag == tag and publication.event == event:
            return publication
    return None


def require_tag(record: Record, event: str, tag: str) -> Publication:
    """Find it; Refused when there is none."""
    publication = publication_of(record, event, tag)
    if publication is None:
        raise Refused(Refusal.UNKNOWN_TAG, impu=record.impu)
    return publication


def _require_order(record: Record, call_id: str, cseq: int) -> None:
    """RFC 3261 10.3, step 7; but the same CSeq again is a repetition, and repeating changes nothing."""
    registration = record.registration
    if registration is not None and registration.call_id == call_id and registration.cseq > cseq:
        raise Refused(Refusal.OUT_OF_ORDER, impu=record.impu)


def _registered(before: Record, fact: Registered) -> Record:
    _require_order(before, fact.call_id, fact.cseq)
    base = _heard(before, fact.proof)
    grants = _merged(() if base.registration is None else base.registration.grants, fact.proof)
    entered = fact.proof.entered if fact.proof is not None else base.registration.entered if base.registration else ""
    registration = Registration(fact.registrar, fact.call_id, fact.cseq, fact.ends, grants, entered)
    return Record(fact.impu, base.val_user_id, registration, base.publications, fact.service)


def _published(before: Record, fact: Published) -> Record:
    matched = None if fact.if_match is None else require_tag(before, fact.event, fact.if_match)
    base = _heard(before, fact.proof)
    if base.val_user_id is None:
        raise Refused(Refusal.NOT_BOUND, impu=fact.impu)
    client_id = fact.client_id or ("" if matched is None else matched.client_id)
    # A client that publishes anew has lost its tag: its former publication must not outlive it.
    former = [p for p in base.publications if p is matched or (p.event, p.client_id) == (fact.event, client_id)]
    grants = _merged(tuple(grant for publication in former for grant in publication.grants), fact.proof)
    publication = Publication(fact.event, client_id, fact.tag, fact.ends, grants)
    others = tuple(other for other in base.publications if other not in former)
    return Record(fact.impu, base.val_user_id, base.registration, (*others, publication), fact.service)


def _heard(record: Record, proof: Proof | None) -> Record:
    """Give the record in which the proof's user speaks: another user's grants and publications are gone."""
    if proof is None or proof.val_user_id == record.val_user_id:
        return record
    registration = record.registration
    if registration is not None and registration.grants:
        registration = registration._replace(grants=())
    return Record(record.impu, proof.val_user_id, registration, (), record.service)


def _merged(grants: tuple[Grant, ...], proof: Proof | None) -> tuple[Grant, ...]:
    """Give the grants with the proof's among them; a newer token's grant takes the place of the older one's."""
    if proof is None or proof.grants == grants:
        return grants
    merged = {(grant.val_service_id, grant.client_id): grant for grant in grants}
    merged.update({(grant.val_service_id, grant.client_id): grant for grant in proof.grants})
    return tuple(merged.values())


def _without(record: Record, gone: Publication) -> Record:
    return _filtered(record, lambda publication: publication is not gone)


def _filtered(record: Record, keep: Callable[[Publication], bool]) -> Record:
    return _tidy(record._replace(publications=tuple(filter(keep, record.publications))))


def _granting(record: Record, keep: Callable[[Grant], bool]) -> Record:
    """Give the record with only these grants. A publication that has lost all it bound goes with them."""
    registration = record.registration
    if registration is not None:
        registration = registration._replace(grants=tuple(filter(keep, registration.grants)))
    kept = ((publication, tuple(filter(keep, publication.grants))) for publication in record.publications)
    publications = tuple(was._replace(grants=now) for was, now in kept if now or not was.grants)
    return _tidy(Record(record.impu, record.val_user_id, registration, publications, record.service))


def _tidy(record: Record) -> Record:
    """Where nothing is granted nobody is bound, and publications have no owner."""
    if any(record.grants()):
        return record
    return Record(record.impu, None, record.registration, (), record.service)


def _change(record: Record) -> Change:
    return Change(record.key, None if record == unknown(record.impu, record.service) else record)


def _left(before: Record, after: Record, cause: str, via: str) -> Decision:
    return Decision((_change(after),), _lost(before, after, cause, via))


def _gained(before: Record, after: Record, proof: Proof, via: str, moved_from: str = "") -> tuple[Event, ...]:
    """Tell what a token changed, if it changed anything."""
    if moved_from:
        what, cause = "moved", "same client"
    elif before.val_user_id is None:
        what, cause = "bound", "token"
    elif before.val_user_id != after.val_user_id:
        what, cause = "rebound", "another user"
    elif not _same_grants(before, after):
        known = proof.jti and proof.jti in {grant.jti for grant in before.grants()}
        what, cause = "rebound", "the same token" if known else "another token"
    else:
        return ()
    services = after.services()
    return (
        Event(what, after.impu, cause, proof.val_user_id, services, via, proof.jti, moved_from, service=after.service),
    )


def _lost(before: Record, after: Record, cause: str, via: str = "") -> tuple[Event, ...]:
    """Tell what an end took away, if it took anything."""
    if before.val_user_id is None or _same_grants(before, after):
        return ()
    what, shown = ("unbound", before) if after.val_user_id is None else ("rebound", after)
    jti = next(before.grants()).jti
    services = shown.services()
    return (Event(what, before.impu, cause, before.val_user_id, services, via, jti, service=before.service),)


def _same_grants(before: Record, after: Record) -> bool:
    was, now = before.registration, after.registration
    if was is not None and now is not None and was.grants is now.grants and before.publications is after.publications:
        return True  # the usual refresh, seen at a glance
    return tuple(before.grants()) == tuple(after.grants())


def _left_behind(before: Record, after: Record, moved_from: str) -> tuple[Event, ...]:
    """Tell what stays bound where a client left; that it left at all is told where it went."""
    return () if after.val_user_id is None and before.impu == moved_from else _lost(before, after, "client moved")


def _one_set(one: Registration | None, other: Registration | None) -> bool:
    """Whether one REGISTER of a UE brought both in, so that a client is at both: an implicit registration set."""
    return one is not None and other is not None and one.entered == other.entered != ""
