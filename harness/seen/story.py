"""What happened, as one tells it: each message once with the way it took, between what the programs noted.

A proxied request crosses the wire several times and a lost one is sent again; in the story it is one `Passage` with a
`Leg` for each time it was sent. Figures, expectations and ladders read the story; the trace is its source.
"""

from collections.abc import Sequence

from attrs import define, frozen

from harness.seen.cast import Cast
from valkit.sip.errors import ParseError
from valkit.sip.message import Message, Request, Response
from valkit.trace import Event, Http, Note
from valkit.trace import Message as Sent

Key = tuple[str, int, str, int | None]


@frozen
class Leg:
    """One time that a message was sent from one element to the next."""

    at: int
    """Its place in the trace."""
    source: str
    target: str
    sent: Sent

    @property
    def lost(self) -> bool:
        """Whether it never arrived."""
        return self.sent.fate == "lost"


@define
class Passage:
    """One message on its way."""

    legs: list[Leg]

    @property
    def at(self) -> int:
        """Where in the trace it began."""
        return self.legs[0].at

    @property
    def source(self) -> str:
        """Who sent it first."""
        return self.legs[0].source

    @property
    def target(self) -> str:
        """Whom it reached in the end, or would have reached."""
        return self.legs[-1].target

    @property
    def message(self) -> Message:
        """The message as it set out."""
        return self.legs[0].sent.message

    @property
    def arrived(self) -> bool:
        """Whether it came to its last element."""
        return any(leg.target == self.target and not leg.lost for leg in self.legs)


@frozen
class Remark:
    """Something that a program noted."""

    at: int
    note: Note


@frozen
class Spoken:
    """An HTTP request or its answer."""

    at: int
    http: Http


Moment = Passage | Remark | Spoken


def story(events: Sequence[Event], cast: Cast, since: int = 0) -> tuple[Moment, ...]:
    """Tell the events from a place in the trace on, in the order in which they began."""
    open_passages: dict[Key, Passage] = {}
    moments: list[Moment] = []
    for at, event in enumerate(events[since:], start=since):
        if isinstance(event, Note):
            moments.append(Remark(at, event))
            continue
        if isinstance(event, Http):
            moments.append(Spoken(at, event))
            continue
        leg = Leg(at, cast.name(event.source), cast.name(event.target), event)
        key = _key(leg)
        if key in open_passages:
            open_passages[key].legs.append(leg)
        else:
            open_passages[key] = Passage([leg])
            moments.append(open_passages[key])
    return tuple(moments)


def _key(leg: Leg) -> Key:
    """Give what stays the same while a message is passed on or sent again (RFC 3261 16.6 changes none of it)."""
    message = leg.sent.message
    status = message.status if isinstance(message, Response) else None
    try:
        return message.call_id, message.cseq.number, message.cseq.method, status
    except ParseError:
        return f"unreadable, event {leg.at}", 0, "", status


def method(message: Message) -> str:
    """Give the method of a request, or of the request that a response answers; nothing if that cannot be read."""
    try:
        return message.method if isinstance(message, Request) else message.cseq.method
    except ParseError:
        return ""
