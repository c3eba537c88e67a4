"""Key material that VAL servers have provisioned for users and groups (TS 33.434 5.8): one file for each URI.

Its functions work on files and are called in a thread; only one at a time, since they read before they write.
"""

from hashlib import sha256
from json import dumps, loads

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
    _names: set[str] = field(init=False)
    """Of the files that there are."""

    def __attrs_post_init__(self) -> None:
        self._names = set(self._vault.names(PREFIX))

    def of(self, uri: str, services: tuple[str, ...], now: float) -> tuple[ProvisionedKey, ...]:
        """Give what a user or group has in these VAL services, and that has not ended. Raises StoreUnavailable."""
        return tuple(key for key in self._kept(uri, now) if key.val_service_id in services)

    def add(self, uri: str, keys: tuple[ProvisionedKey, ...], now: float) -> None:
        """Keep keys, each in place of an older one of its name and VAL service; what has ended is let go.

        Raises KmsRefused where there is no room, StoreUnavailable where it cannot be written.
        """
        new = {(key.val_service_id, key.key_id): key for key in keys}
        old = {(key.val_service_id, key.key_id): key for key in self._kept(uri, now)}
        kept = [key for key in (old | new).values() if _lasts(key, now)]
        if len(kept) > EACH:
            raise KmsRefused(Cause.NO_ROOM, f"one user or group has {EACH} keys at most")
        name = _name(uri)
        if name not in self._names and len(self._names) >= self.most:
            raise KmsRefused(Cause.NO_ROOM)
        self._vault.write(name, dumps({"uri": uri, "keys": [_members(key) for key in kept]}).encode())
        self._names.add(name)

    def _kept(self, uri: str, now: float) -> list[ProvisionedKey]:
        name = _name(uri)
        try:
            kept = self._vault.read(name) if name in self._names else None
            found = [] if kept is None else [_key(members) for members in loads(kept)["keys"]]
        except (Unreadable, ValueError, KeyError, TypeError) as error:
            raise StoreUnavailable(f"what is kept of {uri} cannot be read: {error}") from error
        return [key for key in found if _lasts(key, now)]


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
