"""What the doctor says of the messages of a scenario that failed: often it knows the cause by name. Pure."""

from collections.abc import Iterable, Iterator

from harness.diagnosis import findings_in
from harness.diagnosis.extraction import facts
from harness.evidence import Evidence, Seen, Spot
from valkit.sip.errors import ParseError
from valkit.sip.message import Request, Response
from valkit.trace import Event, Message

MOST = 3
"""Findings of one scenario; causes are the first."""


def diagnosed(events: Iterable[Event]) -> tuple[str, ...]:
    """Give what is wrong with the SIP messages that arrived, in sentences, and the clauses that say so."""
    found = findings_in(facts(Evidence(tuple(_seen(events)))))
    return tuple(f"{one.sentence} ({one.clause})" for one in found[:MOST])


def _seen(events: Iterable[Event]) -> Iterator[Seen]:
    for number, event in enumerate(events):
        if not isinstance(event, Message) or event.fate == "lost":
            continue
        if isinstance(event.message, Request | Response) and _is_readable(event.message):
            yield Seen(Spot(f"event {number}", event.at, event.source, event.target), event.message)


def _is_readable(message: Request | Response) -> bool:
    """Whether it tells which request it is or answers: a phone may be told to send what breaks the rules."""
    try:
        message.validate()
    except ParseError:
        return False
    return True
