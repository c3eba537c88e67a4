from seal.management.tallies import TALLIES
from valkit.trace import Note

DOCUMENTS, REFUSED = TALLIES


def test_documents_are_counted_by_what_became_of_them() -> None:
    """Given and changed; neither path nor user is told."""
    note = Note(0.0, "cms", "document changed", {"path": "/users/sip:alice@home.example", "asker": "alice"})
    assert note.what in DOCUMENTS.notes
    assert DOCUMENTS.values(note) == ("document changed",)


def test_refusals_are_those_of_every_seal_server() -> None:
    """By cause."""
    assert REFUSED.values(Note(0.0, "gms", "access refused", {"cause": "expired"})) == ("expired",)
