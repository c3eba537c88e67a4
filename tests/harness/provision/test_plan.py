from harness.provision.consistency import read_provisioning
from tests.harness.provision.files import GOOD
from valkit.documents import GroupDocument, UeConfiguration, UserProfile

PLAN = read_provisioning(GOOD, "seal.yaml")


def test_documents_of_configuration_management() -> None:
    """A configuration for the service that has one, a profile for each user and service with the groups of both."""
    found = {str(each.selector): each.text for each in PLAN.configurations()}
    assert set(found) == {
        "ptt/global/ue-configuration",
        "ptt/users/alice/user-profile",
        "video/users/alice/user-profile",
        "ptt/users/bob.b/user-profile",
    }
    assert UeConfiguration.read(found["ptt/global/ue-configuration"]) == UeConfiguration("home.example", "ptt")
    profile = UserProfile.read(found["ptt/users/alice/user-profile"])
    assert [each.group_id for each in profile.groups] == ["sip:fire@home.example", "sip:border@partner.example"]
    assert UserProfile.read(found["video/users/alice/user-profile"]).groups == ()


def test_documents_of_group_management() -> None:
    """Members are named by their VAL user IDs."""
    (wanted,) = PLAN.group_documents()
    assert str(wanted.selector) == "ptt/global/byGroupID/sip:fire@home.example"
    assert GroupDocument.read(wanted.text) == GroupDocument(
        "sip:fire@home.example", ("ptt",), administrators=("bob.b",), members=("alice", "bob.b"), priority=5
    )
