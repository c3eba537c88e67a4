import pytest
from attrs import evolve

from seal.gms.usages import GROUP, MEMBERS, usage_of
from seal.xcap.errors import Conflicting, Refused
from valkit.documents import GroupDocument, group_selector
from valkit.xcap import Condition, DocumentSelector

FIRE = GroupDocument("sip:fire@home.example", ("ptt",), administrators=("chief",), members=("alice", "bob"))
WHERE = group_selector("ptt", FIRE.group_id)


def refused(text: bytes, where: DocumentSelector = WHERE) -> Condition:
    """Say why a group is refused."""
    with pytest.raises(Conflicting) as raised:
        GROUP.checked(where, text)
    return raised.value.condition


def test_a_group_is_found_by_its_members_and_administrators() -> None:
    """All whom it names."""
    assert GROUP.checked(WHERE, bytes(FIRE)) == {"chief", "alice", "bob"}


def test_a_group_is_what_it_is_put_under() -> None:
    """By its ID, which the report suggests, and by its VAL service (IDM-15)."""
    other = evolve(FIRE, group_id="sip:other@home.example")
    with pytest.raises(Conflicting) as raised:
        GROUP.checked(WHERE, bytes(other))
    assert raised.value.condition is Condition.NOT_UNIQUE
    assert raised.value.existing[0].alternatives == (FIRE.group_id,)
    assert refused(bytes(FIRE), group_selector("video", FIRE.group_id)) is Condition.CONSTRAINT


def test_a_group_has_so_many_members() -> None:
    """And each once."""
    assert refused(bytes(evolve(FIRE, members=tuple(map(str, range(MEMBERS + 1)))))) is Condition.CONSTRAINT
    assert refused(bytes(evolve(FIRE, members=("alice", "alice")))) is Condition.SCHEMA
    assert refused(bytes(evolve(FIRE, members=("alice",), explicit_members=("alice",)))) is Condition.SCHEMA


@pytest.mark.parametrize(
    ("part", "other"),
    [
        (b"<category>normal</category>", b""),
        (b"<val-service-id>ptt</val-service-id>", b""),
        (b"<val-specific-config/>", b""),
        (b"<val-specific-config/>", b"<val-specific-config><group-priority>256</group-priority></val-specific-config>"),
        (b'<entry uri="alice"/>', b"<entry/>"),
        (b"<common>", b"<other/><common>"),
    ],
)
def test_what_a_group_must_have(part: bytes, other: bytes) -> None:
    """TS 24.544 7.3."""
    text = bytes(FIRE)
    assert part in text
    assert refused(text.replace(part, other)) is Condition.SCHEMA


def test_what_val_services_add_is_let_be() -> None:
    """In namespaces of their own, such as the policy of a group."""
    policy = b'<val-specific-config><p:policy xmlns:p="urn:p" floor="queued"/></val-specific-config>'
    GROUP.checked(WHERE, bytes(FIRE).replace(b"<val-specific-config/>", policy))


@pytest.mark.parametrize(
    "selector",
    [DocumentSelector("ptt", "alice", ("byGroupID", "g")), DocumentSelector("ptt", None, ("g",))],
)
def test_groups_have_one_place(selector: DocumentSelector) -> None:
    """In the global tree."""
    assert usage_of(WHERE) is GROUP
    with pytest.raises(Refused):
        usage_of(selector)
