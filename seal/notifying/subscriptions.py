"""Subscriptions to changes, and the seam to where they are kept."""

from collections.abc import Iterable
from typing import Protocol

from attrs import field, frozen


@frozen
class Subscription:
    """One subscription, until it expires or is ended."""

    identity: str
    """What the subscriber was told when it began (TS 24.546 table A.1.3-1), and each notification names."""
    val_user_id: str
    """Whose it is."""
    auid: str
    """The VAL service that it is about."""
    callback: str = field(repr=False)
    """Where notifications go; it may have a secret of the subscriber's in it."""
    events: tuple[int, ...]
    """The events, by the numbers of the standards."""
    groups: tuple[str, ...]
    """VAL group IDs, for events that are about certain groups."""
    interval: float
    """Seconds that pass between two notifications at least."""
    expires: float


class Subscriptions(Protocol):
    """Where they are kept; what a method has returned is durable."""

    async def subscribe(self, subscription: Subscription, most: int, now: float) -> bool:
        """Keep a new one; False, and nothing is kept, when its user has `most` of them."""

    async def subscription(self, identity: str, now: float) -> Subscription | None:
        """Give one."""

    async def end_subscription(self, identity: str) -> bool:
        """Forget one; False when there is none."""

    async def subscriptions(self, auid: str, users: Iterable[str] | None, now: float) -> tuple[Subscription, ...]:
        """Give those about this VAL service, by when they were made: of these users, or of all where None."""

    async def forget_expired(self, now: float) -> int:
        """Remove what has expired. Returns how many that were."""
