"""Key material of groups from the S-KMS (TS 33.434 5.3): asked for as a VAL server, with a token that has `SKeyProv`.

The token was provisioned (TS 33.434 leaves it open how); its file is read each time, so that another one can take its
place. A group ID is whatever who created the group has chosen: so of what comes back only the key material is handed on
that was provisioned as a group's, in the VAL service whose group it is. Keys of an identity never are.
"""

from pathlib import Path

from attrs import evolve, field, frozen

from seal.gms.keys import KeyMaterial, KeysUnavailable
from seal.secrets import first_line
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.keysets import ProvisionedKey
from valkit.keymanagement.markup import TYPE
from valkit.keymanagement.resources import KeyProv
from valkit.keymanagement.responses import KmsKeyProv, KmsResponse
from valkit.net.https import HttpsClient, HttpsError


@frozen
class KmsGroupKeys:
    """One S-KMS."""

    _https: HttpsClient
    url: str
    """Where it is, without a path."""
    token_file: Path = field(repr=False)

    async def of(self, val_service_id: str, group_id: str) -> KeyMaterial:
        """Ask for the key material of the group's URI. Raises KeysUnavailable."""
        response = await self._response(group_id)
        return KeyMaterial(TYPE, bytes(evolve(response, message=KmsKeyProv((), _groups(response, val_service_id)))))

    async def kept(self, val_service_id: str, group_id: str) -> bool:
        """Ask whether there is any. Raises KeysUnavailable."""
        return bool(_groups(await self._response(group_id), val_service_id))

    async def _response(self, group_id: str) -> KmsResponse:
        try:
            headers = {"Authorization": f"Bearer {first_line(self.token_file)}", "Accept": TYPE}
            answer = await self._https.request("POST", self.url + KeyProv(group_id).path, b"", headers)
        except (HttpsError, ValueError) as error:
            raise KeysUnavailable(str(error)) from error
        if answer.status != 200:
            raise KeysUnavailable(f"the key management server answers {answer.status} for {group_id}")
        try:
            return KmsResponse.parse(answer.body)
        except Unreadable as error:
            raise KeysUnavailable(f"the key management server's answer is not understood: {error}") from None


def _groups(response: KmsResponse, val_service_id: str) -> tuple[ProvisionedKey, ...]:
    """Give what is in the answer that members of a group in this VAL service may have."""
    if not isinstance(response.message, KmsKeyProv):
        raise KeysUnavailable("the key management server's answer has no KmsKeyProv")
    return tuple(key for key in response.message.provisioned if key.group and key.val_service_id == val_service_id)
