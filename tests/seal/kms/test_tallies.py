import pytest

from seal.kms.errors import Cause
from seal.kms.tallies import TALLIES
from valkit.trace import Note

REQUESTS, REFUSED = TALLIES


def test_requests_are_counted_by_what_was_given() -> None:
    """Keys, the certificate, or material kept; not whose they are."""
    note = Note(0.0, "kms", "keys given", {"user": "alice"})
    assert note.what in REQUESTS.notes
    assert REQUESTS.values(note) == ("keys given",)


@pytest.mark.parametrize("cause", Cause, ids=str)
def test_a_refusal_of_this_server_has_a_number_of_its_own(cause: Cause) -> None:
    """None is lumped together."""
    assert REFUSED.values(Note(0.0, "kms", "access refused", {"cause": cause.value})) == (cause.value,)
