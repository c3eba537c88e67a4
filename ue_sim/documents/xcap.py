"""An XCAP client (RFC 4825 7): documents are read when they have changed, and written in the state they are meant for.

What was read is kept with its entity tag, so that the same document is not sent twice. Every request has the access
token of the moment. Whether it goes straight to the server or by way of the HTTP proxy is the `HttpsClient`'s business.
"""

from collections.abc import Mapping

from attrs import define, field, frozen

from ue_sim.documents.errors import Refused, Unreachable
from valkit.net.https import HttpsAnswer, HttpsClient, HttpsError
from valkit.tokens.strictjson import read_object
from valkit.xcap import CONFLICT, ConflictReport, DocumentSelector

ROOT = "/xcap"
"""The path of the XCAP root at our servers."""


@frozen
class Held:
    """A document as it was read or written last."""

    text: bytes = field(repr=False)
    etag: str


@define
class XcapClient:
    """One user's way to one server."""

    url: str
    """Of the server, without a path."""
    _https: HttpsClient
    held: dict[DocumentSelector, Held] = field(init=False, factory=dict)

    async def get(self, token: str | None, selector: DocumentSelector) -> tuple[bytes, bool]:
        """Read a document; says whether it is another than the one held. Raises a DocumentsError."""
        held = self.held.get(selector)
        condition = {} if held is None else {"If-None-Match": held.etag}
        try:
            answer = await self.ask(token, "GET", f"{ROOT}/{selector}", headers=condition, fit=(200, 304))
        except Refused as refused:
            if refused.status == 404:
                self.held.pop(selector, None)
            raise
        if answer.status == 304 and held is not None:
            return held.text, False
        self.held[selector] = Held(answer.body, answer.header("ETag") or "")
        return answer.body, True

    async def put(
        self, token: str | None, selector: DocumentSelector, text: bytes, media_type: str, *, held: bool = False
    ) -> bool:
        """Write a document; says whether it is new. With `held`, only in place of what was read last, or of nothing.

        Raises a DocumentsError: Refused with 412 where somebody else was quicker.
        """
        answer = await self.ask(
            token,
            "PUT",
            f"{ROOT}/{selector}",
            body=text,
            headers={"Content-Type": media_type, **(self._condition(selector) if held else {})},
            fit=(200, 201),
        )
        self.held[selector] = Held(text, answer.header("ETag") or "")
        return answer.status == 201

    async def delete(self, token: str | None, selector: DocumentSelector) -> None:
        """Delete a document. Raises a DocumentsError."""
        await self.ask(token, "DELETE", f"{ROOT}/{selector}")
        self.held.pop(selector, None)

    async def ask(
        self,
        token: str | None,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        fit: tuple[int, ...] = (200,),
    ) -> HttpsAnswer:
        """Ask for anything at this server. Raises a DocumentsError unless the status is fit."""
        proof = {} if token is None else {"Authorization": f"Bearer {token}"}
        try:
            answer = await self._https.request(method, self.url.rstrip("/") + path, body, {**proof, **(headers or {})})
        except HttpsError as error:
            raise Unreachable(str(error)) from None
        if answer.status not in fit:
            raise _refusal(answer)
        return answer

    def _condition(self, selector: DocumentSelector) -> Mapping[str, str]:
        held = self.held.get(selector)
        return {"If-None-Match": "*"} if held is None else {"If-Match": held.etag}


def _refusal(answer: HttpsAnswer) -> Refused:
    if answer.media_type == CONFLICT:
        try:
            report = ConflictReport.read(answer.body)
        except ValueError:
            return Refused(answer.status)
        return Refused(answer.status, report.phrase or report.condition.value, report)
    try:
        members = read_object(answer.body)
    except ValueError:
        return Refused(answer.status)
    said = members.get("error_description") or members.get("error")
    return Refused(answer.status, said if isinstance(said, str) and said.isprintable() else "")
