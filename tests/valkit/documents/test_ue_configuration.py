import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal.cms.usages import UE_CONFIGURATION
from valkit.documents import NoSuchDocument, UeConfiguration, ue_configuration_selector

WORDS = st.from_regex(r"[a-z]{0,8}", fullmatch=True)


@given(
    st.builds(
        UeConfiguration,
        st.from_regex(r"[a-z]{1,8}\.example", fullmatch=True),
        WORDS,
        WORDS,
        st.lists(st.from_regex(r"urn:gsma:imei:[0-9]{8}-[0-9]{6}-0", fullmatch=True)).map(tuple),
    )
)
def test_what_is_written_is_read_back_and_follows_the_schema(configuration: UeConfiguration) -> None:
    """All of it."""
    text = bytes(configuration)
    assert UeConfiguration.read(text) == configuration
    UE_CONFIGURATION.schema.check(text)
    with pytest.raises(NoSuchDocument):
        UeConfiguration.read(b"<a/>")


def test_where_a_configuration_is() -> None:
    """The user's own, or the one for all."""
    assert str(ue_configuration_selector("ptt", "alice")) == "ptt/users/alice/ue-configuration"
    assert str(ue_configuration_selector("ptt")) == "ptt/global/ue-configuration"
