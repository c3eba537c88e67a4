"""Who is told what of a changed profile or UE configuration (TS 24.546 A.1.2-2, B)."""

from seal.cms.usages import is_profile
from seal.documents.store import Change, Store
from seal.management.app import Told
from seal.management.subscribing import SubscriptionRequest
from seal.xcap.conditions import etag_of
from valkit.xcap import DocumentSelector

PROFILE_CHANGED = 0x01
"""SUBSCRIBE_USER_PROFILE_MODIFICATION."""
CONFIGURATION_CHANGED = 0x02
"""SUBSCRIBE_UE_CONFIG_MODIFICATION."""
EVENTS = frozenset({PROFILE_CHANGED, CONFIGURATION_CHANGED})


def fit(wanted: SubscriptionRequest) -> str | None:
    """Say what is wrong with a subscription."""
    return "group_ids is for group management servers" if wanted.group_ids else None


async def notifications(store: Store, selector: DocumentSelector, change: Change, now: float) -> list[Told]:
    """Give a notification for each who subscribed: the user whose document it is, or all where it is for all."""
    event = PROFILE_CHANGED if is_profile(selector) else CONFIGURATION_CHANGED
    users = None if selector.xui is None else (selector.xui,)
    text = change.decision.text
    said: dict[str, object] = {"event": event, "val_service_id": selector.auid, "document": str(selector)}
    if text is not None:
        said["etag"] = etag_of(text)
    subscribed = await store.subscriptions(selector.auid, users, now)
    return [(each, said) for each in subscribed if event in each.events]
