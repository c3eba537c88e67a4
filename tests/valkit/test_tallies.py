from valkit.tallies import Tallies, Tally
from valkit.trace import Note

REFUSED = Tally("val_refused", "Refusals", ["refused", "tolerated"], {"cause": ["expired", "untrusted peer"]})
LOGGED_IN = Tally("val_log_ins", "Log-ins", ["logged in"])


def note(what: str, **fields: str) -> Note:
    """Give a note of somebody."""
    return Note(0.0, "valserver", what, fields)


def test_a_note_is_counted_by_its_name_and_its_known_fields() -> None:
    """Of several notes the label `event` says which it was; what nobody counts is not counted."""
    tallies = Tallies([REFUSED, LOGGED_IN])
    for what in ("refused", "refused", "tolerated"):
        tallies(note(what, cause="expired"))
    tallies(note("bound", impu="sip:alice@home.example"))
    assert REFUSED.labels == ("event", "cause")
    assert tallies.counts[REFUSED] == {("refused", "expired"): 2, ("tolerated", "expired"): 1}
    assert tallies.counts[LOGGED_IN] == {}


def test_whatever_peers_say_there_are_only_so_many_numbers() -> None:
    """An unknown value is `other`; of one that goes into detail what is known counts; one that is not said is empty."""
    tallies = Tallies([REFUSED])
    for number in range(100):
        tallies(note("refused", cause=f"sip:user{number}@home.example"))
    tallies(note("refused", cause="untrusted peer 192.0.2.1 (not in trusted_peers)"))
    tallies(note("refused"))
    assert tallies.counts[REFUSED] == {("refused", "other"): 100, ("refused", "untrusted peer"): 1, ("refused", ""): 1}


def test_a_tally_of_one_note_and_no_field_has_no_label() -> None:
    """It is one number."""
    tallies = Tallies([LOGGED_IN])
    tallies(note("logged in", user="alice"))
    assert tallies.counts[LOGGED_IN] == {(): 1}
