"""The operator of a server of documents, against a server that runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred

from harness.clients.admin_client import AdminRefused
from harness.clients.document_operator import DocumentOperator, Kept
from seal.xcap.conditions import etag_of
from tests.conftest import reactor
from tests.seal.management.parts import Scene, serve
from valkit.documents import UserProfile, profile_selector
from valkit.documents.profile import MEDIA_TYPE

WHERE = profile_selector("ptt", "alice")
DAY, NIGHT = bytes(UserProfile(0, "day")), bytes(UserProfile(0, "night"))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Give a server."""
    made = pytest_twisted.blockon(Deferred.fromCoroutine(serve("cms", tmp_path)))
    yield made
    pytest_twisted.blockon(Deferred.fromCoroutine(made.close()))


def operator(scene: Scene, folder: Path) -> DocumentOperator:
    """Give its operator."""
    return DocumentOperator(reactor, str(scene.running.addresses["admin"]), folder / "operator.token")


async def test_documents_are_written_read_and_deleted(scene: Scene, tmp_path: Path) -> None:
    """Whatever there was."""
    asking = operator(scene, tmp_path)
    assert await asking.get(WHERE) is None
    await asking.put(WHERE, DAY, MEDIA_TYPE)
    await asking.put(WHERE, NIGHT, MEDIA_TYPE)
    assert await asking.get(WHERE) == Kept(NIGHT, etag_of(NIGHT))
    await asking.delete(WHERE)
    with pytest.raises(AdminRefused, match="DELETE ptt/users/alice/user-profile is answered 404"):
        await asking.delete(WHERE)


async def test_a_document_becomes_what_it_is_to_be_once(scene: Scene, tmp_path: Path) -> None:
    """And says what was done."""
    asking = operator(scene, tmp_path)
    done = [await asking.become(WHERE, text, MEDIA_TYPE) for text in (DAY, DAY, NIGHT, NIGHT)]
    assert done == ["created", "unchanged", "changed", "unchanged"]


async def test_what_stands_in_the_way_is_told(scene: Scene, tmp_path: Path) -> None:
    """A document that breaks a rule, a token that is not there, a server that is not."""
    asking = operator(scene, tmp_path)
    with pytest.raises(AdminRefused, match=r"is answered 409 \(line 1: .*\)"):
        await asking.put(WHERE, b'<seal-user-profile xmlns="urn:3gpp:ns:seal:SealUserProfile:1.0"/>', MEDIA_TYPE)
    with pytest.raises(AdminRefused, match="415"):
        await asking.become(WHERE, DAY, "text/xml")
    with pytest.raises(AdminRefused, match=r"none\.token cannot be read"):
        await DocumentOperator(reactor, "http://127.0.0.1:1", tmp_path / "none.token").get(WHERE)
    with pytest.raises(AdminRefused, match="nobody answers at http"):
        await DocumentOperator(reactor, "http://127.0.0.1:1", tmp_path / "operator.token").get(WHERE)
