import pytest

from valkit.tallies import Tallies
from valkit.trace import Note
from valserver.tallies import CAUSES, TALLIES


def counts(note: Note) -> dict[str, dict[tuple[str, ...], int]]:
    """Give what a note comes to, by the tally's name."""
    tallies = Tallies(TALLIES)
    tallies(note)
    return {tally.name: dict(counter) for tally, counter in tallies.counts.items() if counter}


@pytest.mark.parametrize("what", ["bound", "rebound", "moved", "unbound", "no token"])
def test_what_becomes_of_bindings_is_counted(what: str) -> None:
    """Never whose they are."""
    note = Note(0.0, "valserver", what, {"impu": "sip:alice@home.example", "jti": "1"})
    assert counts(note) == {"val_binding_events": {(what,): 1}}


@pytest.mark.parametrize("cause", CAUSES)
def test_refusals_are_counted_by_cause(cause: str) -> None:
    """Those of requests, tokens, carriers, certificates and migrations; tolerated ones apart."""
    for what in ("refused", "tolerated"):
        assert counts(Note(0.0, "valserver", what, {"cause": cause})) == {"val_refused": {(what, cause): 1}}


def test_a_cause_with_details_is_counted_as_the_cause() -> None:
    """What follows it is the peer's."""
    cause = CAUSES[0]
    note = Note(0.0, "valserver", "refused", {"cause": f"{cause} sip:mallory@home.example"})
    assert counts(note) == {"val_refused": {("refused", cause): 1}}
