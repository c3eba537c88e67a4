"""Key material that VAL servers have provisioned for users and groups (TS 33.434 5.8): one file for each URI.

Its functions work on files and are called in a thread; only one at a time, since they read before they write.
"""

from collections.abc import Iterable
from hashlib import sha256
from json import dumps, loads
from math import inf

from attrs import define, field

from seal.errors import StoreUnavailable
from seal.kms.errors import Cause, KmsRefused
from seal.kms.vault import Unreadable, Vault
from valkit.keymanagement.keysets import ProvisionedKey

PREFIX = "provisioned-"
EACH = 16
"""Keys that a user or group has at most."""


@define
class ProvisionedKeys:
    """What is kept."""

    _vault: Vault
    most: int
    """Users and groups of whom anything is kept, at most."""
    _ends: dict[str, float | None] = field(init=False)
    """When the last key in each file ends; None where it has not been looked into."""

    def __attrs_post_init__(self) -> None:
        self._ends = dict.fromkeys(self._vault.names(PREFIX))

    def of(self, uri: str, now: float) -> tuple[ProvisionedKey, ...]:
        """Give what a user or group has, and that has not ended. Raises StoreUnavailable."""
        return tuple(key for key in self._kept(_name(uri)) if _lasts(key, now))

    def add(self, uri: str, keys: tuple[ProvisionedKey, ...], now: float) -> None:
        """Keep keys, each in place of an older one of its name and VAL service; what has ended is let go.

        Raises KmsRefused where there is no room, StoreUnavailable where it cannot be written.
        """
        new = {(key.val_service_id, key.key_id): key for key in keys}
        old = {(key.val_service_id, key.key_id): key for key in self.of(uri, now)}
        kept = [key for key in (old | new).values() if _lasts(key, now)]
        if len(kept) > EACH:
            raise KmsRefused(Cause.NO_ROOM, f"one user or group has {EACH} keys at most")
        name = _name(uri)
        if not kept:
            self._remove(name)
            return
        if name not in self._ends and len(self._ends) >= self.most:
            self._make_room(now)
        self._vault.write(name, dumps({"uri": uri, "keys": [_members(key) for key in kept]}).encode())
        self._ends[name] = _end(kept)

    def _make_room(self, now: float) -> None:
        """Remove what holds no key any more. Raises KmsRefused where that is nothing."""
        for name, known in tuple(self._ends.items()):
            end = self._ends[name] = self._end_of(name) if known is None else known
            if end <= now:
                self._remove(name)
        if len(self._ends) >= self.most:
            raise KmsRefused(Cause.NO_ROOM)

    def _end_of(self, name: str) -> float:
        """Say when the last key in a file ends; in one that cannot be read there may be some."""
        try:
            return _end(self._kept(name))
        except StoreUnavailable:
            return inf

    def _remove(self, name: str) -> None:
        if name in self._ends:
            self._vault.remove(name)
            del self._ends[name]

    def _kept(self, name: str) -> list[ProvisionedKey]:
        try:
            kept = self._vault.read(name) if name in self._ends else None
            return [] if kept is None else [_key(members) for members in loads(kept)["keys"]]
        except (Unreadable, ValueError, KeyError, TypeError) as error:
            raise StoreUnavailable(f"key material in {name} cannot be read: {error}") from error


def _end(keys: Iterable[ProvisionedKey]) -> float:
    return max((inf if key.valid_to is None else key.valid_to for key in keys), default=-inf)


def _lasts(key: ProvisionedKey, now: float) -> bool:
    return key.valid_to is None or now < key.valid_to


def _name(uri: str) -> str:
    return PREFIX + sha256(uri.encode()).hexdigest()


def _members(key: ProvisionedKey) -> dict[str, object]:
    return {
        "id": key.key_id,
        "service": key.val_service_id,
        "key": key.key.hex(),
        "valid_to": key.valid_to,
        "group": key.group,
    }


def _key(members: dict[str, object]) -> ProvisionedKey:
    ends = members["valid_to"]
    return ProvisionedKey(
        key_id=str(members["id"]),
        val_service_id=str(members["service"]),
        key=bytes.fromhex(str(members["key"])),
        valid_to=None if ends is None else float(str(ends)),
        group=members.get("group") is True,  # nobody has said so of one that was kept before there were any
    )
