"""An operator's way to a server's admin address: HTTP on this host, with a bearer token from a file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen
from treq.client import HTTPClient
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.web.client import Agent, ResponseFailed
from twisted.web.http_headers import Headers

PATIENCE = 10.0
"""Seconds that an answer may take: a password may have to be hashed."""


UNAUTHORIZED = 401


class AdminRefused(Exception):
    """The server refuses, or was not reached; the text says why."""

    def __init__(self, said: str, *, reached: bool = True) -> None:
        self.reached = reached
        super().__init__(said)


@frozen
class AdminAnswer:
    """What came back."""

    status: int
    body: bytes
    etag: str


class AdminClient:
    """Asks as the operator."""

    def __init__(self, reactor: Any, url: str, token_file: Path) -> None:
        self._client = HTTPClient(Agent(reactor))
        self._url = url.rstrip("/")
        self._token_file = token_file

    async def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> AdminAnswer:
        """Ask for anything. Raises AdminRefused when the server is not reached, or there is no token that it takes."""
        try:
            token = self._token_file.read_text("utf-8").strip()
        except OSError as error:
            said = f"{self._token_file} cannot be read: {error.strerror} (the server makes it)"
            raise AdminRefused(said, reached=False) from None
        given = Headers({name: [value] for name, value in (headers or {}).items()})
        given.setRawHeaders("Authorization", [f"Bearer {token}"])
        try:
            response = await self._client.request(
                method, f"{self._url}{path}", headers=given, data=body, timeout=PATIENCE
            )
            content = await response.content()
        except (ConnectError, ConnectionClosed, ResponseFailed, ValueError) as error:
            raise AdminRefused(f"nobody answers at {self._url} ({error})", reached=False) from None
        if response.code == UNAUTHORIZED:
            said = (
                f"{self._url} does not take the token in {self._token_file}: is it the one that this server has made?"
            )
            raise AdminRefused(said)
        return AdminAnswer(response.code, content, (response.headers.getRawHeaders("ETag") or [""])[0])

    async def shown(self, path: str) -> Mapping[str, Any]:
        """Give what the server shows in JSON. Raises AdminRefused."""
        return _members("GET", path, await self.ask("GET", path))

    async def change(self, method: str, path: str, entry: Mapping[str, object]) -> None:
        """Create or change an entry. Raises AdminRefused."""
        body = json.dumps(entry).encode()
        _members(method, path, await self.ask(method, path, body, {"Content-Type": "application/json"}))


def _members(method: str, path: str, answer: AdminAnswer) -> Mapping[str, Any]:
    try:
        members = json.loads(answer.body)
    except ValueError:
        members = None
    if not isinstance(members, dict) or answer.status >= 400:
        said = members.get("error") if isinstance(members, dict) else None
        raise AdminRefused(f"{method} {path} is answered {answer.status}{f' ({said})' if said else ''}")
    return members
