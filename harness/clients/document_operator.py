"""The operator of a configuration or group management server: reads and writes every document at its admin address."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from harness.clients.admin_client import AdminAnswer, AdminClient, AdminRefused
from valkit.xcap import ConflictReport, DocumentSelector


@frozen
class Kept:
    """A document as the server has it."""

    text: bytes
    etag: str


class DocumentOperator:
    """Asks by XCAP. Every method may raise AdminRefused."""

    def __init__(self, reactor: Any, url: str, token_file: Path) -> None:
        self._admin = AdminClient(reactor, url, token_file)

    async def get(self, selector: DocumentSelector) -> Kept | None:
        """Read a document; None where there is none."""
        answer = await self._admin.ask("GET", f"/xcap/{selector}")
        if answer.status == 404:
            return None
        return Kept(_fit("GET", selector, answer).body, answer.etag)

    async def put(
        self, selector: DocumentSelector, text: bytes, media_type: str, condition: Mapping[str, str] | None = None
    ) -> None:
        """Write a document, whatever there was, or on a condition."""
        headers = {"Content-Type": media_type, **(condition or {})}
        _fit("PUT", selector, await self._admin.ask("PUT", f"/xcap/{selector}", text, headers))

    async def become(self, selector: DocumentSelector, text: bytes, media_type: str) -> str:
        """Make a document be this; says `created`, `changed` or `unchanged`.

        What somebody else writes in between is not overwritten: then it is refused, and can be asked for again.
        """
        kept = await self.get(selector)
        if kept is not None and kept.text == text:
            return "unchanged"
        await self.put(selector, text, media_type, {"If-None-Match": "*"} if kept is None else {"If-Match": kept.etag})
        return "created" if kept is None else "changed"

    async def delete(self, selector: DocumentSelector) -> None:
        """Delete a document."""
        _fit("DELETE", selector, await self._admin.ask("DELETE", f"/xcap/{selector}"))


def _fit(method: str, selector: DocumentSelector, answer: AdminAnswer) -> AdminAnswer:
    if answer.status < 300:
        return answer
    try:
        said = f" ({ConflictReport.read(answer.body).phrase})"
    except ValueError:
        said = ""
    raise AdminRefused(f"{method} {selector} is answered {answer.status}{said}")
