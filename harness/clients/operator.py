"""The operator of a lab's servers, who changes what they keep over their admin APIs while they run (IDM-04)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from treq.client import HTTPClient
from twisted.internet.error import ConnectError
from twisted.web.client import Agent
from twisted.web.http_headers import Headers

from harness.errors import Finding, Unmet

PATIENCE = 10.0
"""Seconds that an answer may take: a password may have to be hashed."""


class Operator:
    """Provisions as an operator of the field does: HTTP with a bearer token."""

    def __init__(self, reactor: Any, url: str, token_file: Path, server: str = "the identity server") -> None:
        self._client = HTTPClient(Agent(reactor))
        self._url = url
        self._token_file = token_file
        self._server = server

    async def create(self, kind: str, entry: Mapping[str, object]) -> None:
        """Make a user or a client (`users`, `clients`). Raises Unmet."""
        await self._ask("POST", f"/{kind}", entry)

    async def change(self, kind: str, entry: Mapping[str, object]) -> None:
        """Change what the entry names. Raises Unmet."""
        await self._ask("PUT", f"/{kind}", entry)

    async def get(self, path: str) -> Mapping[str, Any]:
        """Ask what is at a path. Raises Unmet."""
        return await self._ask("GET", path)

    async def put(self, path: str, entry: Mapping[str, object]) -> None:
        """Put what the entry says at a path. Raises Unmet."""
        await self._ask("PUT", path, entry)

    async def remove(self, kind: str, name: str) -> None:
        """Remove it. Raises Unmet."""
        await self._ask("DELETE", f"/{kind}", names={"id": name})

    async def user(self, name: str) -> Mapping[str, Any]:
        """Give a user as the API shows it. Raises Unmet."""
        answer = await self._ask("GET", "/users", names={"id": name})
        (user,) = answer["users"]
        shown: Mapping[str, Any] = user
        return shown

    async def _ask(
        self, method: str, path: str, entry: Mapping[str, object] | None = None, names: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        headers = Headers({"Authorization": [f"Bearer {self._token_file.read_text('utf-8').strip()}"]})
        try:
            response = await self._client.request(
                method,
                self._url + path,
                params=names or {},
                headers=headers,
                data=None if entry is None else json.dumps(entry).encode(),
                timeout=PATIENCE,
            )
            answer: Mapping[str, Any] = await response.json()
        except ConnectError as error:
            raise Unmet(Finding(f"{method} {path} at {self._server}", f"nobody answers ({error})")) from None
        if answer.get("result") != "success":
            raise Unmet(Finding(f"{method} {path} to succeed", f"{response.code}: {answer.get('error')}"))
        return answer
