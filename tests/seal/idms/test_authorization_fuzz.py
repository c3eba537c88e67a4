"""The authorization site against anything at all: a page, a redirect to a registered address, never a 500."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.seal.idms.in_memory import Sites
from tests.seal.idms.parts import APP, SIGNED_OUT, asking

NAMES = [*asking(), "prompt", "max_age", "response_mode", "login_hint", "request", "ui_locales", "id_token_hint"]
VALUES = st.one_of(
    st.sampled_from(
        ["none", "login", "0", "-1", "9" * 30, "query", "app", "server", "openid", "http://127.0.0.1:9/callback"]
    ),
    st.sampled_from(["https://evil.example/", "//evil.example", "javascript:alert(1)", "http://[", "\r\nX: y", "\0"]),
    st.text(max_size=60),
)
CHANGED = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4).map(lambda changes: urlencode(asking(**changes)))
TWICE = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=4).map(
    lambda pairs: urlencode([*asking().items(), *pairs])
)
ANYTHING = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=80)
LEAVING = st.one_of(
    ANYTHING,
    st.lists(
        st.tuples(
            st.sampled_from(["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint", "x"]),
            st.one_of(VALUES, st.just(SIGNED_OUT)),
        ),
        max_size=6,
    ).map(urlencode),
)
COOKIES = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)


@pytest.fixture(scope="module")
def sites() -> Iterator[Sites]:
    """Give the sites, for many examples."""
    with TemporaryDirectory() as folder:
        yield Sites(Path(folder))


def check(sites: Sites, method: str, path: str, text: str, cookie: str) -> None:
    """Send a request, as a query or a form; hold the answer to what every answer must be."""
    heads = {"Cookie": f"__Host-val-session={cookie}; __Host-val-form={cookie}"}
    if method == "GET":
        got = sites.ask("authorization", "GET", f"{path}?{text}", heads)
    else:
        got = sites.post("authorization", path, text.encode(), heads)
    assert got.status in {200, 302, 400, 403, 405}
    assert b"Traceback" not in got.body
    assert b"<script" not in got.body
    location = [line for line in got.head.split(b"\r\n") if line.lower().startswith(b"location:")]
    assert len(location) == (got.status == 302)
    for line in location:
        assert line.startswith(b"Location: http://127.0.0.1") or line.decode().startswith(
            f"Location: {APP.redirect_uris[1]}"
        )
        assert b"code=" not in line
    assert b"\r\nX:" not in got.head


@given(st.sampled_from(["GET", "POST"]), st.one_of(CHANGED, TWICE, ANYTHING), COOKIES)
def test_any_request_is_answered_and_leads_nowhere_else(sites: Sites, method: str, text: str, cookie: str) -> None:
    """A form, a page, or a redirect with an error to an address that is registered."""
    check(sites, method, "/authorize", text, cookie)


@given(st.sampled_from(["GET", "POST"]), LEAVING, COOKIES, st.booleans())
def test_any_sign_out_is_answered_and_leads_nowhere_else(
    sites: Sites, method: str, text: str, cookie: str, carried: bool
) -> None:
    """A page, or a redirect to an address that is registered for it."""
    heads = {"Cookie": f"__Host-val-session={cookie}; __Host-val-form={cookie}"}
    if carried:
        got = sites.post("authorization", "/logout/confirm", urlencode({"request": text, "csrf": "x"}).encode(), heads)
    elif method == "GET":
        got = sites.ask("authorization", "GET", f"/logout?{text}", heads)
    else:
        got = sites.post("authorization", "/logout", text.encode(), heads)
    assert got.status in {200, 302, 303, 400, 403}
    assert b"Traceback" not in got.body
    for line in got.head.split(b"\r\n"):
        if line.lower().startswith(b"location:"):
            assert line.startswith((b"Location: ?", f"Location: {SIGNED_OUT}".encode()))


@given(st.sampled_from(["GET", "POST"]), st.one_of(CHANGED, ANYTHING), st.tuples(VALUES, VALUES), COOKIES)
def test_any_form_is_answered_and_lets_nobody_in(
    sites: Sites, method: str, request: str, typed: tuple[str, str], cookie: str
) -> None:
    """Whatever it carries as its request."""
    form = {"request": request, "csrf": typed[0], "username": typed[1], "password": "x"}
    check(sites, method, "/login", urlencode(form, errors="surrogatepass"), cookie)
