"""The authorization endpoint over HTTPS: the request, the form of figure 5.X.2.3.2-1, the redirect with the code.

Nothing is kept of a request while somebody fills in the form: the form carries it, and it is checked anew when it comes
back. A form is tied to the browser it was given to (`cookies`).
"""

from typing import cast
from urllib.parse import urlencode

from attrs import frozen
from klein import Klein
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.http import Request
from twisted.web.iweb import IRequest
from werkzeug.exceptions import HTTPException

from seal.errors import StoreUnavailable
from seal.idms import rendering, web
from seal.idms.browser import cookies
from seal.idms.browser.authorize import Asked, Redirected, read
from seal.idms.browser.login import LogIns
from seal.idms.browser.logout import SignOut
from seal.idms.errors import UntrustedRequest
from seal.idms.grants.desk import Tell
from seal.idms.parameters import Parameters
from seal.idms.proving.methods import Method
from seal.idms.records import Code, Session, User
from seal.idms.settings import IdmsSettings
from seal.idms.stores.store import Store
from seal.idms.tokens.issuing import secret
from seal.idms.tokens.own_tokens import OwnTokens
from seal.secrets import digest
from seal.threads import Busy
from valkit.ids import Ids
from valkit.net.web import unrouted

REFUSED = "The sign-in was not accepted. Check what you typed. After several failures a name is locked for a while."
STALE = "The form had been open for too long, or in another browser. Please sign in here."
BUSY = "Too many people are signing in at this moment. Please try again in a few seconds."


@frozen
class AuthorizationEndpoint:
    """What the site needs to decide."""

    settings: IdmsSettings
    issuer: str
    store: Store
    methods: tuple[Method, ...]
    log_ins: LogIns
    tokens: OwnTokens
    """Reads our own ID tokens, which come back as hints."""
    ids: Ids
    tell: Tell

    async def asked(self, parameters: Parameters) -> Asked:
        """Check a request. UntrustedRequest or Redirected if it does not hold."""
        client_id = parameters.get("client_id")
        client = None if client_id is None else await self.store.client(client_id)
        hint = self.tokens.id_token(parameters.get("id_token_hint") or "")
        return read(parameters, client, self.issuer, self.settings.scopes, self.methods, hint)

    async def answer(self, asked: Asked, cookie: str | None, now: float) -> str | None:
        """Give where to go if the log-in of this cookie is enough; None if somebody must be asked."""
        session = None if cookie is None else await self.store.session(digest(cookie), now)
        if session is None or not asked.answered_by(session, self.methods, now):
            if "none" in asked.prompt:
                raise asked.login_required()
            return None
        asked.entitled(await self.store.user(session.user_id))
        location = await self.code(asked, session, now)
        if location is None and "none" in asked.prompt:
            raise asked.login_required()
        return location

    async def log_in(self, user: User, method: Method, old: str | None, now: float) -> tuple[str, Session] | None:
        """Begin a session; gives it and its cookie. The one from before ends, so that none can be foisted on anybody.

        None if what the log-in was proved by is of no worth any more, such as the password.
        """
        if old is not None:
            await self.store.end_session(digest(old))
        cookie = secret(self.ids)
        ends = now + self.settings.login.session
        session = Session(digest(cookie), user.user_id, method.acr, now, ends, user.era)
        return (cookie, session) if await self.store.put_session(session) else None

    async def code(self, asked: Asked, session: Session, now: float) -> str | None:
        """Make a code; gives the address that brings it to the client. None if session or client is over."""
        code, family = secret(self.ids), secret(self.ids, 12)
        kept = Code(
            code_hash=digest(code),
            family=family,
            client_id=asked.client.client_id,
            redirect_uri=asked.to.uri,
            user_id=session.user_id,
            scope=asked.scope,
            challenge=asked.challenge,
            acr=session.acr,
            auth_time=session.auth_time,
            expires=now + self.settings.tokens.code_lifetime,
            nonce=asked.nonce,
            era=session.era,
            client_era=asked.client.era,
        )
        if not await self.store.put_code(kept):
            return None
        self.tell("code issued", {"user": session.user_id, "client": asked.client.client_id, "family": family})
        return asked.to.with_code(code)


class AuthorizationSite:
    """The site; `app` is its klein application."""

    app = Klein()
    log = Logger()

    def __init__(self, endpoint: AuthorizationEndpoint, clock: IReactorTime) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._ties = cookies.Ties(endpoint.ids)
        self._sign_out = SignOut(endpoint.store, endpoint.tokens, self._ties, endpoint.tell)

    @app.route("/authorize", methods=["GET", "POST"])
    async def authorize(self, request: Request) -> bytes:
        """Take an authorization request (OpenID Connect Core 3.1.2.1), by GET or POST."""
        parameters = web.parameters_of(request)
        asked = await self._endpoint.asked(parameters)
        location = await self._endpoint.answer(asked, cookies.session_of(request), self._clock.seconds())
        if location is not None:
            return web.redirect(request, location)
        return self._form(request, asked, parameters)

    @app.route("/login", methods=["POST"])
    async def login(self, request: Request) -> bytes:
        """Take the form: step 3b of figure 5.X.2.3.2-1."""
        form = web.parameters_of(request).values
        carried = web.parameters_in(form.get("request", "").encode())
        asked = await self._endpoint.asked(carried)
        if not self._ties.holds(request, form.get("csrf", "")):
            return self._form(request, asked, carried, STALE, 403)
        now = self._clock.seconds()
        username = form.get("username", "")
        try:
            user = await self._endpoint.log_ins.attempt(username, form, asked.method, now)
        except Busy:
            request.setHeader("Retry-After", "5")
            return self._form(request, asked, carried, BUSY, 503, username)
        if user is None:
            return self._form(request, asked, carried, REFUSED, 403, username)
        asked.entitled(user)
        begun = await self._endpoint.log_in(user, asked.method, cookies.session_of(request), now)
        location = None if begun is None else await self._endpoint.code(asked, begun[1], now)
        if begun is None or location is None:
            return self._form(request, asked, carried, REFUSED, 403, username)
        cookies.keep_session(request, begun[0])
        return web.redirect(request, location)

    @app.route("/logout", methods=["GET", "POST"])
    async def logout(self, request: Request) -> bytes:
        """Take a client's request to sign somebody out."""
        return await self._sign_out.answer(request, self._clock.seconds())

    @app.route("/logout/confirm", methods=["POST"])
    async def confirm_logout(self, request: Request) -> bytes:
        """Take the answer of the person who was asked."""
        return await self._sign_out.confirmed(request, self._clock.seconds())

    @app.route("/style.css", methods=["GET"])
    def style(self, request: Request) -> bytes:
        """Give the style sheet."""
        request.setHeader("Content-Type", "text/css; charset=utf-8")
        request.setHeader("Cache-Control", "max-age=3600")
        request.setHeader("X-Content-Type-Options", "nosniff")
        return rendering.STYLE

    @app.handle_errors(Redirected)
    def redirected(self, request: IRequest, failure: Failure) -> bytes:
        """Tell the client of its fault (RFC 6749 4.1.2.1)."""
        redirected = cast(Redirected, failure.value)
        return web.redirect(cast(Request, request), redirected.to.with_error(redirected.error))

    @app.handle_errors(Exception)
    def failed(self, request: IRequest, failure: Failure) -> bytes:
        """Tell the person, when there is nobody to redirect to."""
        asked = cast(Request, request)
        match failure.value:
            case UntrustedRequest() as error:
                return web.error_page(asked, 400, "This request cannot be answered", str(error))
            case StoreUnavailable():
                return web.error_page(asked, 503, "Not possible at this moment", "The server cannot reach its data.")
            case HTTPException() as error:
                return web.error_page(
                    asked, unrouted(asked, error), error.name, "There is nothing to be had in this way."
                )
        self.log.failure("A request to {path} failed", failure, path=asked.path)
        return web.error_page(asked, 500, "This server has failed", "Its log says how.")

    def _form(  # noqa: PLR0917  a request, what it asks, and then only what went wrong
        self,
        request: Request,
        asked: Asked,
        carried: Parameters,
        fault: str = "",
        status: int = 200,
        username: str | None = None,
    ) -> bytes:
        """Show the form: step 3a of figure 5.X.2.3.2-1."""
        page = rendering.page(
            "login",
            application=asked.client.name or asked.client.client_id,
            fault=fault,
            invalid=fault == REFUSED,
            request=urlencode(carried.values),
            csrf=self._ties.tie(request),
            username=(asked.user_id or asked.login_hint) if username is None else username,
            fields=asked.method.fields,
        )
        return web.page(request, status, page, asked.to.uri)
