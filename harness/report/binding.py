"""The bindings of a scenario over time, read from what the VAL server noted: each as long as it stood."""

from collections.abc import Iterable

from harness.report.model import Binding, Event, Noted

BEGINS = frozenset({"bound", "rebound", "moved"})
"""What a VAL server notes when a binding is there anew, or is another one (`valserver.facts.Event`)."""
ENDS = "unbound"

Key = tuple[str, str, str]
"""Who noted it, IMPU and VAL service: one binding at a time stands for these."""


def bindings(events: Iterable[Event]) -> tuple[Binding, ...]:
    """Give every binding in the order in which they began; one that was renewed unchanged goes on."""
    found: list[Binding] = []
    standing: dict[Key, int] = {}
    for at, event in enumerate(events):
        if not isinstance(event, Noted) or event.what not in {*BEGINS, ENDS}:
            continue
        key = event.who, event.fields.get("impu", ""), event.fields.get("service", "")
        before = standing.get(key)
        if event.what in BEGINS:
            made = _binding(event, at)
            if before is not None and _same(found[before], made):
                continue
            standing[key] = len(found)
            found.append(made)
        else:
            standing.pop(key, None)
        if before is not None:
            why = event.fields.get("cause") or event.what
            found[before] = found[before].model_copy(update={"ends": at, "ended_by": why})
    return tuple(found)


def _binding(event: Noted, at: int) -> Binding:
    said = event.fields
    return Binding(
        impu=said.get("impu", ""),
        user=said.get("val_user_id", ""),
        services=tuple(said.get("val_service_ids", "").split()),
        service=said.get("service", ""),
        via=said.get("via", ""),
        begins=at,
    )


def _same(one: Binding, other: Binding) -> bool:
    return (one.user, one.services) == (other.user, other.services)
