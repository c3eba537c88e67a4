"""Signing out (OpenID Connect RP-Initiated Logout 1.0): of the browser that asks, and of nothing else.

What was granted before stays: a client that needs it no longer revokes it. Whoever brings the ID token of the person
who is signed in here is believed; else the person is asked (2), so that no page can sign anybody out. Where the browser
goes after that is one of the client's registered addresses, to the letter (3), or a page of ours.
"""

from urllib.parse import urlencode

from attrs import frozen
from twisted.web.http import Request

from seal.idms import rendering, web
from seal.idms.browser import cookies
from seal.idms.browser.authorize import LONGEST
from seal.idms.errors import UntrustedRequest
from seal.idms.grants.desk import Tell
from seal.idms.parameters import Parameters
from seal.idms.records import Session
from seal.idms.stores.store import Store
from seal.idms.tokens.own_tokens import OwnTokens
from seal.secrets import digest

STALE = "The page had been open for too long, or in another browser. Please sign out here."


@frozen
class Leaving:
    """A request to be signed out that holds."""

    user_id: str | None
    """Whom the ID token names that came with it; None without one."""
    uri: str | None
    """Where the browser goes then, as it is registered."""
    state: str | None

    @property
    def location(self) -> str | None:
        """Where the browser goes then, with what the client wants to see again."""
        if self.uri is None or self.state is None:
            return self.uri
        return f"{self.uri}{'&' if '?' in self.uri else '?'}{urlencode({'state': self.state})}"


@frozen
class SignOut:
    """Ends sessions."""

    store: Store
    tokens: OwnTokens
    ties: cookies.Ties
    tell: Tell

    async def answer(self, request: Request, now: float) -> bytes:
        """Answer a client's request, by GET or POST. UntrustedRequest if it leads where it must not."""
        asked = web.parameters_of(request)
        leaving = await self._asked(asked)
        if request.method == b"POST":
            # A form of another site comes without our cookies (SameSite), what it is led to comes with them.
            return web.redirect(request, f"?{urlencode(asked.values)}", 303)
        session = await self._session(request, now)
        if session is None or session.user_id == leaving.user_id:
            return await self._end(request, leaving, session)
        return self._ask(request, leaving, asked, session)

    async def confirmed(self, request: Request, now: float) -> bytes:
        """Answer the person, who was asked."""
        form = web.parameters_of(request).values
        asked = web.parameters_in(form.get("request", "").encode())
        leaving, session = await self._asked(asked), await self._session(request, now)
        if session is not None and not self.ties.holds(request, form.get("csrf", "")):
            return self._ask(request, leaving, asked, session, STALE)
        return await self._end(request, leaving, session)

    async def _asked(self, asked: Parameters) -> Leaving:
        if asked.repeated:
            raise UntrustedRequest("The request says something twice.")
        claims = self.tokens.id_token(asked.get("id_token_hint") or "")
        stated = asked.get("client_id")
        client_id = stated if claims is None else str(claims["aud"])
        if stated not in {None, client_id}:
            raise UntrustedRequest("The ID token is not the application's (id_token_hint, client_id).")
        client = None if client_id is None else await self.store.client(client_id)
        uri, state = asked.get("post_logout_redirect_uri"), asked.get("state")
        if uri is not None and (client is None or uri not in client.post_logout_redirect_uris):
            raise UntrustedRequest(
                "The address to return to is not one of the application's (post_logout_redirect_uri)."
            )
        if state is not None and len(state) > LONGEST:
            raise UntrustedRequest("What is to be returned is too long (state).")
        return Leaving(None if claims is None else str(claims["sub"]), uri, state)

    async def _session(self, request: Request, now: float) -> Session | None:
        cookie = cookies.session_of(request)
        return None if cookie is None else await self.store.session(digest(cookie), now)

    async def _end(self, request: Request, leaving: Leaving, session: Session | None) -> bytes:
        if session is not None:
            await self.store.end_session(session.session_hash)
            cookies.end_session(request)
            self.tell("signed out", {"user": session.user_id})
        if leaving.location is not None:
            return web.redirect(request, leaving.location)
        return web.page(request, 200, rendering.page("signed_out"))

    def _ask(self, request: Request, leaving: Leaving, asked: Parameters, session: Session, fault: str = "") -> bytes:
        text = rendering.page(
            "logout",
            user=session.user_id,
            fault=fault,
            request=urlencode(asked.values),
            csrf=self.ties.tie(request),
        )
        return web.page(request, 403 if fault else 200, text, leaving.uri)
