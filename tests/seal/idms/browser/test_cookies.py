"""What is kept in a browser."""

from typing import Any

from seal.idms.browser.cookies import FORM, SESSION, Ties, end_session, keep_session, session_of
from valkit.ids import SeededIds


class Request:
    """As much of a request as is looked at: a browser that keeps what it is told."""

    def __init__(self, **cookies: str) -> None:
        self.cookies = cookies
        self.attributes: dict[str, Any] = {}

    def getCookie(self, name: bytes) -> bytes | None:
        """Give what the browser sends."""
        value = self.cookies.get(name.decode())
        return None if value is None else value.encode("latin-1")

    def addCookie(self, name: str, value: str, **attributes: Any) -> None:
        """Keep it."""
        self.cookies[name] = value
        self.attributes = attributes


def browser(**cookies: str) -> Any:
    """Give a browser."""
    return Request(**cookies)


def test_a_session_is_kept_and_forgotten() -> None:
    """Out of reach of everybody else, both times."""
    one = browser()
    assert session_of(one) is None
    keep_session(one, "secret")
    assert session_of(one) == "secret"
    shielded = {"path": "/", "secure": True, "httpOnly": True, "sameSite": "Lax"}
    assert one.attributes == {"max_age": None, **shielded}
    end_session(one)
    assert (session_of(one), one.attributes) == (None, {"max_age": "0", **shielded})
    assert SESSION.startswith("__Host-")


def test_a_form_holds_in_the_browser_that_got_it() -> None:
    """Nowhere else, and not at another server."""
    ties, one, other = Ties(SeededIds(1)), browser(), browser()
    csrf = ties.tie(one)
    assert ties.tie(one) == csrf
    assert ties.holds(one, csrf)
    assert not ties.holds(other, csrf)
    ties.tie(other)
    assert not ties.holds(other, csrf)
    assert not ties.holds(one, csrf + "é")
    assert not Ties(SeededIds(2)).holds(one, csrf)


def test_any_cookie_may_come() -> None:
    """Whatever bytes are in it."""
    ties = Ties(SeededIds(1))
    odd = browser(**{FORM: "\xff\x80"})
    assert ties.holds(odd, ties.tie(odd))
