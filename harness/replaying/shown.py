"""Decisions and bindings as lines for people, and as JSON for programs. Pure."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from attrs import asdict

from harness.console.listing import listing, table, with_dates
from harness.replaying.judging import Decision, Judged, Told
from valkit.redaction import redact
from valkit.terminal import plain
from valserver.records import Binding
from valserver.watching.events import fields


def lines(judged: Sequence[Judged], width: int | None, *, events: bool) -> Iterator[str]:
    """Give all that is said of captures, under the name of each where they are several; with every event if asked."""
    for each in judged:
        if len(judged) > 1:
            yield f"== {each.name}"
        yield from _of_one(each, width, events=events)
        if each is not judged[-1]:
            yield ""


def _of_one(judged: Judged, width: int | None, *, events: bool) -> Iterator[str]:
    if judged.place is None:
        yield f"Nobody tells a VAL server of anything here: {judged.lacks}."
    else:
        yield from decided(judged.decisions)
        if events:
            yield ""
            yield from timeline(judged.told)
        yield ""
        yield from bound(judged.bindings, width)
        yield ""
        yield summary(judged.decisions, str(judged.place))
    for remark in judged.remarks:
        yield f"Not looked at: {remark}"


def decided(decisions: Sequence[Decision]) -> Iterator[str]:
    """Give a line for each request, and one more where the server's answer was another than is right."""
    for decision in decisions:
        spot = decision.arrival.seen.spot
        due = "-" if decision.due is None else str(decision.due.status)
        said = decision.arrival.said
        answered = "-" if said is None else str(said.status)
        outcome = "; ".join(happened(told) for told in decision.told) or _nothing(decision)
        whom = decision.arrival.request.to.uri
        yield _plain(
            f"{spot.place:>10}  {decision.arrival.request.method:8}  {whom}  due {due}, was {answered}  {outcome}"
        )
        if decision.remark:
            mark = "!!" if decision.disagrees else "  "
            yield _plain(f"{mark:>10}  {decision.remark}")


def _nothing(decision: Decision) -> str:
    return "" if decision.due is None else "nothing changes"


def happened(told: Told) -> str:
    """Give an event in its words."""
    said = dict(fields(told.event))
    words = (said.get(name, "") for name in ("val_user_id", "val_service_ids", "service"))
    cause = f"({said['cause']})" if "cause" in said else ""
    return " ".join(word for word in (told.event.what, *words, cause) if word)


def timeline(told: Sequence[Told]) -> Iterator[str]:
    """Give every event with its time and its cause, those that time alone brought about too."""
    for each in told:
        yield _plain(f"{_moment(each.at)}  {each.event.impu}  {each.event.via or 'time'}: {happened(each)}")


def _moment(at: float) -> str:
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S.%f}Z"
    except (ValueError, OverflowError, OSError):  # a capture may say any time
        return f"{at:.6g} s"


def bound(bindings: Sequence[Binding], width: int | None) -> Iterator[str]:
    """Give the bindings at the end, as `val bindings` has them."""
    rows = listing({"bindings": [_binding(each) for each in bindings], "more": False}).rows
    yield from table(rows, width) if rows else ["Nobody is bound."]


def summary(decisions: Sequence[Decision], server: str) -> str:
    """Say in a sentence how the server did."""
    wrong = sum(decision.disagrees for decision in decisions)
    hidden = sum(decision.due is None for decision in decisions)
    silent = sum(decision.due is not None and decision.arrival.said is None for decision in decisions)
    judged = len(decisions) - hidden
    how = "all were answered rightly" if not wrong else f"{wrong} were answered wrongly"
    if silent:
        how = f"no answer was seen to {silent}" + (f", and of the others {how}" if silent < judged else "")
    told = f"of {judged} that could be judged {how}" if judged else "none of them could be judged"
    rest = f". In {hidden} the token is hidden, as `val run --pcap` hides it" if hidden else ""
    return f"{server} got {len(decisions)} REGISTER and PUBLISH requests; {told}{rest}."


def as_json(judged: Judged) -> str:
    """Give all that came of one capture as JSON."""
    return json.dumps(_told_of(judged), indent=1)


def all_as_json(judged: Sequence[Judged]) -> str:
    """Give the same of several captures, as a list in their order."""
    return json.dumps([_told_of(each) for each in judged], indent=1)


def _told_of(judged: Judged) -> dict[str, object]:
    return {
        "file": judged.name,
        "server": None if judged.place is None else str(judged.place),
        "decisions": [_decision(each) for each in judged.decisions],
        "events": [_event(each) for each in judged.told],
        **with_dates({"bindings": [_binding(each) for each in judged.bindings]}),
        "not_looked_at": list(judged.remarks),
    }


def _decision(decision: Decision) -> dict[str, object]:
    spot, said = decision.arrival.seen.spot, decision.arrival.said
    return {
        "place": spot.place,
        "at": spot.at,
        "from": str(spot.source),
        "method": decision.arrival.request.method,
        "impu": redact(decision.arrival.request.to.uri),
        "due": None if decision.due is None else decision.due.status,
        "said": None if said is None else said.status,
        "agrees": not decision.disagrees,
        "remark": decision.remark,
        "events": [_event(told) for told in decision.told],
    }


def _event(told: Told) -> dict[str, object]:
    return {"at": told.at, "what": told.event.what, **dict(fields(told.event))}


def _binding(binding: Binding) -> dict[str, object]:
    return asdict(binding)


def _plain(line: str) -> str:
    return plain(redact(line)).rstrip()
