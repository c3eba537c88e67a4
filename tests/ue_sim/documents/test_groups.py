import pytest

from tests.ue_sim.documents.servers import Server
from ue_sim.documents.errors import Unusable
from ue_sim.documents.groups import GroupClient, GroupKey
from valkit.documents import GroupDocument

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


async def test_keys_of_a_group_come_as_the_key_management_server_gave_them() -> None:
    """And are not shown."""
    server = Server((200, b"hunter2", {"Content-Type": "application/xml"}))
    key = await GroupClient(server.client).keys("t", "ptt", FIRE.group_id)
    assert key == GroupKey("application/xml", b"hunter2")
    assert "hunter2" not in repr(key)
    assert server.asked[0][1] == "/group-keys?val_service_id=ptt&group_id=sip%3Afire%40home.example"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"group_ids": "a"}', b'{"group_ids": [1]}'])
async def test_what_is_no_list_is_not_taken_for_one(body: bytes) -> None:
    """Whoever sent it."""
    with pytest.raises(Unusable):
        await GroupClient(Server((200, body, {})).client).listed("t", "ptt")


async def test_what_is_no_group_is_not_taken_for_one() -> None:
    """As above."""
    with pytest.raises(Unusable):
        await GroupClient(Server((200, b"<a/>", {})).client).group("t", "ptt", "g")
