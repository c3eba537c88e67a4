from pathlib import Path

import pytest

from seal.documents.store_memory import MemoryStore
from seal.errors import CannotStart, StoreUnavailable
from tests.seal.management.parts import Start, operates, serve
from valkit.documents import UserProfile
from valkit.documents.profile import MEDIA_TYPE

PATH = "/xcap/ptt/users/alice/user-profile"


async def test_documents_survive_a_restart(cms: Start, tmp_path: Path) -> None:
    """In SQLite; what was answered 201 is there."""
    scene = await cms(store=f"sqlite:///{tmp_path}/cms.sqlite")
    await operates(scene, "PUT", PATH, bytes(UserProfile()), Content_Type=MEDIA_TYPE)
    await scene.close()
    again = await cms(store=f"sqlite:///{tmp_path}/cms.sqlite")
    assert (await again.asks("GET", PATH)).status == 200


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"store": "mysql://x"}, "names no database known here"),
        ({"listen": {"host": "192.0.2.1", "port": 0}}, "choose another address"),
        ({"access": {"tokens": {"issuer": "i", "keys": "/nowhere", "audience": "a"}}}, "/nowhere"),
        ({"tls": {"certificate": "/nowhere", "key": "/nowhere"}}, "certificates"),
    ],
)
async def test_what_does_not_let_it_start_is_told(tmp_path: Path, more: dict[str, object], sentence: str) -> None:
    """With what to do; nothing is left behind."""
    with pytest.raises(CannotStart, match=sentence):
        await serve("cms", tmp_path, **more)


async def test_a_store_that_fails_is_told_and_nothing_is_changed(cms: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, and Retry-After."""
    scene = await cms()

    async def failing(*_: object) -> None:
        raise StoreUnavailable("disk is full")

    monkeypatch.setattr(MemoryStore, "document", failing)
    answer = await scene.asks("GET", PATH)
    assert (answer.status, answer.header("Retry-After")) == (503, "1")
    assert b"disk" not in answer.body
