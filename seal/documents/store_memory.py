"""The store of a laboratory: gone when the process ends."""

from collections.abc import Iterable

from seal.documents.store import ROOM, Change, Decide, full
from seal.notifying.subscriptions import Subscription
from seal.xcap.handling import Decision
from valkit.xcap import DocumentSelector

# What each method promises stands in `seal.documents.store` and `seal.notifying.subscriptions`.


class MemoryStore:
    """Everything in dictionaries; `room` is how many documents a directory takes."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._documents: dict[DocumentSelector, Decision] = {}
        self._subscriptions: dict[str, Subscription] = {}

    async def document(self, selector: DocumentSelector) -> bytes | None:
        """Give one."""
        return self._text(selector)

    async def change(self, selector: DocumentSelector, decide: Decide) -> Change:
        """Read, decide and write: nothing else runs in between."""
        before = self._text(selector)
        decision = decide(before)
        if decision.text is None:
            self._documents.pop(selector, None)
        else:
            if before is None and self._beside(selector) >= self._room:
                raise full(self._room)
            self._documents[selector] = decision
        return Change(before, decision)

    async def naming(self, auid: str, name: str) -> tuple[DocumentSelector, ...]:
        """Give the documents that name somebody."""
        found = (each for each, kept in self._documents.items() if each.auid == auid and name in kept.names)
        return tuple(sorted(found, key=str))

    async def subscribe(self, subscription: Subscription, most: int, now: float) -> bool:
        """Keep a new one."""
        mine = [each for each in self._current(now) if each.val_user_id == subscription.val_user_id]
        if len(mine) >= most:
            return False
        self._subscriptions[subscription.identity] = subscription
        return True

    async def subscription(self, identity: str, now: float) -> Subscription | None:
        """Give one."""
        return next((each for each in self._current(now) if each.identity == identity), None)

    async def end_subscription(self, identity: str) -> bool:
        """Forget one."""
        return self._subscriptions.pop(identity, None) is not None

    async def subscriptions(self, auid: str, users: Iterable[str] | None, now: float) -> tuple[Subscription, ...]:
        """Give those of these users, or of all."""
        wanted = None if users is None else frozenset(users)
        found = (each for each in self._current(now) if each.auid == auid)
        return tuple(each for each in found if wanted is None or each.val_user_id in wanted)

    async def forget_expired(self, now: float) -> int:
        """Remove what has expired."""
        over = [identity for identity, each in self._subscriptions.items() if each.expires <= now]
        for identity in over:
            del self._subscriptions[identity]
        return len(over)

    async def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def _text(self, selector: DocumentSelector) -> bytes | None:
        kept = self._documents.get(selector)
        return None if kept is None else kept.text

    def _beside(self, selector: DocumentSelector) -> int:
        return sum(1 for each in self._documents if each.directory == selector.directory)

    def _current(self, now: float) -> list[Subscription]:
        return [each for each in self._subscriptions.values() if each.expires > now]
