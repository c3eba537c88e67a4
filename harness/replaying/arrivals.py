"""What reached a VAL server, in order, and what it answered. Pure.

A request that comes again is the same request (RFC 3261 17.2.3): its transaction is answered once. On its way through a
core a request is seen several times; what counts is where the server is the target.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from attrs import frozen

from harness.diagnosis.facts import hides
from harness.evidence import Evidence, Seen
from harness.third_party import is_third_party
from valkit.sip import Hop, Message, Request, Response

METHODS = frozenset({"REGISTER", "PUBLISH"})
"""What binds and unbinds."""


class Place(NamedTuple):
    """Where a server is."""

    host: str
    port: int | None = None
    """None: whatever the port."""

    def has(self, hop: Hop | None) -> bool:
        """Whether this is an address of the server."""
        return hop is not None and hop.host == self.host and self.port in {None, hop.port}

    def __str__(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"


class Transaction(NamedTuple):
    """What tells one transaction from others (RFC 3261 17.1.3, 17.2.3)."""

    branch: str
    call_id: str
    cseq: int
    method: str


@frozen
class Arrival:
    """A request that the server got, with its final answer."""

    seen: Seen
    answer: Seen | None
    """What the server said; None if that was not seen."""

    @property
    def request(self) -> Request:
        """The message."""
        assert isinstance(self.seen.message, Request)
        return self.seen.message

    @property
    def said(self) -> Response | None:
        """The answer as a message."""
        return self.answer.message if self.answer and isinstance(self.answer.message, Response) else None

    @property
    def is_hidden(self) -> bool:
        """Whether the token in it is hidden, as in our own captures: then it cannot be judged."""
        return hides(self.request)


def server_in(evidence: Evidence) -> Place | None:
    """Guess which is the VAL server: whom a core tells of others' registrations, or else where PUBLISHes end.

    Its port is part of it: in a lab, core and VAL server may have one host.
    """
    told = Counter(_target(seen) for seen in evidence.messages if is_third_party(seen.message))
    if not told:
        publishes = [seen for seen in evidence.messages if _method(seen.message) == "PUBLISH"]
        furthest = max((_hops(seen.message) for seen in publishes), default=0)
        told = Counter(_target(seen) for seen in publishes if _hops(seen.message) == furthest)
    return next((place for place, _ in told.most_common() if place is not None), None)


def nobody_told(evidence: Evidence) -> str:
    """Say why no server can be guessed from what was seen."""
    own = [seen.message for seen in evidence.messages if seen.message.cseq.method == "REGISTER"]
    nothing = "no third-party REGISTER and no PUBLISH is in it"
    if not own:
        return nothing
    granted = any(isinstance(each, Response) and each.status // 100 == 2 for each in own)
    return nothing if granted else f"no registration in it succeeded, and {nothing}"


def _target(seen: Seen) -> Place | None:
    return None if seen.spot.target is None else Place(seen.spot.target.host, seen.spot.target.port)


def _hops(message: Message) -> int:
    return len(message.headers.all("Via"))


def _method(message: Message) -> str:
    return message.method if isinstance(message, Request) else ""


def arrivals(evidence: Evidence, server: Place) -> Iterator[Arrival]:
    """Give every REGISTER and PUBLISH that the server got, each once, as they came."""
    answers: dict[Transaction, Seen] = {}
    for seen in evidence.messages:
        if isinstance(seen.message, Response) and seen.message.status >= 200 and server.has(seen.spot.source):
            answers.setdefault(_transaction(seen.message), seen)
    met: set[Transaction] = set()
    for seen in evidence.messages:
        if _method(seen.message) in METHODS and server.has(seen.spot.target):
            transaction = _transaction(seen.message)
            if transaction not in met:
                met.add(transaction)
                yield Arrival(seen, answers.get(transaction))


def _transaction(message: Message) -> Transaction:
    return Transaction(message.via.branch or "", message.call_id, message.cseq.number, message.cseq.method)
