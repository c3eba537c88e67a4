"""Final responses that nobody can go by: a second one to one request, and one that is too large to be read. Pure.

A client transaction has one (RFC 3261 17.1.2, 17.2.2). Sent again it is the same; of two, whoever looks for either
finds it. Of one that is too large only the start is known, and nothing that is said of its body would be true.
"""

from collections.abc import Iterable

from attrs import frozen

from harness.seen.cast import Cast
from valkit.sip.errors import ParseError
from valkit.sip.message import Response, Unread
from valkit.trace import Event, Message


@frozen
class Twice:
    """Two different final responses to one request on one hop."""

    method: str
    source: str
    target: str
    first: int
    second: int

    def __str__(self) -> str:
        return f"{self.first} and then {self.second} to one {self.method}, from {self.source} to {self.target}"


def answered_twice(events: Iterable[Event], cast: Cast) -> Twice | None:
    """Find the first request that one element answered another twice; 2xx to INVITE may come from several."""
    known: dict[tuple[str, ...], int] = {}
    for event in events:
        if not isinstance(event, Message) or not isinstance(event.message, Response) or event.message.status < 200:
            continue
        source, target = cast.name(event.source), cast.name(event.target)
        try:
            method, branch = event.message.cseq.method, event.message.via.branch or ""
        except ParseError:
            continue
        status = event.message.status
        first = known.setdefault((source, target, method, branch, event.message.headers.get("Call-ID") or ""), status)
        if first != status and method != "INVITE":
            return Twice(method, source, target, first, status)
    return None


def unread(events: Iterable[Event], cast: Cast) -> str:
    """Name the first answer that was too large to be read; nothing if all could be."""
    for event in events:
        if isinstance(event, Message) and isinstance(event.message, Unread):
            said = f"{event.message.status} {event.message.reason}"
            return f"{said} from {cast.name(event.source)} to {cast.name(event.target)}, which is too large"
    return ""
