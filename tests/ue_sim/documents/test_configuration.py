import pytest

from tests.ue_sim.documents.servers import Server
from ue_sim.documents.configuration import ConfigurationClient
from ue_sim.documents.errors import Refused, Unusable
from valkit.documents import GroupMembership, UeConfiguration, UserProfile

PROFILE = UserProfile(3, "day", groups=(GroupMembership("sip:border@partner.example"),))


async def test_a_profile_is_got() -> None:
    """The only one, or one by its index."""
    server = Server((200, bytes(PROFILE), {}), (200, bytes(PROFILE), {}))
    client = ConfigurationClient(server.client)
    assert await client.profile("t", "ptt", "alice") == PROFILE
    assert await client.profile("t", "ptt", "alice", 3) == PROFILE
    assert [path for _, path in server.asked] == [
        "/xcap/ptt/users/alice/user-profile",
        "/xcap/ptt/users/alice/user-profile-3",
    ]


async def test_the_users_own_configuration_goes_before_the_one_for_all() -> None:
    """And there may be none."""
    everybodys = UeConfiguration("home.example", name="all")
    server = Server((404, b"", {}), (200, bytes(everybodys), {}), (404, b"", {}), (404, b"", {}), (403, b"", {}))
    client = ConfigurationClient(server.client)
    assert await client.ue_configuration("t", "ptt", "alice") == everybodys
    assert await client.ue_configuration("t", "ptt", "alice") is None
    with pytest.raises(Refused):
        await client.ue_configuration("t", "ptt", "alice")


async def test_what_is_no_document_is_not_taken_for_one() -> None:
    """Whoever sent it."""
    client = ConfigurationClient(Server((200, b"<a/>", {}), (200, b"<a/>", {})).client)
    with pytest.raises(Unusable):
        await client.profile("t", "ptt", "alice")
    with pytest.raises(Unusable):
        await client.ue_configuration("t", "ptt", "alice")
