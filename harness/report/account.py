"""What a report keeps of a scenario that was played: its trace made fit to be shown, and the ladder over it.

Pure: a performance in, a value out. What is hidden here is in no report.
"""

import json
from collections.abc import Iterator

from harness.language.scenario import Scenario
from harness.report.binding import bindings
from harness.report.model import Account, Cause, Event, Noted, Rung, Sent, Token
from harness.report.performance import Performance
from harness.report.results import Failure
from harness.seen.cast import Cast
from harness.seen.claims import without_signature
from harness.seen.ladder import captions
from harness.seen.ladder.rungs import Arrow, Ladder, Row
from harness.seen.rebuilding import rebuilt
from harness.seen.story import method
from valkit import trace
from valkit.carriers import CarrierError, tokens_in
from valkit.redaction import redact, rendered
from valkit.sip.errors import ParseError
from valkit.sip.message import Message, Response


def announced(scenario: Scenario) -> Account:
    """Tell of a scenario before it is played: its head."""
    return Account(
        id=f"{scenario.shown}::{scenario.name}",
        file=scenario.shown,
        line=scenario.line,
        name=scenario.name,
        about=" ".join(scenario.about.split()),
        clauses=scenario.clauses,
        lab=scenario.lab,
        figure=scenario.figure,
    )


def account(performance: Performance) -> Account:
    """Tell what happened."""
    events = performance.events
    began = events[0].at if events else None
    ladder = performance.by_element
    told = tuple(_event(event, event.at - (began or 0.0), performance.cast) for event in events)
    return announced(performance.scenario).model_copy(
        update={
            "began": began,
            "failure": _cause(performance.failure),
            "columns": ladder.columns,
            "ladder": tuple(_rungs(ladder)),
            "events": told,
            "bindings": bindings(told),
        }
    )


def _cause(failure: Failure | None) -> Cause | None:
    if failure is None:
        return None
    return Cause(
        says=redact(failure.says),
        place=failure.place,
        wanted=redact(failure.wanted),
        got=redact(failure.got),
        message=redact(failure.message),
        found=tuple(map(redact, failure.found)),
    )


def _rungs(ladder: Ladder) -> Iterator[Rung]:
    for row in ladder.rows:
        yield (
            _arrow(row, row.mark)
            if isinstance(row.mark, Arrow)
            else Rung(
                event=row.place,
                step=row.number,
                source=row.mark.column,
                target=row.mark.column,
                says=redact(row.mark.text),
            )
        )


def _arrow(row: Row, arrow: Arrow) -> Rung:
    return Rung(
        event=row.place,
        step=row.number,
        source=arrow.source,
        target=arrow.target,
        says=redact(arrow.name),
        details=tuple(map(redact, arrow.details)),
        again=arrow.again,
    )


def _event(event: trace.Event, at: float, cast: Cast) -> Event:
    at = round(at, 6)
    if isinstance(event, trace.Note):
        fields = {name: redact(value) for name, value in event.fields.items()}
        return Noted(kind="note", at=at, who=event.who, what=event.what, fields=fields)
    return _http(event, at) if isinstance(event, trace.Http) else _sip(event, at, cast)


def _http(event: trace.Http, at: float) -> Sent:
    source, _ = event.ends
    return Sent(
        kind="message",
        at=at,
        protocol="HTTP",
        transport=source.transport,
        source=event.source,
        target=event.target,
        name=captions.spoken_name(event),
        method=event.method,
        path=event.path,
        status=event.status,
        fate=event.fate,
        text=redact(rebuilt(event).decode().replace("\r\n", "\n")),
        tokens=tuple(Token(where=where, **json.loads(parts)) for where, parts in event.tokens.items()),
    )


def _sip(event: trace.Message, at: float, cast: Cast) -> Sent:
    message = event.message
    return Sent(
        kind="message",
        at=at,
        protocol="SIP",
        transport=event.source.transport,
        source=cast.name(event.source),
        target=cast.name(event.target),
        name=captions.name(message),
        method=_method(message),
        status=message.status if isinstance(message, Response) else None,
        fate=event.fate,
        text=rendered(message),
        tokens=tuple(_tokens(message)),
    )


def _method(message: Message) -> str:
    try:
        return method(message)
    except ParseError:
        return ""


def _tokens(message: Message) -> Iterator[Token]:
    """Give what the tokens of a message say, each once."""
    try:
        found = dict.fromkeys((carried.carrier, carried.token) for carried in tokens_in(message))
    except (CarrierError, ParseError):
        return
    for where, token in found:
        parts = without_signature(token)
        if parts is not None:
            yield Token(where=where, header=parts["header"], claims=parts["claims"])
