import pytest
from attrs import evolve

from tests.ue_sim.documents.servers import Server
from ue_sim.documents.errors import NoKeys, Unusable
from ue_sim.documents.groups import GroupClient, GroupKey
from valkit.documents import GroupDocument
from valkit.keymanagement.keysets import ProvisionedKey
from valkit.keymanagement.responses import KmsCertCache, KmsKeyProv, KmsMessage, KmsResponse

FIRE = GroupDocument("sip:fire@home.example", ("ptt",), administrators=("alice",), members=("alice",))
PATH = "/xcap/ptt/global/byGroupID/sip:fire@home.example"


async def test_groups_are_listed_got_changed_and_deleted() -> None:
    """Each where it is."""
    server = Server(
        (200, b'{"group_ids": ["sip:fire@home.example"]}', {}),
        (200, bytes(FIRE), {"ETag": '"1"'}),
        (200, b"", {"ETag": '"2"'}),
        (200, b"", {}),
    )
    client = GroupClient(server.client)
    assert await client.listed("t", "p&t") == ("sip:fire@home.example",)
    assert await client.group("t", "ptt", FIRE.group_id) == FIRE
    assert not await client.put("t", "ptt", FIRE, held=True)
    await client.delete("t", "ptt", FIRE.group_id)
    assert server.asked == [("GET", "/groups?val_service_id=p%26t"), ("GET", PATH), ("PUT", PATH), ("DELETE", PATH)]
    assert server.headers[2]["If-Match"] == '"1"'


KEY = ProvisionedKey("gmk-1", "ptt", b"hunter2", group=True)


def given(*keys: ProvisionedKey, message: KmsMessage | None = None) -> bytes:
    """Write what a key management server gives of a group."""
    return bytes(KmsResponse("gms", "kms", 1.0, "/", message=message or KmsKeyProv((), keys)))


async def test_keys_of_a_group_come_as_the_key_management_server_gave_them() -> None:
    """And are not shown."""
    body = given(KEY)
    server = Server((200, body, {"Content-Type": "application/xml"}))
    key = await GroupClient(server.client).keys("t", "ptt", FIRE.group_id)
    assert key == GroupKey("application/xml", body, (KEY,))
    assert not {"hunter2", KEY.key.hex().upper()} & set(repr(key).split("'"))
    assert server.asked[0][1] == "/group-keys?val_service_id=ptt&group_id=sip%3Afire%40home.example"


@pytest.mark.parametrize(
    "body",
    [
        given(),
        given(evolve(KEY, group=False)),
        given(evolve(KEY, val_service_id="video")),
        given(message=KmsCertCache(0, ())),
    ],
)
async def test_an_answer_without_a_key_of_the_group_is_none(body: bytes) -> None:
    """Nor is a key of a user, or of another VAL service."""
    with pytest.raises(NoKeys, match=r"sip:fire@home\.example in ptt: a VAL server has to provision one"):
        await GroupClient(Server((200, body, {})).client).keys("t", "ptt", FIRE.group_id)


async def test_what_is_no_key_material_is_not_taken_for_it() -> None:
    """A page that says hello is none."""
    with pytest.raises(Unusable, match="not understood"):
        await GroupClient(Server((200, b"hunter2", {})).client).keys("t", "ptt", FIRE.group_id)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"group_ids": "a"}', b'{"group_ids": [1]}'])
async def test_what_is_no_list_is_not_taken_for_one(body: bytes) -> None:
    """Whoever sent it."""
    with pytest.raises(Unusable):
        await GroupClient(Server((200, body, {})).client).listed("t", "ptt")


async def test_what_is_no_group_is_not_taken_for_one() -> None:
    """As above."""
    with pytest.raises(Unusable):
        await GroupClient(Server((200, b"<a/>", {})).client).group("t", "ptt", "g")
