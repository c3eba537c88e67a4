"""The operator of a configuration or group management server: reads and writes every document at its admin address."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen
from treq.client import HTTPClient
from twisted.internet.error import ConnectError
from twisted.web.client import Agent, ResponseNeverReceived
from twisted.web.http_headers import Headers

from valkit.xcap import ConflictReport, DocumentSelector

PATIENCE = 10.0
"""Seconds that an answer may take."""


class OperatorRefused(Exception):
    """The server refuses, or does not answer; the text says why."""


@frozen
class Kept:
    """A document as the server has it."""

    text: bytes
    etag: str


class DocumentOperator:
    """Asks by XCAP over HTTP, with a bearer token."""

    def __init__(self, reactor: Any, url: str, token_file: Path) -> None:
        self._client = HTTPClient(Agent(reactor))
        self._url = url.rstrip("/")
        self._token_file = token_file

    async def get(self, selector: DocumentSelector) -> Kept | None:
        """Read a document; None where there is none. Raises OperatorRefused."""
        status, body, etag = await self._ask("GET", selector)
        if status == 404:
            return None
        if status != 200:
            raise OperatorRefused(_told("GET", selector, status, body))
        return Kept(body, etag)

    async def put(self, selector: DocumentSelector, text: bytes, media_type: str) -> None:
        """Write a document, whatever there was. Raises OperatorRefused."""
        status, body, _ = await self._ask("PUT", selector, text, {"Content-Type": media_type})
        if status not in {200, 201}:
            raise OperatorRefused(_told("PUT", selector, status, body))

    async def become(self, selector: DocumentSelector, text: bytes, media_type: str) -> str:
        """Make a document be this; says `created`, `changed` or `unchanged`. Raises OperatorRefused.

        What somebody else writes in between is not overwritten: then it is refused, and can be asked for again.
        """
        kept = await self.get(selector)
        if kept is not None and kept.text == text:
            return "unchanged"
        condition = {"If-None-Match": "*"} if kept is None else {"If-Match": kept.etag}
        status, body, _ = await self._ask("PUT", selector, text, {"Content-Type": media_type, **condition})
        if status not in {200, 201}:
            raise OperatorRefused(_told("PUT", selector, status, body))
        return "created" if kept is None else "changed"

    async def delete(self, selector: DocumentSelector) -> None:
        """Delete a document. Raises OperatorRefused."""
        status, body, _ = await self._ask("DELETE", selector)
        if status != 200:
            raise OperatorRefused(_told("DELETE", selector, status, body))

    async def _ask(
        self,
        method: str,
        selector: DocumentSelector,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes, str]:
        try:
            token = self._token_file.read_text("utf-8").strip()
        except OSError as error:
            raise OperatorRefused(f"{self._token_file} cannot be read: {error.strerror}") from None
        given = Headers({name: [value] for name, value in (headers or {}).items()})
        given.setRawHeaders("Authorization", [f"Bearer {token}"])
        url = f"{self._url}/xcap/{selector}"
        try:
            response = await self._client.request(method, url, headers=given, data=body, timeout=PATIENCE)
            content = await response.content()
        except (ConnectError, ResponseNeverReceived) as error:
            raise OperatorRefused(f"nobody answers at {self._url} ({error})") from None
        return response.code, content, (response.headers.getRawHeaders("ETag") or [""])[0]


def _told(method: str, selector: DocumentSelector, status: int, body: bytes) -> str:
    try:
        said = f" ({ConflictReport.read(body).phrase})" if body.startswith(b"<?xml") else ""
    except ValueError:
        said = ""
    return f"{method} {selector} is answered {status}{said}"
