"""Signing out: whose browser, whether the person is asked, and where it leads."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from seal.idms.browser.logout import Leaving
from tests.seal.idms.parts import RETURN, SIGNED_OUT, Answer, Browser, Home, change_user

EVIL = "https://evil.example/"


async def signed_in(idms: Home, name: str = "alice") -> tuple[Browser, str]:
    """Give a browser in which somebody is signed in, and the ID token."""
    browser = idms.browser()
    return browser, str((await browser.tokens(name))["id_token"])


async def leave(browser: Browser, **asked: str) -> Answer:
    """Follow an application's link."""
    return await browser.get("authorization", f"/logout?{urlencode(asked)}")


async def is_signed_in(browser: Browser) -> bool:
    """Ask whether a code would be given without a form."""
    return "code" in (await browser.ask(prompt="none")).redirected


async def test_the_application_of_the_one_who_is_signed_in_signs_out(idms: Home) -> None:
    """By the ID token, which may be old; the browser goes where the application wants it, with its state."""
    browser, hint = await signed_in(idms)
    idms.clock.advance(3_600)
    kept = dict(browser.cookies)
    answer = await leave(browser, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT, state="a&b")
    assert answer.headers["location"] == f"{SIGNED_OUT}&state=a%26b"
    assert "__Host-val-session" not in browser.cookies
    assert not await is_signed_in(browser)
    browser.cookies = kept
    assert not await is_signed_in(browser)
    assert idms.told[-1] == "signed out"


async def test_without_an_address_there_is_a_page(idms: Home) -> None:
    """Whether or not anybody was signed in."""
    browser, hint = await signed_in(idms)
    for _ in range(2):
        answer = await leave(browser, id_token_hint=hint)
        assert (answer.status, "<h1>Signed out</h1>" in answer.text) == (200, True)
    assert (await leave(idms.browser())).status == 200


@pytest.mark.parametrize("hint", ["", "bob", "access", "nonsense"])
async def test_anybody_else_has_the_person_asked(idms: Home, hint: str) -> None:
    """Without the ID token of who is signed in nobody is signed out by a link (2), but by saying so."""
    browser, _ = await signed_in(idms)
    tokens = {"bob": await signed_in(idms, "bob"), "access": (None, (await idms.browser().tokens())["access_token"])}
    said = {"id_token_hint": tokens[hint][1] if hint in tokens else hint} if hint else {}
    page = await leave(browser, client_id="app", post_logout_redirect_uri=SIGNED_OUT, **said)
    assert (page.status, "signed in as <strong>alice</strong>" in page.text) == (200, True)
    assert "form-action 'self' https://app.example;" in page.headers["content-security-policy"]
    assert await is_signed_in(browser)
    answer = await browser.post("authorization", "/logout/confirm", page.form)
    assert answer.headers["location"] == SIGNED_OUT
    assert not await is_signed_in(browser)


async def test_nobody_is_signed_out_by_another_site(idms: Home) -> None:
    """A form that this browser was not given is not taken (CSRF); it is asked again."""
    browser, _ = await signed_in(idms)
    page = await leave(browser)
    elsewhere, _ = await signed_in(idms, "bob")
    for form in (page.form, {}, {"csrf": "x"}):
        answer = await elsewhere.post("authorization", "/logout/confirm", form)
        assert (answer.status, "another browser" in answer.text) == (403, True)
        assert await is_signed_in(elsewhere)
    assert (await elsewhere.post("authorization", "/logout/confirm", answer.form)).status == 200
    assert not await is_signed_in(elsewhere)


async def test_a_form_of_another_site_is_led_here_by_a_link(idms: Home) -> None:
    """Browsers send no cookies with such a form, and those that they have with what it leads to."""
    browser, hint = await signed_in(idms)
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": SIGNED_OUT}
    answer = await idms.browser().post("authorization", "/logout", asked)
    assert answer.status == 303
    assert dict(parse_qsl(urlsplit(answer.headers["location"]).query)) == asked
    assert (await browser.get("authorization", f"/logout{answer.headers['location']}")).status == 302
    assert not await is_signed_in(browser)


@pytest.mark.parametrize(
    "asked",
    [
        {"post_logout_redirect_uri": EVIL},
        {"post_logout_redirect_uri": EVIL, "client_id": "app"},
        {"post_logout_redirect_uri": SIGNED_OUT},
        {"post_logout_redirect_uri": SIGNED_OUT + "&", "client_id": "app"},
        {"post_logout_redirect_uri": SIGNED_OUT.upper(), "client_id": "app"},
        {"post_logout_redirect_uri": RETURN, "client_id": "app"},
        {"post_logout_redirect_uri": SIGNED_OUT, "client_id": "server"},
        {"post_logout_redirect_uri": SIGNED_OUT, "client_id": "app", "id_token_hint": "HINT", "state": "x" * 2_001},
        {"client_id": "server", "id_token_hint": "HINT"},
    ],
)
async def test_what_does_not_hold_leads_nowhere(idms: Home, asked: dict[str, str]) -> None:
    """A page says what is wrong, and everything stays as it was (3)."""
    browser, hint = await signed_in(idms)
    said = {name: hint if value == "HINT" else value for name, value in asked.items()}
    for answer in (
        await leave(browser, **said),
        await browser.post("authorization", "/logout", said),
        await browser.post("authorization", "/logout/confirm", {"request": urlencode(said)}),
        await browser.get("authorization", f"/logout?{urlencode([*said.items(), *said.items()])}"),
    ):
        assert (answer.status, "location" in answer.headers) == (400, False)
    assert await is_signed_in(browser)


async def test_who_signs_out_keeps_what_was_granted(idms: Home) -> None:
    """A phone stays registered when its user's browser leaves: tokens are revoked by those who hold them."""
    browser = idms.browser()
    tokens = await browser.tokens()
    await leave(browser, id_token_hint=tokens["id_token"])
    assert (await browser.refresh(tokens["refresh_token"])).status == 200


async def test_a_user_who_is_gone_can_be_signed_out(idms: Home) -> None:
    """Disabled or not."""
    browser, hint = await signed_in(idms)
    await change_user(idms, "alice", enabled=False)
    assert (await leave(browser, id_token_hint=hint)).status == 200
    assert idms.told[-1] == "signed out"


@pytest.mark.parametrize(
    ("uri", "state", "location"),
    [
        (None, "x", None),
        ("app:/bye", None, "app:/bye"),
        ("app:/bye", "a b", "app:/bye?state=a+b"),
        ("https://a.example/?b", "\r\nX: y", "https://a.example/?b&state=%0D%0AX%3A+y"),
    ],
)
def test_where_it_leads(uri: str | None, state: str | None, location: str | None) -> None:
    """The address as it is registered, with the state behind it."""
    assert Leaving(None, uri, state).location == location
