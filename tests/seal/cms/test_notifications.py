from attrs import evolve

from seal.cms.notifications import EVENTS, notifications
from seal.documents.store import Change
from seal.documents.store_memory import MemoryStore
from seal.notifying.subscriptions import Subscription
from seal.xcap.handling import Answer, Decision
from valkit.documents import profile_selector, ue_configuration_selector

ALICE = Subscription("a", "alice", "ptt", "https://127.0.0.1/a", (1,), (), 0.0, 100.0)
BOB = evolve(ALICE, identity="b", val_user_id="bob", events=(1, 2))


async def test_who_is_told_what() -> None:
    """The user of a profile; all who want to, of a configuration for all; nobody of what was not subscribed to."""
    store = MemoryStore()
    for each in (ALICE, BOB):
        await store.subscribe(each, 9, 0.0)
    change = Change(None, Decision(Answer(201), b"<a/>"))
    told = await notifications(store, profile_selector("ptt", "alice"), change, 0.0)
    assert [(each.identity, said["event"]) for each, said in told] == [("a", 1)]
    told = await notifications(store, ue_configuration_selector("ptt"), change, 0.0)
    assert [(each.identity, said["event"]) for each, said in told] == [("b", 2)]
    assert await notifications(store, profile_selector("video", "alice"), change, 0.0) == []
    assert frozenset({1, 2}) == EVENTS
