import pytest

from sipcore_stub.hss.hss import Flag
from sipcore_stub.tallies import TALLIES
from valkit.aka.digest import Algorithm
from valkit.tallies import Tallies
from valkit.trace import Note


def counts(note: Note) -> dict[str, dict[tuple[str, ...], int]]:
    """Give what a note comes to, by the tally's name."""
    tallies = Tallies(TALLIES)
    tallies(note)
    return {tally.name: dict(counter) for tally, counter in tallies.counts.items() if counter}


@pytest.mark.parametrize("algorithm", Algorithm, ids=str)
def test_answers_to_challenges_are_counted_right_or_wrong_by_algorithm(algorithm: Algorithm) -> None:
    """Who answered is not told."""
    note = Note(0.0, "scscf", "res wrong", {"impi": "alice@home.example", "algorithm": str(algorithm)})
    assert counts(note) == {"val_proofs": {("res wrong", str(algorithm)): 1}}


@pytest.mark.parametrize("flag", Flag, ids=str)
def test_changes_of_the_registration_flag_are_counted_by_the_flag(flag: Flag) -> None:
    """The flag by its name."""
    note = Note(0.0, "hss", "flag", {"impu": "sip:alice@home.example", "flag": flag.value})
    assert counts(note) == {"val_registration_flags": {(flag.value,): 1}}


def test_a_sequence_number_put_right_is_counted() -> None:
    """One number, without labels."""
    assert counts(Note(0.0, "hss", "synchronised", {"impi": "alice@home.example"})) == {"val_synchronisations": {(): 1}}
