from typing import Any, cast

import pytest
import treq

from tests.seal.management.parts import Start, operates
from valkit.documents import UserProfile
from valkit.documents.profile import MEDIA_TYPE

PATH = "/xcap/ptt/users/alice/user-profile"


async def test_the_operator_reads_and_writes_all(cms: Start) -> None:
    """By XCAP, as everybody else."""
    scene = await cms()
    assert (await operates(scene, "PUT", PATH, bytes(UserProfile()), Content_Type=MEDIA_TYPE))[0] == 201
    assert (await operates(scene, "GET", PATH)) == (200, bytes(UserProfile()))
    assert (await operates(scene, "PUT", PATH, b"<a/>", Content_Type=MEDIA_TYPE))[0] == 409
    assert (await operates(scene, "DELETE", PATH))[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Authorization": "Bearer guess"}, 401),
        ({"Authorization": "Basic eDp5"}, 401),
        ({"Host": "evil.example"}, 421),
    ],
)
async def test_nobody_else_gets_in(cms: Start, headers: dict[str, str], status: int) -> None:
    """No browser that was led here, either."""
    scene = await cms()
    url = f"{scene.running.addresses['admin']}{PATH}"
    answer: Any = await cast(Any, treq).request("GET", url, headers=headers, persistent=False)
    await answer.content()
    assert answer.code == status


async def test_without_an_admin_address_there_is_none(cms: Start) -> None:
    """It is left out, if nothing is said."""
    scene = await cms(admin=None)
    assert list(scene.running.addresses) == ["cms"]
