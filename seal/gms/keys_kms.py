"""Key material of groups from the S-KMS (TS 33.434 5.3): asked for as a VAL server, with a token that has `SKeyProv`.

The token was provisioned (TS 33.434 leaves it open how); its file is read each time, so that another one can take its
place. What comes back is handed on as it is: what is in it is for members, and none of this server's business.
"""

from pathlib import Path

from attrs import field, frozen

from seal.gms.keys import KeyMaterial, KeysUnavailable
from seal.secrets import first_line
from valkit.keymanagement.markup import TYPE
from valkit.keymanagement.resources import KeyProv
from valkit.net.https import HttpsClient, HttpsError


@frozen
class KmsGroupKeys:
    """One S-KMS."""

    _https: HttpsClient
    url: str
    """Where it is, without a path."""
    token_file: Path = field(repr=False)

    async def of(self, group_id: str) -> KeyMaterial:
        """Ask for the key sets of the group's URI. Raises KeysUnavailable."""
        try:
            headers = {"Authorization": f"Bearer {first_line(self.token_file)}", "Accept": TYPE}
            answer = await self._https.request("POST", self.url + KeyProv(group_id).path, b"", headers)
        except (HttpsError, ValueError) as error:
            raise KeysUnavailable(str(error)) from error
        if answer.status != 200:
            raise KeysUnavailable(f"the key management server answers {answer.status} for {group_id}")
        return KeyMaterial(answer.media_type or TYPE, answer.body)
