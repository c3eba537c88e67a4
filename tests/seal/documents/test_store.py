from seal.documents.store import full
from valkit.xcap import Condition


def test_a_full_directory_says_how_much_is_in_it() -> None:
    """What all stores do alike stands in tests/contracts/test_documents_store.py."""
    assert full(3).condition is Condition.CONSTRAINT
    assert "3 documents" in str(full(3))
