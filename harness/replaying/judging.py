"""Our own VAL server, without sockets, held against a capture: the same handler, rules and refusals, in memory.

Time is the capture's: what ends between two requests has ended; where it tells no time, none passes. An entity tag that
the server in the capture gave out is known here by our own (RFC 3903 4.1), and a request that names it is read as if it
named ours.
"""

from collections.abc import Iterator, Sequence

from attrs import define, field, frozen
from twisted.internet.task import Clock

from harness.replaying.arrivals import Arrival, Place
from valkit.ids import SeededIds
from valkit.sip import Hop, Request, Response
from valserver.app import assembled, authorizer, rules
from valserver.facts import Event
from valserver.issuers import issuers
from valserver.ledger import Ledger
from valserver.records import Binding
from valserver.requests.handler import Handler
from valserver.settings import ServerSettings
from valserver.stores.store import MemoryStore

SUCCESS = range(200, 300)


@frozen
class Told:
    """An event, when it was."""

    at: float
    event: Event


@frozen
class Decision:
    """What is right for one request, beside what was answered."""

    arrival: Arrival
    due: Response | None
    """The answer that is right; None where the request cannot be judged."""
    told: tuple[Told, ...] = ()
    """What it brought about."""

    @property
    def disagrees(self) -> bool:
        """Whether the server granted what was to be refused, or the reverse."""
        said = self.arrival.said
        if self.due is None or said is None:
            return False
        return (self.due.status in SUCCESS) != (said.status in SUCCESS)

    @property
    def remark(self) -> str:
        """Say what to think of the server's answer."""
        said = self.arrival.said
        if self.due is None:
            return "not judged: its token is hidden"
        if said is None:
            return "no answer was seen"
        if self.disagrees:
            return f"a {said.status} where a {self.due.status} was due"
        return "" if said.status == self.due.status else f"refused as well, with {said.status}"


@frozen
class Judged:
    """All that came of one capture."""

    name: str
    place: Place | None
    """Where the server is; None if the capture does not show one."""
    decisions: tuple[Decision, ...] = ()
    told: tuple[Told, ...] = ()
    """Everything that happened."""
    bindings: tuple[Binding, ...] = ()
    """Who is bound at its end."""
    remarks: tuple[str, ...] = ()
    """What could not be read of it."""
    lacks: str = ""
    """Why it shows no server."""


@define
class Replay:
    """The server that is right."""

    settings: ServerSettings
    told: list[Told] = field(factory=list)
    """Everything that happened."""
    _clock: Clock = field(factory=Clock)
    _ledger: Ledger = field(init=False)
    _handler: Handler = field(init=False)
    _tags: dict[str, str] = field(factory=dict)
    """Our entity tags by those of the capture."""

    def __attrs_post_init__(self) -> None:
        self._ledger = Ledger(MemoryStore(), rules(self.settings.bindings), self._clock, self._tell)
        judges = {name: issuers(each, None, self._clock) for name, each in self.settings.authorizations.items()}
        judging = authorizer(self.settings, judges)
        self._handler = assembled(self.settings, self._ledger, judging, self._tell, SeededIds("replay"))
        self._ledger.start()

    def decisions(self, arrived: Sequence[Arrival]) -> Iterator[Decision]:
        """Judge requests in their order."""
        for arrival in arrived:
            if arrival.seen.spot.at is not None:
                self.pass_until(arrival.seen.spot.at)
            before = len(self.told)
            due = None if arrival.is_hidden else self._due(arrival)
            yield Decision(arrival, due, tuple(self.told[before:]))

    def pass_until(self, at: float) -> None:
        """Let time pass; whatever ends by then ends, each at its own time."""
        while (dues := [call.getTime() for call in self._clock.getDelayedCalls()]) and min(dues) <= at:
            self._clock.advance(max(0.0, min(dues) - self._clock.seconds()))
        self._clock.advance(max(0.0, at - self._clock.seconds()))

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """Who is bound by now."""
        return tuple(self._ledger.bindings())

    def _due(self, arrival: Arrival) -> Response:
        source = arrival.seen.spot.source or Hop("udp", "0.0.0.0", 0)  # noqa: S104 - nothing is bound here
        answer = self._handler(self._translated(arrival.request), source)
        assert isinstance(answer, Response), "a store in memory and keys from files keep nobody waiting"
        theirs = None if arrival.said is None else arrival.said.headers.get("SIP-ETag")
        ours = answer.headers.get("SIP-ETag")
        if theirs is not None and ours is not None:
            self._tags[theirs] = ours
        return answer

    def _translated(self, request: Request) -> Request:
        """Give the request with our entity tag in place of the capture's."""
        ours = self._tags.get(request.headers.get("SIP-If-Match") or "")
        return request if ours is None else request.with_header("SIP-If-Match", ours)

    def _tell(self, event: Event) -> None:
        self.told.append(Told(self._clock.seconds(), event))
