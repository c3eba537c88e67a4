from seal.documents.store_memory import MemoryStore
from seal.xcap.handling import Answer, Decision
from tests.seal.xcap.lists import ONE, SELECTOR


async def test_another_store_has_nothing_of_it() -> None:
    """What all stores do alike stands in tests/contracts/test_documents_store.py."""
    store = MemoryStore()
    await store.change(SELECTOR, lambda _: Decision(Answer(201), ONE))
    await store.close()
    assert await store.document(SELECTOR) == ONE
    assert await MemoryStore().document(SELECTOR) is None
