"""Which test reaches which row of the registrar's table: the report that `make registrar` prints."""

from collections.abc import Iterable, Iterator, Mapping

from sipcore_stub.scscf.registrar import IMPOSSIBLE, TABLE, Input, State

Row = tuple[State, Input]


def missing(journeys: Mapping[str, Iterable[Row]]) -> list[str]:
    """Name the rows that no journey reaches."""
    reached = {row for rows in journeys.values() for row in rows}
    return [f"{state.name} {event.name}" for state, event in TABLE if (state, event) not in reached]


def report(journeys: Mapping[str, Iterable[Row]]) -> str:
    """Write every state with every input: what it leads to, and the tests that go there."""
    rows = [line for state in State for event in Input for line in _told(state, event, journeys)]
    covered = len(TABLE) - len(missing(journeys))
    return "\n".join([*rows, f"{covered} of {len(TABLE)} rows are reached; {len(IMPOSSIBLE)} cannot happen.", ""])


def _told(state: State, event: Input, journeys: Mapping[str, Iterable[Row]]) -> Iterator[str]:
    row = TABLE.get((state, event))
    if row is None:
        yield f"{state.name:15} {event.name:16} -  {IMPOSSIBLE[state, event]}"
        return
    after, effects = row
    done = ", ".join(effect.name for effect in effects) or "nothing"
    yield f"{state.name:15} {event.name:16} -> {after.name}: {done}"
    for name in (name for name, rows in journeys.items() if (state, event) in rows):
        yield f"{'':35}{name}"
