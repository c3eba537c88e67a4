from attrs import evolve

from seal.documents.store import Change
from seal.documents.store_memory import MemoryStore
from seal.gms.notifications import announcement, fit, modifications, notifications
from seal.management.subscribing import SubscriptionRequest
from seal.notifying.subscriptions import Subscription
from seal.xcap.handling import Answer, Decision
from tests.seal.gms.test_usages import FIRE, WHERE
from valkit.documents import GroupDocument

NOBODY = GroupDocument("", ())


def types(before: GroupDocument, after: GroupDocument) -> list[object]:
    """Give the types of modification that are told."""
    return [each["modification_type"] for each in modifications(FIRE.group_id, before, after)]


def test_an_announcement_says_what_group_it_is() -> None:
    """And whether one has to join first (TS 24.544 B.2)."""
    group = evolve(FIRE, subject="Fire brigade", explicit_members=("carol",))
    assert announcement(group, "alice") == {
        "event": 1,
        "group_id": FIRE.group_id,
        "subject": "Fire brigade",
        "is_join_req": False,
        "val_services": ["ptt"],
        "members_list": ["alice", "bob"],
    }
    assert announcement(group, "carol")["is_join_req"] is True
    assert announcement(FIRE, "alice")["subject"] == FIRE.group_id


def test_each_type_of_modification_is_told_by_itself() -> None:
    """TS 24.544 B.3."""
    grown = evolve(FIRE, members=("alice", "bob", "carol"))
    assert types(FIRE, grown) == [1]
    assert types(grown, FIRE) == [2]
    assert types(FIRE, evolve(FIRE, priority=3)) == [3]
    assert types(FIRE, evolve(FIRE, members=("alice", "dave"), subject="x")) == [1, 2, 3]
    assert types(FIRE, FIRE) == []
    assert types(NOBODY, FIRE) == []
    assert list(modifications(FIRE.group_id, FIRE, NOBODY)) == [
        {"event": 2, "group_id": FIRE.group_id, "modification_type": 2, "deleted": True}
    ]


async def test_members_of_before_and_after_are_told() -> None:
    """Who was removed, too; of certain groups, those."""
    store = MemoryStore()
    about = {"alice": ((1, 2), (FIRE.group_id,)), "carol": ((1,), ()), "bob": ((2,), ("sip:other@home.example",))}
    for user, (events, groups) in about.items():
        await store.subscribe(Subscription(user, user, "ptt", "https://x", events, groups, 0.0, 9.0), 9, 0.0)
    after = evolve(FIRE, members=("bob", "carol"))
    told = await notifications(store, WHERE, Change(bytes(FIRE), Decision(Answer(200), bytes(after))), 0.0)
    assert [(each.identity, said["event"], said.get("modification_type")) for each, said in told] == [
        ("alice", 2, 1),
        ("alice", 2, 2),
        ("carol", 1, None),
    ]


def test_modifications_are_of_certain_groups() -> None:
    """Which are named (TS 24.544 table A.1.2-2)."""
    wanted = {"val_service_id": "ptt", "callback_uri": "https://x", "events": [2], "expiry_time": 1}
    assert fit(SubscriptionRequest.model_validate(wanted))
    assert fit(SubscriptionRequest.model_validate({**wanted, "group_ids": ["g"]})) is None
    assert fit(SubscriptionRequest.model_validate({**wanted, "events": [1]})) is None
