"""What memory alone does; what all stores do stands in tests/contracts/test_grants_store.py."""

from seal.idms.stores.store import Store
from seal.idms.stores.store_memory import MemoryStore
from tests.seal.idms.kept import NOW, code


async def test_a_store_in_memory_forgets_with_its_process() -> None:
    """A second one knows nothing of the first."""
    first: Store = MemoryStore()
    await first.put_code(code())
    second: Store = MemoryStore()
    assert await second.code("c1", NOW) is None
    await first.close()
    assert await first.code("c1", NOW) == code()
