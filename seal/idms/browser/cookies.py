"""What a browser keeps for the authorization endpoint: who has logged in, and which forms were given to it.

Out of reach of scripts, of plain HTTP, of other sites' forms and of sibling hosts (`__Host-`, RFC 6265bis 4.1.3).
"""

import hmac

from twisted.web.http import Request

from seal.idms.tokens.issuing import secret
from valkit.ids import Ids

SESSION = "__Host-val-session"
FORM = "__Host-val-form"


def session_of(request: Request) -> str | None:
    """Give the secret that names the log-in of this browser."""
    return _get(request, SESSION)


def keep_session(request: Request, value: str) -> None:
    """Have the browser keep it."""
    _set(request, SESSION, value)


def end_session(request: Request) -> None:
    """Have the browser forget it."""
    _set(request, SESSION, "", max_age="0")


class Ties:
    """Ties forms to the browsers they are given to, by a cookie of which the form has a MAC (CSRF).

    Forms of another process or time do not hold: they are given out anew.
    """

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._key = ids.nonce(32)

    def tie(self, request: Request) -> str:
        """Give what goes into a form for this browser."""
        cookie = _get(request, FORM)
        if cookie is None:
            cookie = secret(self._ids)
            _set(request, FORM, cookie)
        return self._mac(cookie)

    def holds(self, request: Request, csrf: str) -> bool:
        """Tell whether this form was given to this browser."""
        cookie = _get(request, FORM)
        # as bytes: of text it compares only ASCII, and anything may be sent
        return cookie is not None and hmac.compare_digest(self._mac(cookie).encode(), csrf.encode(errors="replace"))

    def _mac(self, cookie: str) -> str:
        return hmac.digest(self._key, cookie.encode(), "sha256").hex()


def _get(request: Request, name: str) -> str | None:
    value = request.getCookie(name.encode())
    return value.decode("latin-1") if value else None


def _set(request: Request, name: str, value: str, max_age: str | None = None) -> None:
    request.addCookie(name, value, max_age=max_age, path="/", secure=True, httpOnly=True, sameSite="Lax")
