"""The token endpoint over HTTPS, and beside it keys, discovery, userinfo, revocation and introspection. JSON only."""

from collections.abc import Mapping
from typing import cast

from attrs import frozen
from klein import Klein
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.http import Request
from twisted.web.iweb import IRequest
from werkzeug.exceptions import HTTPException

from seal.errors import StoreUnavailable
from seal.idms.endpoints import metadata
from seal.idms.endpoints.introspection import Introspection
from seal.idms.endpoints.revocation import Revocation
from seal.idms.endpoints.token import TokenEndpoint
from seal.idms.endpoints.userinfo import UserInfo
from seal.idms.errors import Code, NoCredentials, OAuthError
from seal.idms.parameters import Parameters, read
from seal.idms.tokens.keys import KeyRing
from seal.idms.web import form_of, header_of
from valkit.net.web import json_answer, unrouted

BEARER = 'Bearer realm="val"'
PUBLISHED_FOR = 300
"""Seconds for which keys and metadata may be cached."""


@frozen
class Services:
    """What is asked for here, one value for each path."""

    token: TokenEndpoint
    userinfo: UserInfo
    revocation: Revocation
    introspection: Introspection
    keys: KeyRing


class TokenSite:
    """The site; `app` is its klein application."""

    app = Klein()
    log = Logger()

    def __init__(self, services: Services, document: Mapping[str, object], clock: IReactorTime) -> None:
        self._services = services
        self._document = document
        self._clock = clock

    @app.route(metadata.TOKEN, methods=["POST"])
    async def token(self, request: Request) -> bytes:
        """Give tokens for a grant."""
        members = await self._services.token.answer(_form(request), _authorization(request), self._clock.seconds())
        return json_answer(request, members)

    @app.route(metadata.USERINFO, methods=["GET", "POST"])
    async def userinfo(self, request: Request) -> bytes:
        """Tell who the bearer of an access token is."""
        members = await self._services.userinfo.answer(_authorization(request), self._clock.seconds())
        return json_answer(request, members)

    @app.route(metadata.REVOKE, methods=["POST"])
    async def revoke(self, request: Request) -> bytes:
        """End a token."""
        await self._services.revocation.answer(_form(request), _authorization(request), self._clock.seconds())
        return json_answer(request, {})

    @app.route(metadata.INTROSPECT, methods=["POST"])
    async def introspect(self, request: Request) -> bytes:
        """Tell whether a token holds."""
        asked = _form(request), _authorization(request), self._clock.seconds()
        return json_answer(request, await self._services.introspection.answer(*asked))

    @app.route(metadata.JWKS, methods=["GET"])
    def jwks(self, request: Request) -> bytes:
        """Give the keys that verify tokens."""
        return _published(request, self._services.keys.jwks().encode())

    @app.route(metadata.OPENID, methods=["GET"])
    @app.route(metadata.OAUTH, methods=["GET"])
    def discovery(self, request: Request) -> bytes:
        """Say what is where."""
        body = json_answer(request, self._document)
        return _published(request, body)

    @app.handle_errors(Exception)
    def failed(self, request: IRequest, failure: Failure) -> bytes:
        """Answer an error as its standard has it (RFC 6749 5.2, RFC 6750 3)."""
        asked = cast(Request, request)
        match failure.value:
            case OAuthError() as error:
                return _refused(asked, error)
            case NoCredentials():
                asked.setHeader("WWW-Authenticate", BEARER)
                return json_answer(asked, {}, 401)
            case StoreUnavailable():
                return _refused(asked, OAuthError(Code.TEMPORARILY_UNAVAILABLE, "the data cannot be reached"))
            case HTTPException() as error:
                told = {"error": "invalid_request", "error_description": error.name}
                return json_answer(asked, told, unrouted(asked, error))
        self.log.failure("A request to {path} failed", failure, path=asked.path)
        return _refused(asked, OAuthError(Code.SERVER_ERROR, "this server has failed; its log says how"))


def _form(request: Request) -> Parameters:
    text = form_of(request)
    if text is None:
        raise OAuthError(Code.INVALID_REQUEST, "the body must be a form (application/x-www-form-urlencoded)")
    try:
        return read(text)
    except ValueError:
        raise OAuthError(Code.INVALID_REQUEST, "the form is not written as it must be") from None


def _authorization(request: Request) -> str | None:
    return header_of(request, "Authorization")


def _published(request: Request, body: bytes) -> bytes:
    request.setHeader("Content-Type", "application/json")
    request.setHeader("Cache-Control", f"public, max-age={PUBLISHED_FOR}")
    request.setHeader("X-Content-Type-Options", "nosniff")
    request.setHeader("Content-Length", str(len(body)))
    return body


def _refused(request: Request, error: OAuthError) -> bytes:
    if error.code in {Code.INVALID_TOKEN, Code.INSUFFICIENT_SCOPE}:
        told = f'error="{error.code.code}", error_description="{error.description}"'
        request.setHeader("WWW-Authenticate", f"{BEARER}, {told}")
    elif error.code is Code.INVALID_CLIENT:
        request.setHeader("WWW-Authenticate", 'Basic realm="val", charset="UTF-8"')
    return json_answer(request, error.members, error.code.status)
