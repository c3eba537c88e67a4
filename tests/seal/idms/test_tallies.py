from seal.idms.proving.methods import ONE_TIME_CODE, PASSWORD
from seal.idms.tallies import TALLIES
from valkit.tallies import Tallies
from valkit.trace import Note


def counts(*notes: Note) -> dict[str, dict[tuple[str, ...], int]]:
    """Give what these notes come to, by the tally's name."""
    tallies = Tallies(TALLIES)
    for note in notes:
        tallies(note)
    return {tally.name: dict(counter) for tally, counter in tallies.counts.items() if counter}


def test_log_ins_are_counted_by_method() -> None:
    """Those that went well, those that did not, and names locked; never by who it was."""
    by_password = Note(0.0, "idms", "logged in", {"user": "alice", "acr": PASSWORD})
    by_code = Note(0.0, "idms", "logged in", {"user": "bob", "acr": ONE_TIME_CODE})
    wrong = Note(0.0, "idms", "log-in refused", {"user": "alice", "method": PASSWORD})
    assert counts(by_password, by_password, by_code, wrong) == {
        "val_log_ins": {(PASSWORD,): 2, (ONE_TIME_CODE,): 1},
        "val_log_ins_refused": {(PASSWORD,): 1},
    }


def test_tokens_are_counted_by_grant() -> None:
    """A refresh token that comes twice has a number of its own."""
    issued = Note(0.0, "idms", "tokens issued", {"grant": "refresh_token", "jti": "1"})
    reused = Note(0.0, "idms", "refresh token reused", {"family": "1"})
    assert counts(issued, reused) == {
        "val_tokens_issued": {("refresh_token",): 1},
        "val_token_events": {("refresh token reused",): 1},
    }
