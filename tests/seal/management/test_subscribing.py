import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred

from seal.management.subscribing import MOST
from tests.seal.management.listener import Listener, listener
from tests.seal.management.parts import Scene, Start, operates, token
from valkit.documents import UeConfiguration, UserProfile
from valkit.documents.profile import MEDIA_TYPE
from valkit.documents.ue_configuration import MEDIA_TYPE as CONFIGURATION
from valkit.net.https import HttpsAnswer

LOOPBACK = {"networks": ["127.0.0.0/8"]}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Listener]:
    """Give a subscriber."""
    one = pytest_twisted.blockon(Deferred.fromCoroutine(listener(tmp_path)))
    yield one
    pytest_twisted.blockon(Deferred.fromCoroutine(one.port.close()))


async def subscribes(scene: Scene, who: str = "alice", **wanted: Any) -> HttpsAnswer:
    """Ask to be told."""
    said = {"val_service_id": "ptt", "callback_uri": "https://127.0.0.1/x", "events": [1], "expiry_time": 60, **wanted}
    return await scene.asks("POST", "/subscriptions", json.dumps(said).encode(), who=who, headers=JSON)


async def changes(scene: Scene, user: str, name: str) -> None:
    """Have the operator change a profile."""
    path = f"/xcap/ptt/users/{user}/user-profile"
    await operates(scene, "PUT", path, bytes(UserProfile(0, name)), Content_Type=MEDIA_TYPE)


async def test_who_subscribed_is_told_of_a_change(cms: Start, phone: Listener) -> None:
    """Which document it was, and its tag; of others' documents nothing (TS 24.546 B)."""
    scene = await cms(callbacks=LOOPBACK)
    begun = await subscribes(scene, callback_uri=phone.url)
    assert begun.status == 201
    identity = json.loads(begun.body)["identity"]
    await changes(scene, "bob", "day")
    await changes(scene, "alice", "day")
    heard = (await phone.hears(1))[0]
    etag = (await scene.asks("HEAD", "/xcap/ptt/users/alice/user-profile")).header("ETag")
    assert heard == {
        "identity": identity,
        "event": 1,
        "val_service_id": "ptt",
        "document": "ptt/users/alice/user-profile",
        "etag": etag,
    }
    await operates(scene, "DELETE", "/xcap/ptt/users/alice/user-profile")
    assert "etag" not in (await phone.hears(2))[1]


async def test_a_configuration_for_all_is_told_to_all(cms: Start, phone: Listener) -> None:
    """Who subscribed to event 2; a put that changes nothing is told to nobody."""
    scene = await cms(callbacks=LOOPBACK)
    await subscribes(scene, callback_uri=phone.url, events=[2])
    await subscribes(scene, "bob", callback_uri=phone.url, events=[1, 2])
    await subscribes(scene, "carol", callback_uri=phone.url, events=[1])
    text = bytes(UeConfiguration("home.example"))
    for _ in range(2):
        await operates(scene, "PUT", "/xcap/ptt/global/ue-configuration", text, Content_Type=CONFIGURATION)
    await changes(scene, "carol", "day")
    assert sorted(each["event"] for each in await phone.hears(3)) == [1, 2, 2]


async def test_a_subscription_can_be_seen_and_ended_by_its_user(cms: Start, phone: Listener) -> None:
    """For others it is not there."""
    scene = await cms(callbacks=LOOPBACK)
    begun = await subscribes(scene, callback_uri=phone.url)
    where = begun.header("Location") or ""
    shown = json.loads((await scene.asks("GET", where)).body)
    assert (shown["events"], shown["expiry_time"]) == ([1], 60)
    assert (await scene.asks("GET", where, who="bob")).status == 404
    assert (await scene.asks("DELETE", where, who="bob")).status == 404
    assert (await scene.asks("DELETE", where)).status == 204
    assert (await scene.asks("GET", where)).status == 404
    await changes(scene, "alice", "day")
    assert phone.heard == []


async def test_a_subscription_ends_by_itself(cms: Start, phone: Listener) -> None:
    """After the time that was asked for, a day at most."""
    scene = await cms(callbacks=LOOPBACK)
    begun = await subscribes(scene, callback_uri=phone.url, expiry_time=10**9)
    assert json.loads(begun.body)["expiry_time"] == 86_400
    await subscribes(scene, callback_uri=phone.url, expiry_time=10)
    scene.clock.advance(10)
    await changes(scene, "alice", "day")
    assert [each["identity"] for each in await phone.hears(1)] == [json.loads(begun.body)["identity"]]


@pytest.mark.parametrize(
    ("wanted", "status", "sentence"),
    [
        ({"callback_uri": "https://192.0.2.1/"}, 403, "notifications to 192.0.2.1 are not allowed here"),
        ({"callback_uri": "http://127.0.0.1/"}, 403, "it is no https address"),
        ({"events": [4]}, 400, "there is no event 4 (there are 1, 2)"),
        ({"events": []}, 400, "events"),
        ({"expiry_time": 0}, 400, "expiry_time"),
        ({"group_ids": ["sip:g@home.example"]}, 400, "group_ids is for group management servers"),
        ({"unknown": 1}, 400, "unknown"),
        ({"val_service_id": "other"}, 403, "no credentials that may have this"),
    ],
)
async def test_what_cannot_be_subscribed_to(cms: Start, wanted: dict[str, Any], status: int, sentence: str) -> None:
    """Each with its sentence."""
    scene = await cms(callbacks=LOOPBACK)
    answer = await subscribes(scene, **wanted)
    assert answer.status == status
    assert sentence in answer.body.decode()


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 5_000, b"\xff", b"[]", b'{"events": [1e999]}'])
async def test_a_body_that_is_no_json_is_refused(cms: Start, body: bytes) -> None:
    """400."""
    scene = await cms(callbacks=LOOPBACK)
    assert (await scene.asks("POST", "/subscriptions", body, headers=JSON)).status == 400


@pytest.mark.parametrize(
    "wanted", [{"events": ["1"]}, {"events": [True]}, {"expiry_time": "60"}, {"val_service_id": 1}]
)
async def test_nothing_stands_for_something_of_another_type(cms: Start, wanted: dict[str, Any]) -> None:
    """JSON has types."""
    scene = await cms(callbacks=LOOPBACK)
    assert (await subscribes(scene, **wanted)).status == 400


async def test_a_user_has_so_many_subscriptions(cms: Start) -> None:
    """Then one must end first."""
    scene = await cms(callbacks=LOOPBACK)
    assert {(await subscribes(scene)).status for _ in range(MOST)} == {201}
    assert (await subscribes(scene)).status == 403
    assert (await subscribes(scene, "bob")).status == 201


async def test_subscribing_needs_the_scope(cms: Start) -> None:
    """As all else."""
    scene = await cms(callbacks=LOOPBACK)
    answer = await scene.asks("POST", "/subscriptions", b"{}", bearer=token(scope="openid"), headers=JSON)
    assert answer.status == 403
