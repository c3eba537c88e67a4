"""What tests of the key management server are made of: a server over TLS on a loopback address, and who asks it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import define, field
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs

from seal.kms.app import KmsRunning, start
from seal.kms.settings import SCOPE, KmsSettings
from valkit.ids import SeededIds, SystemIds
from valkit.keymanagement.keysets import KeySet, ProvisionedKey
from valkit.keymanagement.requests import KmsRequest
from valkit.keymanagement.resources import ROOT, KeyProv, Resource
from valkit.keymanagement.responses import KmsKeyProv, KmsMessage, KmsResponse
from valkit.net.ca import authority_in
from valkit.net.clock import ShiftableClock
from valkit.net.https import HttpsAnswer, HttpsClient
from valkit.tokens import Grant, SigningKey, jwks, mint
from valkit.trace import Note

reactor: Any = the_reactor

ISSUER = "https://idms.home.example"
KEY = SigningKey.generate("ES256")
STRANGER = SigningKey.generate("ES256")
KMS_URI = "kms.home.example"
ALICE = "sip:alice@home.example"
SERVER = "sip:val@home.example"
GROUP_KEY = ProvisionedKey("gmk-1", "dispatch", bytes(range(16)))


def settings(folder: Path, **changes: object) -> KmsSettings:
    """Give settings with a free port and everything in a folder."""
    keys = folder / "jwks.json"
    keys.write_text(jwks(KEY))
    given = {
        "listen": {"port": 0},
        "tls": {"authority": str(folder / "ca")},
        "kms_uri": KMS_URI,
        "access": {"tokens": {"issuer": ISSUER, "keys": str(keys)}},
        "vault": {"folder": str(folder / "vault"), "key_file": str(folder / "vault.key")},
    }
    return KmsSettings.model_validate(given | changes)


@define
class Home:
    """A server that runs, its clock, what it has told, and a client for it."""

    running: KmsRunning
    clock: ShiftableClock
    folder: Path
    notes: list[Note]
    https: HttpsClient = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.https = HttpsClient(reactor, authority_in(self.folder / "ca").trusting())

    @property
    def url(self) -> str:
        """Where it is."""
        return str(self.running.addresses["kms"])

    @property
    def told(self) -> list[str]:
        """What happened, in its own words."""
        return [note.fields.get("cause", note.what) for note in self.notes]

    def token(self, user: str = ALICE, services: tuple[str, ...] = ("dispatch",), **claims: object) -> str:
        """Mint a token that holds now, unless the claims say otherwise."""
        now = self.clock.seconds()
        said = {"scope": f"openid {SCOPE}", **claims}
        return mint(KEY, Grant(ISSUER, "val-server", user, services, "j1", now, 3_600.0, extra=said))

    async def post(
        self, path: str, token: str | None = None, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> HttpsAnswer:
        """Send a request with a token, alice's if no other is given."""
        brought = {"Authorization": f"Bearer {self.token() if token is None else token}"} | dict(headers or {})
        return await self.https.request("POST", self.url + path, body, brought)

    async def ask(self, resource: Resource, token: str | None = None, **said: Any) -> tuple[int, KmsResponse]:
        """Send a request with a document, which says what it should unless told otherwise."""
        document = {
            "user_uri": ALICE,
            "kms_uri": KMS_URI,
            "time": self.clock.seconds(),
            "client_req_url": self.url + resource.path,
        }
        answer = await self.post(resource.path, token, bytes(KmsRequest(**{**document, **said})))
        assert answer.media_type == "application/xml", answer.body
        return answer.status, KmsResponse.parse(answer.body)

    async def message(self, resource: Resource, token: str | None = None, **said: Any) -> KmsMessage | None:
        """Give the message of a request that is granted."""
        status, response = await self.ask(resource, token, **said)
        assert (status, response.error) == (200, None)
        return response.message

    async def keys(self, resource: KeyProv = KeyProv(), token: str | None = None, **said: Any) -> KmsKeyProv:  # noqa: B008
        """Give what key provisioning gives."""
        message = await self.message(resource, token, **said)
        assert isinstance(message, KmsKeyProv)
        return message

    async def key_sets(self, resource: KeyProv = KeyProv(), token: str | None = None) -> tuple[KeySet, ...]:  # noqa: B008
        """Give the key sets alone."""
        return (await self.keys(resource, token)).key_sets


async def home(folder: Path, clock: ShiftableClock | None = None, seed: str | None = None, **changes: object) -> Home:
    """Start a server."""
    notes: list[Note] = []
    clock = clock or ShiftableClock(reactor)
    ids = SystemIds() if seed is None else SeededIds(seed)
    given: Any = clock
    told = settings(folder, **changes)
    # Key periods are months long: a look at the file of keys each few seconds of them would be millions.
    rarely = told.access.tokens.model_copy(update={"check_keys_every": 1_000 * 86_400.0})
    told = told.model_copy(update={"access": told.access.model_copy(update={"tokens": rarely})})
    running = await start(reactor, given, told, ids, observe=notes.append, environment={})
    return Home(running, clock, folder, notes)


__all__ = ["ROOT", "Home", "home", "reactor", "settings"]
