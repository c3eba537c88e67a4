"""Answers of a key management server changed on their way to a client, as somebody between the two would who could.

In place of an `HttpsClient`; what it does to the next answer that can be changed so is chosen before.
"""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import define, evolve, field

from valkit.idbased.eccsi import SecretAuthenticationKey
from valkit.idbased.sakke import MasterSecret
from valkit.ids import SeededIds
from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.keysets import KeySet
from valkit.keymanagement.responses import KmsInit, KmsKeyProv, KmsResponse
from valkit.net.https import HttpsAnswer, HttpsClient

STRANGER = SeededIds("a KMS that is nobody's")
KPAK = bytes(SecretAuthenticationKey.generate(STRANGER).public)
Z = bytes(MasterSecret.generate(STRANGER).public)


def _turned(data: bytes) -> bytes:
    """Turn one bit round, well inside."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


KEYS: Mapping[str, Callable[[KeySet], KeySet]] = {
    "rsk": lambda keys: evolve(keys, rsk=_turned(keys.rsk)),
    "ssk": lambda keys: evolve(keys, ssk=_turned(keys.ssk)),
    "pvt": lambda keys: evolve(keys, pvt=_turned(keys.pvt)),
    "uid": lambda keys: evolve(keys, uid=_turned(keys.uid)),
    "user": lambda keys: evolve(keys, user_uri=f"not-{keys.user_uri}"),
    "period": lambda keys: evolve(keys, number=keys.number + 1),
    "revoked": lambda keys: evolve(keys, revoked=True),
}
CERTIFICATES: Mapping[str, Callable[[Certificate], Certificate]] = {
    "kpak": lambda certificate: evolve(certificate, kpak=KPAK),
    "z": lambda certificate: evolve(certificate, z=Z),
    "kms": lambda certificate: evolve(certificate, kms_uri="kms.elsewhere.example"),
}
KINDS = (*KEYS, *CERTIFICATES)
"""What can be changed: a key set, or the certificate."""


@define
class Tampering:
    """Asks, and changes what comes."""

    _https: HttpsClient
    kind: str | None = field(default=None)
    """What is changed; nothing, if it is None."""

    async def request(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> HttpsAnswer:
        """Ask. Raises HttpsError."""
        answer = await self._https.request(method, url, body, headers)
        if self.kind is None or answer.status != 200:
            return answer
        return evolve(answer, body=bytes(changed(KmsResponse.parse(answer.body), self.kind)))


def changed(response: KmsResponse, kind: str) -> KmsResponse:
    """Change a response if it has what is to be changed."""
    message: Any = response.message
    if isinstance(message, KmsKeyProv) and kind in KEYS:
        message = evolve(message, key_sets=tuple(map(KEYS[kind], message.key_sets)))
    if isinstance(message, KmsInit) and kind in CERTIFICATES:
        message = KmsInit(CERTIFICATES[kind](message.certificate))
    return evolve(response, message=message)
