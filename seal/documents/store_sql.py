"""The store that survives: SQLite in a file, or PostgreSQL. What a method has returned is committed.

The acts themselves stand in `seal.documents.sql`; they run in threads.
"""

from collections.abc import Iterable
from functools import partial

from twisted.internet.interfaces import IReactorFromThreads

from seal.documents.sql import documents, subscriptions
from seal.documents.sql.schema import SCHEMA
from seal.documents.store import ROOM, Change, Decide
from seal.notifying.subscriptions import Subscription
from seal.sql.opening import open_database
from seal.sql.threads import Runner, Threads
from valkit.xcap import DocumentSelector

# What each method promises stands in `seal.documents.store` and `seal.notifying.subscriptions`.


class SqlStore:
    """Everything in one database; `room` is how many documents a directory takes."""

    def __init__(self, runner: Runner, room: int = ROOM) -> None:
        self._run = runner
        self._room = room

    async def document(self, selector: DocumentSelector) -> bytes | None:
        """Give one."""
        return await self._run.read(partial(documents.document, selector=selector))

    async def change(self, selector: DocumentSelector, decide: Decide) -> Change:
        """Read, decide and write in one transaction."""
        act = partial(documents.change, selector=selector, decide=decide, room=self._room)
        changed = await self._run.write(act)
        if not isinstance(changed, Change):
            raise changed
        return changed

    async def naming(self, auid: str, name: str) -> tuple[DocumentSelector, ...]:
        """Give the documents that name somebody."""
        return await self._run.read(partial(documents.naming, auid=auid, name=name))

    async def subscribe(self, subscription: Subscription, most: int, now: float) -> bool:
        """Keep a new one."""
        return await self._run.write(partial(subscriptions.subscribe, subscription=subscription, most=most, now=now))

    async def subscription(self, identity: str, now: float) -> Subscription | None:
        """Give one."""
        return await self._run.read(partial(subscriptions.subscription, identity=identity, now=now))

    async def end_subscription(self, identity: str) -> bool:
        """Forget one."""
        return await self._run.write(partial(subscriptions.end_subscription, identity=identity))

    async def subscriptions(self, auid: str, users: Iterable[str] | None, now: float) -> tuple[Subscription, ...]:
        """Give those of these users, or of all."""
        wanted = None if users is None else tuple(users)
        return await self._run.read(partial(subscriptions.subscriptions, auid=auid, users=wanted, now=now))

    async def forget_expired(self, now: float) -> int:
        """Remove what has expired."""
        return await self._run.write(partial(subscriptions.forget_expired, now=now))

    async def close(self) -> None:
        """Finish what waits, then let go of the database."""
        await self._run.close()


def open_store(url: str, reactor: IReactorFromThreads) -> SqlStore:
    """Open the database of this URL, migrated to the newest schema; it is talked to in threads.

    `sqlite:///FILE` or `postgresql://USER@HOST/NAME`. Raises CannotStart with the sentence to show.
    """
    return SqlStore(Threads(open_database(url, SCHEMA), reactor))
