"""Who is told what of a changed group (TS 24.544 A.1.2-2, B.2, B.3)."""

from collections.abc import Iterable

from seal.documents.store import Change, Store
from seal.management.app import Told
from seal.management.subscribing import SubscriptionRequest
from seal.notifying.sender import Notification
from valkit.documents import GroupDocument
from valkit.xcap import DocumentSelector

ANNOUNCEMENT = 0x01
"""SUBSCRIBE_GROUP_ANNOUNCEMENT: one is a member of a group that one was not a member of."""
MODIFICATION = 0x02
"""SUBSCRIBE_GROUP_MODIFICATION: a group of one's own has changed."""
EVENTS = frozenset({ANNOUNCEMENT, MODIFICATION})
MEMBER_ADDED, MEMBER_REMOVED, CONFIGURATION_UPDATED = 0x01, 0x02, 0x03
"""Types of modification."""

_NOBODY = GroupDocument("", ())


def fit(wanted: SubscriptionRequest) -> str | None:
    """Say what is wrong with a subscription."""
    if MODIFICATION in wanted.events and not wanted.group_ids:
        return "group_ids are needed for event 2: which groups?"
    return None


async def notifications(store: Store, selector: DocumentSelector, change: Change, now: float) -> list[Told]:
    """Give a notification for each member, of before or after, who subscribed to it."""
    before, after = _group(change.before), _group(change.decision.text)
    users = before.everybody | after.everybody
    told: list[Told] = []
    for subscription in await store.subscriptions(selector.auid, users, now):
        user = subscription.val_user_id
        if ANNOUNCEMENT in subscription.events and user in after.everybody - before.everybody:
            told.append((subscription, announcement(after, user)))
        if MODIFICATION in subscription.events and selector.name in subscription.groups:
            told += [(subscription, each) for each in modifications(selector.name, before, after)]
    return told


def announcement(group: GroupDocument, user: str) -> Notification:
    """Say that a user is a member of a group now, or may become so (TS 24.544 B.2)."""
    return {
        "event": ANNOUNCEMENT,
        "group_id": group.group_id,
        "subject": group.subject or group.display_name or group.group_id,
        "is_join_req": user in group.explicit_members,
        "val_services": list(group.services),
        "members_list": list(group.members),
    }


def modifications(group_id: str, before: GroupDocument, after: GroupDocument) -> Iterable[Notification]:
    """Say what has changed in a group, a notification for each type (TS 24.544 B.3)."""
    if before == _NOBODY:
        return
    types = {
        MEMBER_ADDED: bool(after.everybody - before.everybody),
        MEMBER_REMOVED: bool(before.everybody - after.everybody),
        CONFIGURATION_UPDATED: after != _NOBODY and _configuration(before) != _configuration(after),
    }
    for kind, applies in types.items():
        if applies:
            deleted = {"deleted": True} if after == _NOBODY else {}
            yield {"event": MODIFICATION, "group_id": group_id, "modification_type": kind, **deleted}


def _group(text: bytes | None) -> GroupDocument:
    return _NOBODY if text is None else GroupDocument.read(text)


def _configuration(group: GroupDocument) -> object:
    shown = (group.display_name, group.subject, group.category, group.services, group.administrators)
    return shown, group.priority, group.external_group_id
