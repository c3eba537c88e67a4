"""A subscriber: an HTTPS server on loopback that writes down what it is told, and answers as it is asked to."""

import json
from pathlib import Path
from typing import Any

from klein import Klein
from twisted.internet.defer import Deferred
from twisted.web.http import Request

from tests.conftest import reactor
from valkit.net.ca import authority_in
from valkit.net.web import WebPort, listen

HOST = "127.0.0.99"


class Listener:
    """One subscriber."""

    def __init__(self, port: WebPort, app: Klein) -> None:
        self.port = port
        self.heard: list[dict[str, Any]] = []
        self.answers: list[int] = []
        """Statuses of the next answers; afterwards 204."""
        self._waiting: list[tuple[int, Deferred[None]]] = []
        app.route("/heard", methods=["POST"])(self._hear)

    @property
    def url(self) -> str:
        """Where it is told."""
        return f"{self.port.url}/heard"

    async def hears(self, count: int) -> list[dict[str, Any]]:
        """Wait until it was told so often, and give what it was told."""
        if len(self.heard) < count:
            waiting: Deferred[None] = Deferred()
            self._waiting.append((count, waiting))
            await waiting.addTimeout(20, reactor)
        return self.heard

    def _hear(self, request: Request) -> bytes:
        assert request.content is not None
        self.heard.append(json.loads(request.content.read()))
        request.setResponseCode(self.answers.pop(0) if self.answers else 204)
        for count, waiting in list(self._waiting):
            if len(self.heard) >= count and not waiting.called:
                reactor.callLater(0, waiting.callback, None)
        self._waiting = [(count, waiting) for count, waiting in self._waiting if len(self.heard) < count]
        return b""


async def listener(folder: Path) -> Listener:
    """Start one whose certificate is the lab authority's of this folder."""
    app = Klein()
    port = await listen(reactor, app, HOST, 0, tls=authority_in(folder / "ca").server(HOST))
    return Listener(port, app)
