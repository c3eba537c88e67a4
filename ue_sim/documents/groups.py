"""The group management client (SGM-C, TS 24.544 6.2): the user's groups, their policy and their keys (C-5)."""

from urllib.parse import quote

from attrs import field, frozen

from ue_sim.documents.errors import NoKeys, Unusable
from ue_sim.documents.xcap import XcapClient
from valkit.documents import GroupDocument, NoSuchDocument, group_selector
from valkit.documents.group import MEDIA_TYPE
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.keysets import ProvisionedKey
from valkit.keymanagement.responses import KmsKeyProv, KmsResponse
from valkit.tokens.strictjson import read_object


@frozen
class GroupKey:
    """Key material of a group, as the S-KMS gave it to the group management server."""

    media_type: str
    material: bytes = field(repr=False)
    keys: tuple[ProvisionedKey, ...] = ()
    """The keys in it that are the group's in the VAL service that was asked for."""


@frozen
class GroupClient:
    """One user's way to one group management server."""

    xcap: XcapClient

    async def listed(self, token: str | None, service: str) -> tuple[str, ...]:
        """Get the group IDs of the user's groups in a VAL service (TS 24.544 A.3). Raises a DocumentsError."""
        answer = await self.xcap.ask(token, "GET", f"/groups?val_service_id={quote(service, safe='')}")
        try:
            listed = read_object(answer.body).get("group_ids")
        except ValueError:
            listed = None
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            raise Unusable("the list of groups is not understood")
        return tuple(listed)

    async def group(self, token: str | None, service: str, group_id: str) -> GroupDocument:
        """Get a group (TS 24.544 6.2.3). Raises a DocumentsError."""
        text, _ = await self.xcap.get(token, group_selector(service, group_id))
        try:
            return GroupDocument.read(text)
        except NoSuchDocument as error:
            raise Unusable(f"the group is not understood: {error}") from None

    async def put(self, token: str | None, service: str, group: GroupDocument, *, held: bool = False) -> bool:
        """Create or change a group; says whether it is new. Raises a DocumentsError (TS 24.544 6.2.2, 6.2.5)."""
        selector = group_selector(service, group.group_id)
        return await self.xcap.put(token, selector, bytes(group), MEDIA_TYPE, held=held)

    async def delete(self, token: str | None, service: str, group_id: str) -> None:
        """Delete a group. Raises a DocumentsError (TS 24.544 6.2.6)."""
        await self.xcap.delete(token, group_selector(service, group_id))

    async def keys(self, token: str | None, service: str, group_id: str) -> GroupKey:
        """Get the key material of a group that the user is a member of.

        Raises a DocumentsError; NoKeys where what comes holds no key of the group.
        """
        names = f"val_service_id={quote(service, safe='')}&group_id={quote(group_id, safe='')}"
        answer = await self.xcap.ask(token, "GET", f"/group-keys?{names}")
        keys = tuple(key for key in _provisioned(answer.body) if key.group and key.val_service_id == service)
        if not keys:
            advice = "a VAL server has to provision one at the key management server first (val provision can)"
            raise NoKeys(f"there is no key material of {group_id} in {service}: {advice}")
        return GroupKey(answer.media_type, answer.body, keys)


def _provisioned(text: bytes) -> tuple[ProvisionedKey, ...]:
    """Give what was provisioned, out of the S-KMS's words. Raises Unusable."""
    try:
        message = KmsResponse.parse(text).message
    except Unreadable as error:
        raise Unusable(f"the group's key material is not understood: {error}") from None
    return message.provisioned if isinstance(message, KmsKeyProv) else ()
