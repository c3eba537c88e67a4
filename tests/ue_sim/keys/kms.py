"""A key management server that answers as a test wants, without any network."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import define, evolve, field
from twisted.web.http_headers import Headers

from seal.kms.authority import Authority, MasterSecrets
from ue_sim.keys.client import KeyClient
from valkit.idbased.uid import KeyPeriods
from valkit.ids import SeededIds
from valkit.keymanagement import resources
from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.keysets import KeySet, ProvisionedKey
from valkit.keymanagement.markup import TYPE
from valkit.keymanagement.requests import KmsRequest
from valkit.keymanagement.resources import CertCache, Init, KeyProv
from valkit.keymanagement.responses import KmsCertCache, KmsError, KmsInit, KmsKeyProv, KmsMessage, KmsResponse
from valkit.net.https import HttpsAnswer, HttpsError
from valkit.trace import Note

NOW = 1_795_000_000.0
PERIODS = KeyPeriods(86_400)
NUMBER = PERIODS.number(NOW)
URL = "https://kms.home.example"
KMS_URI = "kms.home.example"


def authority(name: str) -> Authority:
    """Make a KMS; the same each time for the same name."""
    return Authority.of(MasterSecrets.generate(SeededIds(name), NOW - 5_000_000), name, PERIODS, 1e9)


HOME = authority(KMS_URI)
PARTNER = authority("kms.partner.example")
PROVISIONED = ProvisionedKey("gmk-1", "dispatch", b"group key")

Change = Callable[[Any], Any]


@define
class FakeKms:
    """In place of an `HttpsClient`: gives honest answers, changed as it is told."""

    kms: Authority = HOME
    change_certificate: Callable[[Certificate], Certificate] = lambda certificate: certificate
    change_keys: Callable[[KeySet], KeySet] = lambda keys: keys
    change_response: Callable[[KmsResponse], KmsResponse] = lambda response: response
    change_answer: Callable[[HttpsAnswer], HttpsAnswer] = lambda answer: answer
    others: tuple[Certificate, ...] = (PARTNER.certificate.external(),)
    asked: list[tuple[str, KmsRequest | None, Mapping[str, str]]] = field(factory=list)
    down: bool = False

    async def request(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> HttpsAnswer:
        """Answer."""
        if self.down:
            raise HttpsError("nobody there")
        document = None if body is None else KmsRequest.parse(body)
        self.asked.append((f"{method} {url}", document, headers))
        path = urlsplit(url).path
        named = path if document is None else document.client_req_url
        response = KmsResponse("alice", self.kms.certificate.kms_uri, NOW, named, message=self._message(path))
        return self.change_answer(answer(bytes(self.change_response(response))))

    def _message(self, path: str) -> KmsMessage | None:
        match resources.read(path):
            case Init():
                return KmsInit(self.change_certificate(self.kms.certificate))
            case KeyProv(uri, at):
                numbers = (NUMBER, NUMBER + 1) if at is None else (PERIODS.number(at),)
                sets = (self.change_keys(self.kms.key_set(uri or "alice", number)) for number in numbers)
                return KmsKeyProv(tuple(sets), (PROVISIONED,))
            case CertCache(held):
                return KmsCertCache(3, () if held == 3 else self.others)
        return None


def answer(body: bytes, status: int = 200, kind: str = TYPE) -> HttpsAnswer:
    """Make an answer."""
    return HttpsAnswer(status, Headers({"Content-Type": [kind]}), body)


def refusing(status: int, sentence: str) -> Change:
    """Refuse as a KMS does."""
    error = KmsError(status, sentence)
    return lambda honest: answer(bytes(evolve(KmsResponse.parse(honest.body), message=None, error=error)), status)


def client(kms: FakeKms, notes: list[Note] | None = None, kms_uri: str | None = KMS_URI) -> KeyClient:
    """Give a client of it."""
    https: Any = kms
    return KeyClient(URL, kms_uri, https, lambda: NOW, ([] if notes is None else notes).append, "phone-1")
