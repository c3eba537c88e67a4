from valkit.tallies import Tallies
from valkit.trace import Note
from valserver.gateway.tallies import TALLIES


def counts(note: Note) -> dict[str, dict[tuple[str, ...], int]]:
    """Give what a note comes to, by the tally's name."""
    tallies = Tallies(TALLIES)
    tallies(note)
    return {tally.name: dict(counter) for tally, counter in tallies.counts.items() if counter}


def test_messages_that_go_to_nobody_are_counted_by_cause() -> None:
    """Which partner it was is not told."""
    note = Note(0.0, "gateway", "migration message refused", {"cause": "no_agreement", "peer": "192.0.2.1"})
    assert counts(note) == {"val_gateway_refused": {("no_agreement",): 1}}


def test_a_next_hop_that_is_silent_is_counted() -> None:
    """One number."""
    assert counts(Note(0.0, "gateway", "next hop unavailable", {})) == {"val_gateway_unanswered": {(): 1}}
