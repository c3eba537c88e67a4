"""Where records are kept: the seam, and the store that forgets.

A store applies changes in the order given and shows them at once to the next decision; what it promises about
durability is in what `apply` returns. Time and rules are not its business.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from twisted.internet.defer import Deferred, succeed

from valserver.facts import Change
from valserver.records import Packed, Record, packed, same_clients, unpacked


class BindingStore(Protocol):
    """What the server needs of a store; memory and SQLite, under one contract test."""

    @property
    def writable(self) -> bool:
        """Whether the last write came through, or a later trial did."""

    @property
    def bound(self) -> int:
        """How many records bind their IMPU to a user."""

    def get(self, key: str) -> Record | None:
        """Give the record that has this key as of the last `apply`, durable or not."""

    def where(self, service: str, val_user_id: str, client_id: str) -> tuple[str, ...]:
        """Give the keys of the records in which this client of this user is bound in this service.

        One, but for the IMPUs of an implicit registration set.
        """

    def records(self) -> Iterator[Record]:
        """Every record, in no particular order."""

    def bound_to(self, val_user_id: str) -> list[Record]:
        """Give the records that bind their IMPU to this user: found by looking at each, so not for every request."""

    def apply(self, changes: tuple[Change, ...]) -> Deferred[None] | None:
        """Carry out all changes or none.

        None means they are as durable as this store makes anything; otherwise the Deferred fires when they are. It
        fails with StoreUnavailable when they could not be made so, and by then they are undone. Raises Refused when
        too many changes wait already.
        """

    def close(self) -> Deferred[None]:
        """Finish what waits, then let go of the file."""


class Records:
    """The records in memory, found by key and by client.

    Packed, so that a hundred thousand of them make no pause for the garbage collector.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._records: dict[str, Packed] = {}
        self._where: dict[tuple[str, str, str], tuple[str, ...]] = {}
        self.bound = 0
        """How many of them bind their IMPU to a user."""
        for record in records:
            self.put(record.key, record)

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return map(unpacked, self._records.values())

    def get(self, key: str) -> Record | None:
        """Give the record that has this key."""
        found = self._records.get(key)
        return None if found is None else unpacked(found)

    def where(self, service: str, val_user_id: str, client_id: str) -> tuple[str, ...]:
        """Give the keys of the records in which this client of this user is bound in this service."""
        return self._where.get((service, val_user_id, client_id), ())

    def bound_to(self, val_user_id: str) -> list[Record]:
        """Give the records that bind their IMPU to this user; none but these is unpacked."""
        return [unpacked(kept) for kept in self._records.values() if kept[1] == val_user_id]

    def put(self, key: str, record: Record | None) -> Packed | None:
        """Set or remove the record that has this key. Returns the one it had, for `restore`."""
        return self.restore(key, None if record is None else packed(record))

    def restore(self, key: str, after: Packed | None) -> Packed | None:
        """Set or remove a record as it was kept. Returns the one it had."""
        before = self._records.get(key)
        if after is None:
            self._records.pop(key, None)
        else:
            self._records[key] = after
        self.bound += _binds(after) - _binds(before)
        if before is None or after is None or not same_clients(before, after):
            self._forget_clients(key, before)
            self._note_clients(key, after)
        return before

    def _forget_clients(self, key: str, record: Packed | None) -> None:
        for client in _clients(record):
            rest = tuple([each for each in self._where.get(client, ()) if each != key])
            if rest:
                self._where[client] = rest
            else:
                self._where.pop(client, None)

    def _note_clients(self, key: str, record: Packed | None) -> None:
        for client in _clients(record):
            self._where[client] = (*self._where.get(client, ()), key)


def _binds(kept: Packed | None) -> bool:
    return kept is not None and kept[1] is not None


def _clients(kept: Packed | None) -> list[tuple[str, str, str]]:
    record = None if kept is None else unpacked(kept)
    if record is None or record.val_user_id is None:
        return []
    return [(record.service, record.val_user_id, client_id) for client_id in record.clients()]


class MemoryStore:
    """Keeps records for as long as the process lives."""

    writable = True

    def __init__(self) -> None:
        self._records = Records()
        self.get = self._records.get
        self.where = self._records.where
        self.bound_to = self._records.bound_to

    @property
    def bound(self) -> int:
        """How many records bind their IMPU to a user."""
        return self._records.bound

    def records(self) -> Iterator[Record]:
        """Every record."""
        return iter(self._records)

    def apply(self, changes: tuple[Change, ...]) -> None:
        """Carry out the changes; nothing is durable here."""
        for key, record in changes:
            self._records.put(key, record)

    def close(self) -> Deferred[None]:
        """Nothing to finish."""
        return succeed(None)
