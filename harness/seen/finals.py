"""Final responses of which there is one too many: a client transaction has one (RFC 3261 17.1.2, 17.2.2). Pure.

Sent again it is the same one; another after it is answered by nobody, and whoever looks for either finds it.
"""

from collections.abc import Iterable

from attrs import frozen

from harness.seen.cast import Cast
from valkit.sip.errors import ParseError
from valkit.sip.message import Response
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
