import pytest

from seal.cms.usages import PROFILE, UE_CONFIGURATION, is_profile, usage_of
from seal.xcap.errors import Conflicting, Refused
from valkit.documents import UeConfiguration, UserProfile, profile_selector, ue_configuration_selector
from valkit.xcap import Condition, DocumentSelector

GROUPS = b'<vp:groups xmlns:vp="urn:val:ns:user-profile:1.0">%b</vp:groups>'


def profile(inside: bytes = b"", index: bytes = b'user-profile-index="0"') -> bytes:
    """Write a profile with this in on-network."""
    return (
        b'<seal-user-profile xmlns="urn:3gpp:ns:seal:SealUserProfile:1.0" %b><profile-configuration><on-network>%b'
        b"</on-network></profile-configuration></seal-user-profile>" % (index, inside)
    )


@pytest.mark.parametrize(
    ("selector", "usage"),
    [
        (profile_selector("ptt", "alice"), PROFILE),
        (profile_selector("ptt", "alice", 255), PROFILE),
        (ue_configuration_selector("ptt", "alice"), UE_CONFIGURATION),
        (ue_configuration_selector("ptt"), UE_CONFIGURATION),
        (DocumentSelector("ptt", None, ("user-profile",)), None),
        (DocumentSelector("ptt", "alice", ("user-profile-01",)), None),
        (DocumentSelector("ptt", "alice", ("a", "user-profile")), None),
        (DocumentSelector("ptt", "alice", ("other",)), None),
    ],
)
def test_which_documents_there_are(selector: DocumentSelector, usage: object) -> None:
    """Profiles in home directories, configurations there and for all."""
    if usage is None:
        with pytest.raises(Refused):
            usage_of(selector)
        return
    assert usage_of(selector) is usage
    assert is_profile(selector) == (usage is PROFILE)


@pytest.mark.parametrize(
    "text",
    [
        profile(),
        profile(GROUPS % b'<vp:group uri="sip:g@home.example" domain="x"/>'),
        profile(b'<a xmlns="urn:other"><b/></a>'),
        profile(index=b'user-profile-index="255" xmlns:o="urn:o" o:more="x"'),
    ],
)
def test_what_a_profile_may_be(text: bytes) -> None:
    """What VAL services add in namespaces of their own is let be (TS 24.546 7.1)."""
    assert PROFILE.checked(profile_selector("ptt", "alice"), text) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        profile(index=b""),
        profile(index=b'user-profile-index="256"'),
        profile(b"<on-network/>"),
        profile(GROUPS % b"<vp:group/>"),
        profile(GROUPS % b'<vp:group uri=""/>'),
        profile(GROUPS % b'<vp:group uri="a"/><vp:group uri="a"/>'),
        b'<seal-user-profile xmlns="urn:3gpp:ns:seal:SealUserProfile:1.0" user-profile-index="0"/>',
        b'<seal-user-profile user-profile-index="0"><profile-configuration/></seal-user-profile>',
    ],
)
def test_what_a_profile_may_not_be(text: bytes) -> None:
    """By the schema."""
    with pytest.raises(Conflicting) as raised:
        PROFILE.checked(profile_selector("ptt", "alice"), text)
    assert raised.value.condition is Condition.SCHEMA


def test_names_and_contents_agree() -> None:
    """The index in the file name, and the VAL service in the path."""
    PROFILE.checked(profile_selector("ptt", "alice", 7), bytes(UserProfile(7)))
    with pytest.raises(Conflicting, match="user-profile-index is 7, and the file name says 8"):
        PROFILE.checked(profile_selector("ptt", "alice", 8), bytes(UserProfile(7)))
    UE_CONFIGURATION.checked(ue_configuration_selector("ptt"), bytes(UeConfiguration("home.example", "ptt")))
    with pytest.raises(Conflicting, match="VAL-service-id is video"):
        UE_CONFIGURATION.checked(ue_configuration_selector("ptt"), bytes(UeConfiguration("home.example", "video")))


@pytest.mark.parametrize(
    ("ues", "good"),
    [
        (b"<instance-ID-URN>urn:gsma:imei:90420156-025763-0</instance-ID-URN>", True),
        (b"<IMEI-range><TAC>90420156</TAC><SNR>025763</SNR></IMEI-range>", True),
        (b"<IMEI-range><TAC>90420156</TAC><SNR-range><Low-SNR>000001</Low-SNR><High-SNR>000009</High-SNR></SNR-range>%b"
         % b"</IMEI-range>", True),
        (b"<IMEI-range><TAC>904</TAC></IMEI-range>", False),
        (b"<IMEI-range><SNR>025763</SNR></IMEI-range>", False),
        (b"<other/>", False),
    ],
)  # fmt: skip
def test_which_ues_a_configuration_is_for(ues: bytes, good: bool) -> None:
    """TS 24.546 7.2."""
    text = b'<seal-UE-configuration xmlns="urn:3gpp:ns:seal:sealUEConfig:1.0" domain="home.example"><VAL-UE-id>%b' % ues
    text += b"</VAL-UE-id></seal-UE-configuration>"
    if good:
        UE_CONFIGURATION.schema.check(text)
    else:
        with pytest.raises(Conflicting):
            UE_CONFIGURATION.schema.check(text)
