"""XCAP over HTTP (RFC 4825 8): who asks is told first, then what is asked for, then whether it may be.

Which documents there are, and who may do what with them, is the server's (`Rules`); what becomes of a document,
`seal.xcap.handling`'s. The XCAP root is `/xcap`. Of the capabilities of RFC 4825 12 there is one document.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, cast

from klein import Klein
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.http import Request as HttpRequest
from twisted.web.iweb import IRequest
from werkzeug.exceptions import HTTPException

from seal.access import AccessRefused, Asker, answer_refusal
from seal.documents.store import Change, Documents
from seal.errors import SealError, StoreUnavailable
from seal.xcap import capabilities
from seal.xcap.errors import Conflicting, Refused
from seal.xcap.handling import METHODS, Answer, Decision, Request, decide, read
from seal.xcap.usage import Usage
from valkit.net.web import HttpError, json_answer, unrouted
from valkit.xcap import CONFLICT, BadSelector, DocumentSelector, XcapUri, XcapUriError, read_uri
from valkit.xcap.uris import SEPARATOR, encoded

ROOT = "/xcap"
"""The path of the XCAP root (RFC 4825 6.1)."""


class Door(Protocol):
    """Who is let in."""

    async def asker(self, request: HttpRequest) -> Asker:
        """Tell who asks. Raises AccessRefused, which is noted by then."""

    def tell(self, request: HttpRequest, refused: AccessRefused) -> None:
        """Note a refusal that is decided on behind the door."""


class Witness(Protocol):
    """Who hears of what was done."""

    def read(self, asker: Asker, selector: DocumentSelector) -> None:
        """Hear that a document, or a part of it, was given."""

    async def changed(self, asker: Asker, selector: DocumentSelector, change: Change) -> None:
        """Hear of a change, before it is answered."""


async def let_in(door: Door, request: HttpRequest, answer: Callable[[Asker], Awaitable[bytes]]) -> bytes:
    """Tell who asks and have them answered."""
    asker = await door.asker(request)
    try:
        return await answer(asker)
    except AccessRefused as refused:
        door.tell(request, refused)
        raise


class Rules(Protocol):
    """What documents a server has, and whose they are."""

    @property
    def auids(self) -> tuple[str, ...]:
        """The application usages that are known; empty where any VAL service is one."""

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces whose schemas are known."""

    def usage(self, selector: DocumentSelector) -> Usage:
        """Give the usage of a document. Raises Refused with 404 where there is none."""

    def require(self, asker: Asker, method: str, selector: DocumentSelector, kept: bytes | None) -> None:
        """Raise AccessRefused unless who asks may do this with the document as it is kept."""

    async def require_free(self, asker: Asker, selector: DocumentSelector) -> None:
        """Raise where who asks, and may create this document, may not take the name that it has."""

    def require_left(self, asker: Asker, before: bytes | None, after: bytes | None) -> None:
        """Raise Conflicting where who asks may not leave the document so; None is none."""


class XcapSite:
    """The site; `app` is its klein application, to which a server may add routes beside `/xcap`."""

    log = Logger()

    def __init__(self, documents: Documents, rules: Rules, door: Door, witness: Witness) -> None:
        self.app = Klein()
        self.app.url_map.merge_slashes = False  # two slashes that were encoded are part of a name
        self.app.route(f"{ROOT}/", branch=True)(self.ask)
        self.app.handle_errors(Exception)(self.failed)
        self._documents = documents
        self._rules = rules
        self._door = door
        self._witness = witness

    async def ask(self, request: HttpRequest) -> bytes:
        """Answer one request."""
        return await let_in(self._door, request, lambda asker: self._asked(request, asker))

    def failed(self, request: IRequest, failure: Failure) -> bytes:
        """Answer what went wrong."""
        asked = cast(HttpRequest, request)
        if isinstance(failure.value, AccessRefused):
            return answer_refusal(asked, failure.value)
        status, sentence, headers = _told(asked, failure.value)
        if status == 500:
            self.log.failure("A request to {path} failed", failure, path=asked.path)
        elif status == 503:
            self.log.error("A request to {path} is put off: {why}", path=asked.path, why=failure.value)
        for name, value in headers.items():
            asked.setHeader(name, value)
        return json_answer(asked, {"error": sentence}, status)

    async def _asked(self, request: HttpRequest, asker: Asker) -> bytes:
        method = request.method.decode("ascii", "replace")
        if method not in METHODS:
            raise Refused(405, f"{method} is not done here", METHODS)
        uri = read_uri(request.uri.decode("ascii", "replace"), ROOT)
        try:
            return _answered(request, await self._answer(asker, _read(request, method, uri)))
        except Conflicting as conflict:
            body = bytes(conflict.report(_ancestor(uri, conflict)))
            return _answered(request, Answer(409, {"Content-Type": CONFLICT}, body))

    async def _answer(self, asker: Asker, request: Request) -> Answer:
        selector = request.uri.document
        if selector == capabilities.SELECTOR:
            text = capabilities.document(self._rules.auids, self._rules.namespaces)
            return capabilities.answer(request, text)
        usage = self._rules.usage(selector)
        if request.method in {"GET", "HEAD"}:
            kept = await self._documents.document(selector)
            self._rules.require(asker, request.method, selector, kept)
            answer = read(request, usage, kept)
            self._witness.read(asker, selector)
            return answer

        change = await self._changed(asker, request, usage)
        await self._witness.changed(asker, selector, change)
        return change.decision.answer

    async def _changed(self, asker: Asker, request: Request, usage: Usage) -> Change:
        """Change a document. Whether a new one may have its name takes time to find out: hence two attempts."""
        selector, free = request.uri.document, False

        def decided(kept: bytes | None) -> Decision:
            self._rules.require(asker, request.method, selector, kept)
            decision = decide(request, usage, kept)
            self._rules.require_left(asker, kept, decision.text)
            if kept is None and not free:
                raise _NotAsked
            return decision

        try:
            return await self._documents.change(selector, decided)
        except _NotAsked:
            await self._rules.require_free(asker, selector)
            free = True
            return await self._documents.change(selector, decided)


class _NotAsked(SealError):
    """There would be a new document, and nobody has asked yet whether it may have its name."""


def _told(request: HttpRequest, error: BaseException | None) -> tuple[int, str, Mapping[str, str]]:
    """Say with which status, sentence and headers an error is answered."""
    match error:
        case Refused(status, sentence, allow):
            return status, sentence, {"Allow": ", ".join(allow)} if allow else {}
        case XcapUriError():
            return 400 if isinstance(error, BadSelector) else 404, str(error), {}
        case StoreUnavailable():
            return 503, "the store cannot be reached; nothing was changed", {"Retry-After": "1"}
        case HttpError(status, sentence):
            return status, sentence, {}
        case HTTPException():
            return unrouted(request, error), str(error.name), {}
    return 500, "this server has failed; its log says how", {}


def _read(request: HttpRequest, method: str, uri: XcapUri) -> Request:
    assert request.content is not None, "the request has come whole"
    request.content.seek(0)
    return Request(
        method,
        uri,
        (_header(request, "Content-Type") or "").partition(";")[0].strip().lower(),
        request.content.read(),
        _header(request, "If-Match"),
        _header(request, "If-None-Match"),
    )


def _header(request: HttpRequest, name: str) -> str | None:
    values = request.requestHeaders.getRawHeaders(name.encode()) or ()
    return b", ".join(values).decode("latin-1") if values else None


def _answered(request: HttpRequest, answer: Answer) -> bytes:
    request.setResponseCode(answer.status)
    for name, value in answer.headers.items():
        request.setHeader(name, value)
    request.setHeader("X-Content-Type-Options", "nosniff")
    if answer.status != 304:
        request.setHeader("Content-Length", str(len(answer.body)))
    return answer.body


def _ancestor(uri: XcapUri, conflict: Conflicting) -> str | None:
    """Give the URI of the nearest parent that is there, for `no-parent` (RFC 4825 11.1)."""
    if conflict.condition.value != "no-parent":
        return None
    if conflict.steps is None:
        return f"{ROOT}/{uri.document.directory}"
    steps = [encoded(step) for step in (uri.steps or ())[: conflict.steps]]
    query = f"?{uri.query}" if uri.query and steps else ""
    return "/".join((ROOT, str(uri.document), *([SEPARATOR, *steps] if steps else []))) + query
