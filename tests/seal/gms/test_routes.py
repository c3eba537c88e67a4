import json
from pathlib import Path
from urllib.parse import quote

import pytest
from attrs import evolve

from tests.seal.gms.key_server import KEY, key_server
from tests.seal.gms.test_usages import FIRE, WHERE
from tests.seal.management.parts import Scene, Start, operates, token
from valkit.documents.group import MEDIA_TYPE
from valkit.keymanagement.responses import KmsKeyProv, KmsResponse

GROUP = evolve(FIRE, explicit_members=("carol",))
KEYS = f"/group-keys?val_service_id=ptt&group_id={quote(FIRE.group_id, safe='')}"


async def given(scene: Scene) -> None:
    """Have the operator put the group."""
    assert (await operates(scene, "PUT", f"/xcap/{WHERE}", bytes(GROUP), Content_Type=MEDIA_TYPE))[0] == 201


async def test_one_is_told_ones_groups(gms: Start) -> None:
    """Those that name one, in one VAL service (TS 24.544 A.3)."""
    scene = await gms()
    await given(scene)
    for user, groups in (("alice", [FIRE.group_id]), ("chief", [FIRE.group_id]), ("dave", [])):
        answer = await scene.asks("GET", "/groups?val_service_id=ptt", who=user)
        assert json.loads(answer.body) == {"group_ids": groups}
    assert (await scene.asks("GET", "/groups?val_service_id=video")).status == 403
    assert (await scene.asks("GET", "/groups")).status == 400
    assert (await scene.asks("GET", "/groups?val_service_id=ptt&val_service_id=ptt")).status == 400
    assert (await scene.asks("GET", "/groups?val_service_id=%ff")).status == 400


async def test_members_are_given_the_keys_of_the_group(gms: Start, tmp_path: Path) -> None:
    """And nobody else: not who is only invited, nor who only administers it."""
    kms = await key_server(tmp_path)
    (tmp_path / "token").write_text("t\n")
    scene = await gms(kms={"url": kms.port.url, "token_file": str(tmp_path / "token")})
    await given(scene)
    answer = await scene.asks("GET", KEYS)
    assert (answer.status, answer.media_type) == (200, "application/xml")
    assert KmsResponse.parse(answer.body).message == KmsKeyProv((), (KEY,))
    assert answer.header("Cache-Control") == "no-store"
    for user in ("carol", "chief", "dave"):
        assert (await scene.asks("GET", KEYS, who=user)).status == 403
    assert (await scene.asks("GET", KEYS.replace("fire", "none"))).status == 404
    assert len(kms.asked) == 1
    kms.status = 500
    assert (await scene.asks("GET", KEYS)).status == 503
    await kms.port.close()


@pytest.mark.parametrize("path", ["/groups?val_service_id=ptt", KEYS])
async def test_both_need_the_scope(gms: Start, path: str) -> None:
    """And a token at all."""
    scene = await gms()
    assert (await scene.asks("GET", path, bearer=token(scope="openid"))).status == 403
    assert (await scene.asks("GET", path, who=None)).status == 403
