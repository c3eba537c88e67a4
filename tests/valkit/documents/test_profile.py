import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal.cms.usages import PROFILE
from valkit.documents import GroupMembership, NoSuchDocument, UserProfile, profile_selector
from valkit.documents.profile import domain_of

NAMES = st.text(st.characters(categories=["L", "N"]), max_size=12)
URIS = st.from_regex(r"sip:[a-z]{1,6}@[a-z]{1,6}\.example", fullmatch=True)
MEMBERSHIPS = st.builds(GroupMembership, URIS, st.sampled_from(["", "partner.example"]))
PROFILES = st.builds(
    UserProfile,
    st.integers(0, 255),
    NAMES,
    st.booleans(),
    st.booleans(),
    st.lists(
        st.builds(GroupMembership, URIS, st.sampled_from(["", "partner.example"])), unique_by=lambda g: g.group_id
    ).map(tuple),
)


@given(PROFILES)
def test_what_is_written_is_read_back_and_follows_the_schema(profile: UserProfile) -> None:
    """Groups and all."""
    text = bytes(profile)
    assert UserProfile.read(text) == profile
    PROFILE.schema.check(text)


def test_names_of_an_older_release_are_read_too() -> None:
    """Rel-17 had them otherwise."""
    text = b"""<seal-user-profile xmlns="urn:3gpp:ns:seal:SealUserProfile:1.0" user-profile-index="7">
      <ProfileName>night</ProfileName><Status>false</Status><isDefault>1</isDefault></seal-user-profile>"""
    assert UserProfile.read(text) == UserProfile(7, "night", enabled=False, default=True)
    with pytest.raises(NoSuchDocument):
        UserProfile.read(b"<a/>")


def test_partner_domains_are_those_of_groups_that_are_not_of_home() -> None:
    """Each once, as it is said or as the group ID tells (DOM-05)."""
    groups = (
        GroupMembership("sip:fire@home.example"),
        GroupMembership("sip:border@partner.example;x=1"),
        GroupMembership("sip:port@home.example", "PARTNER"),
        GroupMembership("sip:rail@partner.example"),
        GroupMembership("local-group"),
    )
    assert UserProfile(groups=groups).partner_domains({"home.example"}) == ("partner.example", "PARTNER")
    assert UserProfile().partner_domains({"home.example"}) == ()


@pytest.mark.parametrize(
    ("group_id", "domain"), [("sip:g@a.example:5060", "a.example"), ("sip:g@A.Example;p", "a.example"), ("g", "")]
)
def test_domain_of_a_group(group_id: str, domain: str) -> None:
    """What stands after the @."""
    assert domain_of(group_id) == domain


def test_where_a_profile_is() -> None:
    """In the user's home directory, below the VAL service ID."""
    assert str(profile_selector("ptt", "alice")) == "ptt/users/alice/user-profile"
    assert str(profile_selector("ptt", "alice", 3)) == "ptt/users/alice/user-profile-3"


@pytest.mark.parametrize("digit", ["0", "9"])
def test_an_index_of_thousands_of_digits_is_read(digit: str) -> None:
    """As the one that is meant where there is none."""
    text = f'<seal-user-profile xmlns="urn:3gpp:ns:seal:SealUserProfile:1.0" user-profile-index="{digit * 5_000}"/>'
    assert UserProfile.read(text.encode()).index == 0
