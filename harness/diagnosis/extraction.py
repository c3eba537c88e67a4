"""Facts out of evidence, and of what is known beside it. Pure.

A message that is seen on several hops is taken where it is seen first: a request as its client sent it, a final answer
as it came from whoever gave it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from attrs import define, evolve, field, frozen

from harness.diagnosis.cards import Card
from harness.diagnosis.facts import (
    Answered,
    Arrived,
    Asked,
    Exchange,
    Fact,
    Offered,
    Synchronisation,
    ThirdParty,
    TokenPlace,
    TokenSeen,
    hides,
    is_hidden,
)
from harness.diagnosis.transmissions import unanswered
from harness.evidence import Evidence, Seen
from harness.evidence.icmp import PORT_UNREACHABLE
from harness.third_party import is_third_party
from valkit.carriers import BY_NAME, CarrierError, tokens_in
from valkit.carriers.parts import ENCLOSED
from valkit.sip import Challenge as Offer
from valkit.sip import Credentials, Hop, Message, ParseError, Request, Response, leaves, parse, parse_uri

CARRYING = frozenset({"REGISTER", "PUBLISH", "SUBSCRIBE", "INVITE", "MESSAGE"})
"""Methods in which a token may travel."""


REMEMBERED = 16
"""Answers of one client that are remembered, to know a replay."""


Place = tuple[str, int]


class Key(NamedTuple):
    """What a request and its answers have in common on all hops (RFC 3261 8.1.1)."""

    call_id: str
    cseq: int
    method: str


@frozen
class Knowledge:
    """What is known beside the evidence; nothing of it has to be."""

    cards: Mapping[str, Card] = field(factory=dict)
    """By IMPI; the one of everybody else under the empty name."""
    asked: Callable[[str], tuple[Asked, ...]] = lambda _token: ()
    """Who judges a token: each issuer that the VAL server believes; nobody if that is not known."""
    looked: frozenset[str] = frozenset(BY_NAME)
    """The carriers that it looks into."""
    trusts: Callable[[str], bool] | None = None
    """Whether it trusts a host."""
    at: float | None = None
    """When tokens are judged, where the evidence has no times."""

    def card(self, impi: str) -> Card | None:
        """Give the keys of this subscriber."""
        return self.cards.get(impi) or self.cards.get("")


@define
class _Calls:
    """Requests and their final answers, each where it was seen first."""

    requests: dict[Key, Seen] = field(factory=dict)
    answers: dict[Key, Seen] = field(factory=dict)
    arrived: dict[Key, Seen] = field(factory=dict)
    """Requests where they were seen last."""
    granted: dict[str, int] = field(factory=dict)
    """By Call-ID the highest CSeq that was granted."""
    passing: set[Place | None] = field(factory=set)
    """From where requests are passed on."""
    servers: set[Place] = field(factory=set)
    """Where a core tells of registrations."""
    heard: dict[Place | None, float] = field(factory=dict)
    """When each place that serves was last seen to answer a request, by when that was sent."""
    absent: frozenset[Place] = frozenset()
    """Where nothing listened, says ICMP."""

    @classmethod
    def of(cls, evidence: Evidence) -> "_Calls":
        calls = cls(absent=frozenset(each.target for each in evidence.notices if each.why == PORT_UNREACHABLE))
        for seen in evidence.messages:
            key = key_of(seen.message)
            if isinstance(seen.message, Request):
                calls.requests.setdefault(key, seen)
                calls.arrived[key] = seen
                if _is_passed_on(seen.message):
                    calls.passing.add(_place(seen.spot.source))
                if is_third_party(seen.message) and (place := _place(seen.spot.target)) is not None:
                    calls.servers.add(place)
            elif seen.message.status >= 200:
                calls.answers.setdefault(key, seen)
                if seen.message.status < 300:
                    calls.granted[key.call_id] = max(calls.granted.get(key.call_id, 0), key.cseq)
        for key in calls.requests.keys() & calls.answers.keys():
            spot = calls.requests[key].spot
            place = _place(spot.target)
            calls.heard[place] = max(calls.heard.get(place, 0.0), spot.at or 0.0)
        return calls

    def is_within(self, key: Key, trusts: Callable[[str], bool] | None) -> bool:
        """Whether a request was seen behind a first proxy, at the VAL server, or from whom that trusts."""
        arrived = self.arrived[key]
        source, target = arrived.spot.source, _place(arrived.spot.target)
        if (trusts is not None and source is not None and trusts(source.host)) or target in self.servers:
            return True
        return _is_passed_on(arrived.message) and (target is None or target not in self.passing)

    def unheard(self, key: Key) -> bool:
        """Whether a request was never answered, though its target answered one that was sent later."""
        spot = self.requests[key].spot
        if key in self.answers or spot.at is None or spot.target is None or _place(spot.target) in self.absent:
            return False
        return self.heard.get(_place(spot.target), 0.0) > spot.at


def _place(hop: Hop | None) -> Place | None:
    """Give host and port: several servers of one lab have one host."""
    return None if hop is None else (hop.host, hop.port)


def _is_passed_on(message: Message) -> bool:
    return len(message.headers.all("Via")) > 1


def key_of(message: Message) -> Key:
    """Say which request this is, or answers."""
    return Key(message.call_id, message.cseq.number, message.cseq.method)


def facts(evidence: Evidence, known: Knowledge = Knowledge()) -> Iterator[Fact]:
    """Give every fact in the evidence; what cannot be read is none."""
    calls = _Calls.of(evidence)
    yield from evidence.broken
    yield from evidence.messages
    for key, request in calls.requests.items():
        within = calls.is_within(key, known.trusts)
        granted = calls.granted.get(key.call_id, 0) >= key.cseq
        yield Exchange(request, calls.answers.get(key), calls.arrived[key], granted, within)
    yield from unanswered(evidence)
    yield from _authentications(calls, known)
    yield from _third_parties(evidence, calls)
    yield from _arrivals(evidence, calls, known)
    yield from _tokens(calls, known)


def _authentications(calls: _Calls, known: Knowledge) -> Iterator[Fact]:
    """Give challenges and their answers, client by client: a client keeps its Call-ID (TS 24.229 5.1.1.2)."""
    offers: dict[str, tuple[Offered, ...]] = {}
    earlier: dict[str, tuple[tuple[str, str], ...]] = {}
    for key, request in calls.requests.items():
        credentials = _credentials(request.message)
        if credentials is not None and credentials.get("nonce"):
            yield from _answered(calls, key, credentials, offers.get(key.call_id, ()), earlier, known)
        made = tuple(_offers(calls.answers.get(key)))
        yield from made
        if made:
            offers[key.call_id] = made


def _answered(  # noqa: PLR0917  all that belongs to one answer
    calls: _Calls,
    key: Key,
    credentials: Credentials,
    offers: tuple[Offered, ...],
    earlier: dict[str, tuple[tuple[str, str], ...]],
    known: Knowledge,
) -> Iterator[Fact]:
    request, outcome = calls.requests[key], _status(calls.answers.get(key))
    card = known.card(credentials.get("username") or "")
    place = request.spot.place
    assert isinstance(request.message, Request)
    before = earlier.get(key.call_id, ())
    answered = Answered(place, request.message, credentials, offers, card, outcome, before)
    challenge = answered.challenge
    if challenge is not None:
        challenge = evolve(challenge, place=offers[0].place if offers else place)
        yield challenge
    auts = credentials.get("auts")
    if auts is not None and challenge is not None and not is_hidden(auts):
        yield Synchronisation(place, challenge, auts, settled=_settled(calls, key))
    if auts is None:
        yield answered
        earlier[key.call_id] = (*before, (credentials.get("nonce") or "", credentials.get("nc") or ""))[-REMEMBERED:]


def _settled(calls: _Calls, key: Key) -> bool:
    """Whether a later request of the same client was granted."""
    return calls.granted.get(key.call_id, 0) > key.cseq


def _credentials(message: Message) -> Credentials | None:
    """Give the Digest credentials of a message, of several the first."""
    for name in ("Authorization", "Proxy-Authorization"):
        for value in message.headers.all(name):
            try:
                credentials = Credentials.parse(value)
            except ParseError:
                continue
            if credentials.scheme.lower() == "digest":
                return credentials
    return None


def _offers(answer: Seen | None) -> Iterator[Offered]:
    """Give what a 401 or 407 offers."""
    if answer is None or _status(answer) not in {401, 407}:
        return
    for name in ("WWW-Authenticate", "Proxy-Authenticate"):
        for value in answer.message.headers.all(name):
            try:
                offer = Offer.parse(value)
            except ParseError:
                continue
            if offer.scheme.lower() == "digest":
                yield Offered(answer.spot.place, offer)


def _status(seen: Seen | None) -> int | None:
    return seen.message.status if seen is not None and isinstance(seen.message, Response) else None


def _third_parties(evidence: Evidence, calls: _Calls) -> Iterator[ThirdParty]:
    """Give each third-party REGISTER, with the UE's own REGISTER that it tells of."""
    told: set[Key] = set()
    own: dict[str, tuple[Key, ...]] = {}
    for seen in evidence.messages:
        key = key_of(seen.message)
        if key.method != "REGISTER" or not isinstance(seen.message, Request):
            continue
        if not is_third_party(seen.message):
            impu = _aor(seen.message)
            own[impu] = (*(each for each in own.get(impu, ()) if each != key), key)[-REMEMBERED:]
        elif key not in told:
            told.add(key)
            before = _told_of(seen, own.get(_aor(seen.message), ()), calls)
            granted = None if before is None else calls.answers.get(before)
            yield ThirdParty(
                seen,
                None if before is None else calls.requests[before],
                granted if _status(granted) in range(200, 300) else None,
            )


def _told_of(seen: Seen, own: tuple[Key, ...], calls: _Calls) -> Key | None:
    """Say which REGISTER a third-party REGISTER tells of: the one in it, or the last one that was granted by then."""
    enclosed = _enclosed(seen.message)
    if enclosed in own:
        return enclosed
    at = seen.spot.at
    granted = [
        key
        for key in own
        if (answer := calls.answers.get(key)) is not None
        and _status(answer) in range(200, 300)
        and (at is None or answer.spot.at is None or answer.spot.at <= at)
    ]
    return granted[-1] if granted else next(iter(own[-1:]), None)


def _enclosed(message: Message) -> Key | None:
    """Give the key of the REGISTER that a core encloses."""
    try:
        parts = () if message.content_type is None else tuple(leaves(message.body, message.content_type))
        for part in parts:
            if part.content_type.name == ENCLOSED:
                inner = parse(part.body)
                if isinstance(inner, Request):
                    return key_of(inner)
    except ParseError:
        return None
    return None


def _arrivals(evidence: Evidence, calls: _Calls, known: Knowledge) -> Iterator[Arrived]:
    """Give what came to where a core tells of registrations."""
    if known.trusts is None:
        return
    for seen in evidence.messages:
        method = seen.message.method if isinstance(seen.message, Request) else ""
        if method in {"REGISTER", "PUBLISH"} and _place(seen.spot.target) in calls.servers:
            yield Arrived(seen, known.trusts)


def _aor(message: Message) -> str:
    try:
        return parse_uri(message.to.uri).aor()
    except ParseError:
        return message.to.uri


def _tokens(calls: _Calls, known: Knowledge) -> Iterator[Fact]:
    """Give each token once, where it was seen first, and each message that carries one or should."""
    met: set[str] = set()
    for key, seen in calls.requests.items():
        if key.method not in CARRYING or not (seen.message.body or "Authorization" in seen.message.headers):
            continue
        if seen.exact and not hides(seen.message):
            yield TokenPlace(seen, known.looked, unanswered=calls.unheard(key))
        try:
            found = tokens_in(seen.message)
        except CarrierError:
            continue
        for carried in found:
            if carried.token not in met and not is_hidden(carried.token):
                met.add(carried.token)
                at = known.at if seen.spot.at is None else seen.spot.at
                yield TokenSeen(seen.spot.place, carried.token, at, known.asked(carried.token), carried.carrier)
