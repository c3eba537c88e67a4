import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal.gms.usages import GROUP
from valkit.documents import GroupDocument, NoSuchDocument, group_selector

WORDS = st.from_regex(r"[a-z]{0,8}", fullmatch=True)
USERS = st.lists(st.from_regex(r"[a-z]{1,6}@home\.example", fullmatch=True), unique=True, max_size=4).map(tuple)


@given(
    st.builds(
        GroupDocument,
        st.from_regex(r"sip:[a-z]{1,6}@home\.example", fullmatch=True),
        st.lists(st.sampled_from(["ptt", "video"]), min_size=1, max_size=2, unique=True).map(tuple),
        WORDS,
        WORDS,
        st.sampled_from(["normal", "broadcast"]),
        USERS,
        USERS,
        st.just(()),
        st.none() | st.integers(0, 255),
        WORDS,
    )
)
def test_what_is_written_is_read_back_and_follows_the_schema(group: GroupDocument) -> None:
    """All of it."""
    text = bytes(group)
    assert GroupDocument.read(text) == group
    GROUP.schema.check(text)
    with pytest.raises(NoSuchDocument):
        GroupDocument.read(b"<a/>")


def test_members_are_those_who_are_and_those_who_may_join() -> None:
    """Both lists."""
    group = GroupDocument(
        "sip:g@home.example", ("ptt",), members=("a",), explicit_members=("b",), administrators=("c",)
    )
    assert GroupDocument.read(bytes(group)) == group
    assert group.everybody == {"a", "b"}


def test_where_a_group_is() -> None:
    """In the global tree, by its ID."""
    selector = group_selector("ptt", "sip:g/1@home.example")
    assert str(selector) == "ptt/global/byGroupID/sip:g%2F1@home.example"


def test_what_would_be_lost_is_noticed() -> None:
    """An element that is not ours, whatever its namespace, and none that says nothing."""
    text = bytes(GroupDocument("sip:fire@home.example", ("ptt",), "Fire", members=("alice",)))
    assert GroupDocument.knows_all_of(text)
    assert GroupDocument.knows_all_of(text.replace(b"</common>", b"<empty/></common>"))
    assert not GroupDocument.knows_all_of(text.replace(b"</common>", b'<x xmlns="urn:theirs">1</x></common>'))
    assert not GroupDocument.knows_all_of(text.replace(b"<common>", b'<common more="1">'))
