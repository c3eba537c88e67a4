"""The way to each server, with servers that answer in a row; tests/harness/commands/test_provision.py has real ones."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.clients.admin_client import AdminClient, AdminRefused
from harness.provision.desks import KeyDesk, UserDesk
from harness.provision.plan import GroupEntry, KeyServerEntry, UserEntry
from tests.conftest import reactor
from ue_sim.keys.client import KeyClient
from ue_sim.keys.errors import Refused, Unreachable
from valkit.keymanagement.keysets import ProvisionedKey

HASH = "$argon2id$v=19$m=65536,t=3,p=4$SglLg4H0sDMNC3aN8HhbdQ$7jSNcILGmAmfUQ0mOycn+9YYVjL2bxI4lNMrbhu8E5k"
ALICE = UserEntry(password_hash=HASH, services=("video", "ptt"))


class Idms:
    """The admin API of an identity server."""

    def __init__(self, *users: dict[str, Any]) -> None:
        self.users = users
        self.told: list[tuple[str, Mapping[str, object]]] = []

    async def shown(self, _path: str) -> Mapping[str, Any]:
        """Show the users."""
        return {"users": self.users}

    async def change(self, method: str, _path: str, entry: Mapping[str, object]) -> None:
        """Hear of a change."""
        self.told.append((method, entry))


async def test_a_user_that_is_new_gets_a_password_and_others_keep_theirs() -> None:
    """And who is as it is to be is left alone."""
    kept = {
        "user_id": "alice",
        "val_user_id": "a",
        "enabled": True,
        "val_service_ids": ["ptt", "video"],
        "password": True,
    }
    for idms, done, told in (
        (Idms(), "created", [("POST", {"password_hash": HASH})]),
        (Idms(kept | {"enabled": False}), "changed", [("PUT", {})]),
        (Idms(kept), "unchanged", []),
    ):
        assert await UserDesk(cast(AdminClient, idms)).become("alice", "a", ALICE) == done
        common = {"user_id": "alice", "val_user_id": "a", "enabled": True, "val_service_ids": ["ptt", "video"]}
        assert idms.told == [(method, common | more) for method, more in told]


async def test_a_password_may_stand_in_a_file(tmp_path: Path) -> None:
    """Which must be there."""
    idms, entry = Idms(), UserEntry(password_file=tmp_path / "p", services=("ptt",))
    with pytest.raises(AdminRefused, match="p cannot be read"):
        await UserDesk(cast(AdminClient, idms)).become("alice", "a", entry)
    (tmp_path / "p").write_text("secret\n")
    await UserDesk(cast(AdminClient, idms)).become("alice", "a", entry)
    assert idms.told[0][1]["password"] == "secret"


class Kms:
    """A key management client."""

    def __init__(self, *kept: ProvisionedKey, error: Exception | None = None) -> None:
        self.kept = kept
        self.error = error
        self.told: list[object] = []

    async def keys_of(self, *_: object) -> SimpleNamespace:
        """Give what is kept."""
        if self.error is not None:
            raise self.error
        return SimpleNamespace(provisioned=self.kept)

    async def provision(self, *told: object) -> None:
        """Hear of a key."""
        self.told.append(told)


def group(folder: Path, key: str) -> GroupEntry:
    """Give a group with this key."""
    (folder / "key").write_text(f"{key}\n")
    return GroupEntry.model_validate({"service": "ptt", "key": {"id": "k1", "file": folder / "key"}})


async def test_a_key_is_provisioned_once(tmp_path: Path) -> None:
    """In place of another of its name."""
    key = ProvisionedKey("k1", "ptt", b"\x01\x02", group=True)
    for kms, done in ((Kms(), "created"), (Kms(ProvisionedKey("k1", "ptt", b"x")), "changed"), (Kms(key), "unchanged")):
        desk = KeyDesk(cast(KeyClient, kms), "t", "server")
        assert await desk.become("g", group(tmp_path, "0102")) == done
        assert kms.told == ([] if done == "unchanged" else [("t", "server", "g", (key,))])


async def test_what_stands_in_the_way_is_told(tmp_path: Path) -> None:
    """A server that refuses is another matter than one that is not reached."""
    with pytest.raises(AdminRefused, match="holds no key") as raised:
        await KeyDesk(cast(KeyClient, Kms()), "t", "s").become("g", group(tmp_path, "xy"))
    assert not raised.value.reached
    for error, reached in ((Refused(403), True), (Unreachable("gone"), False)):
        with pytest.raises(AdminRefused) as raised:
            await KeyDesk(cast(KeyClient, Kms(error=error)), "t", "s").become("g", group(tmp_path, "01"))
        assert raised.value.reached is reached
    entry = KeyServerEntry(url="https://127.0.0.5:8443", token_file=tmp_path / "none")
    with pytest.raises(AdminRefused, match="none cannot be read"):
        KeyDesk.of(entry, reactor)
