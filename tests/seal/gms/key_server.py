"""Takes the place of an S-KMS: gives what it is told to for a group, and writes down who asked."""

from pathlib import Path

from klein import Klein
from twisted.web.http import Request

from tests.conftest import reactor
from valkit.keymanagement.keysets import KeySet, ProvisionedKey
from valkit.keymanagement.responses import KmsKeyProv, KmsResponse
from valkit.net.ca import authority_in
from valkit.net.web import WebPort, listen

HOST = "127.0.0.98"
IDENTITY = KeySet("kms.x", "sip:fire@home.example", bytes(32), 1, b"r", b"s", b"p")
KEY = ProvisionedKey("gmk-1", "ptt", b"k", group=True)
OTHERS = (ProvisionedKey("gmk-1", "video", b"v", group=True), ProvisionedKey("own", "ptt", b"o"))
"""Of the same URI: a group's key in another VAL service, and a user's own."""


class KeyServer:
    """One of them."""

    def __init__(self, port: WebPort, app: Klein) -> None:
        self.port = port
        self.asked: list[tuple[bytes, str]] = []
        self.status = 200
        self.body = bytes(KmsResponse("g", "kms.x", 1e9, "/", message=KmsKeyProv((IDENTITY,), (KEY, *OTHERS))))
        app.route("/keymanagement/", branch=True, methods=["POST"])(self._give)

    def _give(self, request: Request) -> bytes:
        self.asked.append((request.uri, request.getHeader("Authorization") or ""))
        request.setResponseCode(self.status)
        request.setHeader("Content-Type", "application/xml")
        return self.body


async def key_server(folder: Path) -> KeyServer:
    """Start one whose certificate is the lab authority's of this folder."""
    app = Klein()
    return KeyServer(await listen(reactor, app, HOST, 0, tls=authority_in(folder / "ca").server(HOST)), app)
