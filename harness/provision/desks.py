"""The way to each server: asked what there is, and told what there is to be. Each says what it has done."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from harness.clients.admin_client import AdminClient, AdminRefused
from harness.provision.plan import GroupEntry, KeyServerEntry, UserEntry
from seal.secrets import first_line
from ue_sim.keys.client import KeyClient
from ue_sim.keys.errors import KeysError, Refused
from valkit.keymanagement.keysets import ProvisionedKey
from valkit.net.https import HttpsClient
from valkit.net.tls import Tls
from valkit.tokens.compact import payload_of

CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"


@frozen
class UserDesk:
    """Users at the identity server (IDM-04)."""

    admin: AdminClient

    async def become(self, name: str, val_user_id: str, entry: UserEntry) -> str:
        """Have a user be as the entry says; says what was done. Raises AdminRefused.

        A password is set for a user that is new; who is there already keeps the one it has.
        """
        told = {"val_user_id": val_user_id, "enabled": entry.enabled, "val_service_ids": sorted(entry.services)}
        kept = await self._kept(name)
        if kept is None:
            await self.admin.change("POST", "/users", {"user_id": name, **told, **_password(entry)})
            return CREATED
        shown = {key: sorted(value) if isinstance(value, list) else value for key, value in kept.items()}
        if {key: shown.get(key) for key in told} == told:
            return UNCHANGED
        await self.admin.change("PUT", "/users", {"user_id": name, **told})
        return CHANGED

    async def _kept(self, name: str) -> Mapping[str, Any] | None:
        listed = await self.admin.shown("/users")
        return next((user for user in listed["users"] if user["user_id"] == name), None)


@frozen
class KeyDesk:
    """Key material at the key management server (TS 33.434 5.8)."""

    client: KeyClient
    token: str
    """An access token that has `SKeyProv`."""
    user: str
    """The VAL user that it names."""

    @classmethod
    def of(cls, entry: KeyServerEntry, reactor: Any) -> "KeyDesk":
        """Make it. Raises AdminRefused when a file is not there, or of no use."""
        try:
            token = first_line(entry.token_file)
            user = str(payload_of(token).get("val_user_id"))
            https = HttpsClient(reactor, Tls(entry.authority.read_bytes()).checked())
        except (OSError, ValueError) as error:
            raise AdminRefused(f"the key management server cannot be asked (kms): {error}", reached=False) from error
        return cls(KeyClient(entry.url, entry.kms_uri, https, reactor.seconds), token, user)

    async def become(self, group_id: str, entry: GroupEntry) -> str:
        """Have a group have the key of its entry; says what was done. Raises AdminRefused."""
        assert entry.key is not None
        try:
            key = ProvisionedKey(entry.key.id, entry.service, bytes.fromhex(first_line(entry.key.file)), group=True)
        except ValueError as error:
            raise AdminRefused(f"{entry.key.file} holds no key: {error}", reached=False) from None
        try:
            kept = (await self.client.keys_of(self.token, self.user, group_id)).provisioned
            if key in kept:
                return UNCHANGED
            await self.client.provision(self.token, self.user, group_id, (key,))
        except KeysError as error:
            raise AdminRefused(str(error), reached=isinstance(error, Refused)) from None
        return CHANGED if any(each.key_id == key.key_id for each in kept) else CREATED


def _password(entry: UserEntry) -> Mapping[str, str]:
    if entry.password_hash is not None:
        return {"password_hash": entry.password_hash}
    assert entry.password_file is not None
    try:
        return {"password": first_line(entry.password_file)}
    except ValueError as error:
        raise AdminRefused(str(error), reached=False) from None
