import stat
from pathlib import Path

from seal.documents.store_sql import open_store
from seal.xcap.handling import Answer, Decision
from tests.conftest import reactor
from tests.seal.xcap.lists import ONE, SELECTOR


async def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    """In a file that only its owner reads."""
    url = f"sqlite:///{tmp_path}/documents.sqlite"
    before = open_store(url, reactor)
    await before.change(SELECTOR, lambda _: Decision(Answer(201), ONE, frozenset("a")))
    await before.close()
    after = open_store(url, reactor)
    assert await after.document(SELECTOR) == ONE
    assert await after.naming("lists", "a") == (SELECTOR,)
    await after.close()
    assert stat.S_IMODE((tmp_path / "documents.sqlite").stat().st_mode) == 0o600
