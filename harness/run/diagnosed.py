"""What the doctor says of the messages of a scenario that failed: often it knows the cause by name. Pure."""

from collections.abc import Iterable, Iterator
from typing import get_args

from harness.diagnosis import Diagnosis, diagnoses, findings_in
from harness.diagnosis.extraction import facts
from harness.diagnosis.facts import TokenPlace, TokenSeen
from harness.evidence import Evidence, Seen, Spot
from valkit.sip.errors import ParseError
from valkit.sip.message import Request, Response
from valkit.trace import Event, Message

MOST = 3
"""Findings of one scenario; causes are the first."""


ABOUT_SIZE = "large-datagram"
"""What is said of a message with a token, and not of the token."""
ALSO_OF_TOKENS = frozenset({"content-type", "document", "publish-refused", "third-party-refused"})
"""What is said of whole messages and refusals, and has a wrong token or its document for its cause."""


def diagnosed(events: Iterable[Event], *, of_tokens: bool = True) -> tuple[str, ...]:
    """Give what is wrong with the SIP messages that arrived, in sentences, and the clauses that say so.

    Where a scenario broke tokens itself, nothing is to be said of them: it would repeat what was done on purpose.
    """
    every = findings_in(facts(Evidence(tuple(_seen(events)))))
    found = [one for one in every if of_tokens or not _is_of_tokens(diagnoses()[one.name])]
    return tuple(f"{one.sentence} ({one.clause})" for one in found[:MOST])


def _is_of_tokens(one: Diagnosis) -> bool:
    looked_at = {one.about, *get_args(one.about)}
    is_about = not looked_at.isdisjoint({TokenSeen, TokenPlace})
    return (is_about and one.name != ABOUT_SIZE) or one.name in ALSO_OF_TOKENS


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
