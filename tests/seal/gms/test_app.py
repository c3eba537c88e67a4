from pathlib import Path

import pytest
from attrs import evolve

from seal.errors import CannotStart
from tests.seal.gms.key_server import key_server
from tests.seal.gms.test_usages import FIRE, WHERE
from tests.seal.management.parts import Start, operates, serve
from valkit.documents import GroupDocument
from valkit.documents.group import MEDIA_TYPE
from valkit.keymanagement.responses import KmsKeyProv, KmsResponse
from valkit.xcap import ELEMENT

PATH = f"/xcap/{WHERE}"


async def test_an_administrator_creates_and_changes_a_group(gms: Start) -> None:
    """Whole, or one member of it; members read, others do not (TS 24.544 6.2.2, 6.2.4)."""
    scene = await gms(creators=["chief"])
    assert (await scene.puts(PATH, FIRE, MEDIA_TYPE, "alice")).status == 403
    assert (await scene.puts(PATH, FIRE, MEDIA_TYPE, "chief", If_None_Match="*")).status == 201
    entry = f'{PATH}/~~/seal-group-doc/list-service/list/entry%5B@uri="carol"%5D'.replace('"', "%22")
    assert (await scene.asks("GET", PATH, who="carol")).status == 403
    assert (await scene.puts(entry, b'<entry uri="carol"/>', ELEMENT, "chief")).status == 201
    answer = await scene.asks("GET", PATH, who="carol")
    assert GroupDocument.read(answer.body).members == ("alice", "bob", "carol")
    assert (await scene.puts(entry, b'<entry uri="carol"/>', ELEMENT, "carol")).status == 403
    assert (await scene.asks("DELETE", entry, who="chief")).status == 200
    assert (await scene.asks("GET", PATH, who="carol")).status == 403
    assert (await scene.puts(PATH, evolve(FIRE, administrators=()), MEDIA_TYPE, "chief")).status == 409
    assert (await scene.asks("DELETE", PATH, who="chief")).status == 200
    assert (await scene.asks("GET", PATH, who="alice")).status == 404


async def test_who_takes_the_id_of_a_group_that_was_does_not_take_its_keys(gms: Start, tmp_path: Path) -> None:
    """Nor those of a group that is to come; the operator decides who has an ID of which there are keys."""
    kms = await key_server(tmp_path)
    (tmp_path / "token").write_text("t\n")
    scene = await gms(anybody_creates=True, kms={"url": kms.port.url, "token_file": str(tmp_path / "token")})
    theirs, with_keys = evolve(FIRE, administrators=("erin",), members=("erin",)), kms.body
    kms.body = bytes(KmsResponse("g", "kms.x", 1e9, "/", message=KmsKeyProv(())))
    assert (await scene.puts(PATH, FIRE, MEDIA_TYPE, "chief")).status == 201
    kms.body = with_keys
    assert (await scene.puts(PATH, evolve(FIRE, members=("alice",)), MEDIA_TYPE, "chief")).status == 200
    assert (await scene.asks("DELETE", PATH, who="chief")).status == 200
    refused = await scene.puts(PATH, theirs, MEDIA_TYPE, "erin")
    assert (refused.status, b"only the operator" in refused.body) == (409, True)
    assert (await scene.asks("GET", PATH, who="erin")).status == 404
    kms.status = 500
    assert (await scene.puts(PATH, theirs, MEDIA_TYPE, "erin")).status == 503
    kms.status = 200
    assert (await operates(scene, "PUT", PATH, bytes(FIRE), Content_Type=MEDIA_TYPE))[0] == 201
    await kms.port.close()


async def test_its_files_must_be_there(tmp_path: Path) -> None:
    """It says which is not."""
    with pytest.raises(CannotStart):
        await serve(
            "gms", tmp_path, tls={"authorities": "/nowhere"}, kms={"url": "https://127.0.0.1", "token_file": "/nowhere"}
        )


@pytest.mark.parametrize("name", ["%00", "%01", "%EF%BF%BE"])
async def test_a_group_id_that_no_document_can_have_is_a_conflict(gms: Start, name: str) -> None:
    """XML has no such character, so the group is always called otherwise."""
    scene = await gms(anybody_creates=True)
    assert (await scene.puts(f"{PATH}{name}", FIRE, MEDIA_TYPE, "chief")).status == 409
    assert (await scene.asks("GET", f"{PATH}{name}", who="chief")).status == 404


async def test_what_looks_like_a_document_type_is_a_conflict(gms: Start) -> None:
    """In a comment, too: who reads documents does not look whether it is one."""
    scene = await gms(anybody_creates=True)
    hidden = bytes(FIRE).replace(b"<list-service", b"<!-- <!DOCTYPE --><list-service", 1)
    assert (await scene.puts(PATH, hidden, MEDIA_TYPE, "chief")).status == 409
