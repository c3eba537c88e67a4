"""The key management service over HTTPS (TS 33.180 D.1): POST and XML, an access token with each request.

Who asks is told by `seal.access`, whose refusals are JSON with a challenge (TS 24.547 A.2, RFC 6750 3); what the KMS
itself refuses is a KmsResponse with a KmsError. Of why, the log has more than the peer is told.
"""

from typing import cast

from klein import Klein
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.http import Request
from twisted.web.iweb import IRequest
from werkzeug.exceptions import HTTPException

from seal.access import AccessRefused, Guard, answer_refusal
from seal.errors import StoreUnavailable
from seal.kms import asking
from seal.kms.asking import Asking
from seal.kms.desk import Desk
from seal.kms.errors import Cause, KmsRefused
from seal.kms.openapi import description
from valkit.keymanagement.markup import TYPE
from valkit.keymanagement.resources import ROOT, KeyProv
from valkit.keymanagement.responses import KmsError, KmsResponse
from valkit.net.web import json_answer, unrouted

RETRY_AFTER = "1"
"""Seconds after which one that was too many may ask again."""


class KmsSite:
    """The site; `app` is its klein application."""

    app = Klein()
    app.url_map.merge_slashes = False  # two of them in an escaped URI are no slip of the pen
    log = Logger()

    def __init__(self, desk: Desk, guard: Guard, clock: IReactorTime, kms_id: str | None = None) -> None:
        self._desk = desk
        self._guard = guard
        self._clock = clock
        self._kms_id = kms_id

    @app.route(f"{ROOT}/openapi.json", methods=["GET"])
    def description(self, request: Request) -> bytes:
        """Say what can be asked for."""
        return json_answer(request, description())

    @app.route(f"{ROOT}/", branch=True)
    async def ask(self, request: Request) -> bytes:
        """Answer one request."""
        asker = await self._guard.asker(request)
        now = self._clock.seconds()
        asked: Asking | None = None
        try:
            rights = self._desk.rights(asker)
            asked = asking.read(request.method.decode("ascii", "replace"), _path(request), _body(request))
            message = await self._desk.answer(asked, rights, now)
        except KmsRefused as refused:
            self._guard.tell(request, AccessRefused(refused.status, refused.cause.value, who=asker.name))
            return self._refused(request, asker.name, asked, refused)
        whose = (asked.resource.uri if isinstance(asked.resource, KeyProv) else None) or rights.user
        response = KmsResponse(whose, self._desk.kms_uri, now, asked.url, self._kms_id, message)
        return _answer(request, 200, response)

    @app.handle_errors(Exception)
    def failed(self, request: IRequest, failure: Failure) -> bytes:
        """Answer what went wrong."""
        asked = cast(Request, request)
        match failure.value:
            case AccessRefused() as refused:
                return answer_refusal(asked, refused)
            case StoreUnavailable() as error:
                self.log.error("{error}", error=error)
                asked.setHeader("Retry-After", RETRY_AFTER)
                return json_answer(asked, {"error": "temporarily_unavailable"}, 503)
            case HTTPException() as error:
                return json_answer(asked, {"error": error.name}, unrouted(asked, error))
        self.log.failure("A request to {path} failed", failure, path=asked.path)
        return json_answer(asked, {"error": "server_error"}, 500)

    def _refused(self, request: Request, who: str, asked: Asking | None, refused: KmsRefused) -> bytes:
        if refused.cause is Cause.NOT_POST:
            request.setHeader("Allow", "POST")
        if refused.cause is Cause.BUSY:
            request.setHeader("Retry-After", RETRY_AFTER)
        url = _path(request) if asked is None else asked.url
        error = KmsError(refused.status, str(refused))
        now = self._clock.seconds()
        return _answer(
            request, refused.status, KmsResponse(who, self._desk.kms_uri, now, url, self._kms_id, error=error)
        )


def _path(request: Request) -> str:
    """Give the path as it was sent: what is escaped in it stays so."""
    uri: bytes = request.uri
    return uri.partition(b"?")[0].decode("ascii", "replace")


def _body(request: Request) -> bytes:
    assert request.content is not None, "the request has come whole"
    request.content.seek(0)
    body: bytes = request.content.read()
    return body


def _answer(request: Request, status: int, response: KmsResponse) -> bytes:
    request.setResponseCode(status)
    request.setHeader("Content-Type", TYPE)
    request.setHeader("Cache-Control", "no-store")
    request.setHeader("X-Content-Type-Options", "nosniff")
    body = bytes(response)
    request.setHeader("Content-Length", str(len(body)))
    return body
