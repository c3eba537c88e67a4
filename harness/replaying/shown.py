"""Decisions and bindings as lines for people, and as JSON for programs. Pure."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from attrs import asdict

from harness.console.listing import listing, table, with_dates
from harness.replaying.judging import Decision, Told
from valkit.redaction import redact
from valkit.terminal import plain
from valserver.events import fields
from valserver.records import Binding


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
    judged = len(decisions) - hidden
    how = "all were answered rightly" if not wrong else f"{wrong} were answered wrongly"
    told = f"of {judged} that could be judged {how}" if judged else "none of them could be judged"
    rest = f". In {hidden} the token is hidden, as `val run --pcap` hides it" if hidden else ""
    return f"{server} got {len(decisions)} REGISTER and PUBLISH requests; {told}{rest}."


def as_json(decisions: Sequence[Decision], told: Sequence[Told], bindings: Sequence[Binding], server: str) -> str:
    """Give all of it as JSON."""
    return json.dumps(
        {
            "server": server,
            "decisions": [_decision(each) for each in decisions],
            "events": [_event(each) for each in told],
            **with_dates({"bindings": [_binding(each) for each in bindings]}),
        },
        indent=1,
    )


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
