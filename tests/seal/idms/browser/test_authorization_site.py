"""The authorization endpoint over HTTPS: form, session, redirects, pages; what a browser may be led to do."""

from html import escape
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import evolve

from tests.seal.idms.parts import RETURN, Home, asking, change_user


async def test_the_form_is_a_page_without_script_in_no_frame(idms: Home) -> None:
    """And may lead to nobody but us and the application that asked (figure 5.X.2.3.2-1, step 3a)."""
    page = await idms.browser().ask(redirect_uri="http://127.0.0.1:5/callback")
    assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:5;" in policy
    assert (page.headers["x-frame-options"], page.headers["cache-control"]) == ("DENY", "no-store")
    assert page.headers["referrer-policy"] == "no-referrer"


async def test_the_request_may_come_by_post(idms: Home) -> None:
    """OpenID Connect Core 3.1.2.1 wants both."""
    page = await idms.browser().post("authorization", "/authorize", asking())
    assert (page.status, "Dispatch on the phone" in page.text) == (200, True)


async def test_what_a_request_says_is_not_html(idms: Home) -> None:
    """A hint with markup in it is shown as text."""
    evil = '"><script>alert(1)</script>'
    page = await idms.browser().ask(login_hint=evil)
    assert "<script" not in page.text
    assert escape(evil).replace("&quot;", "&#34;") in page.text


async def test_a_form_of_another_browser_is_not_taken(idms: Home) -> None:
    """Nobody can be made to log in as somebody else (CSRF); the form is given out anew."""
    page = await idms.browser().ask()
    victim = idms.browser()
    answer = await victim.fill_in(page)
    assert (answer.status, "another browser" in answer.text) == (403, True)
    await victim.ask()
    assert (await victim.fill_in(page)).status == 403
    assert idms.told == []
    assert (await victim.fill_in(answer)).status == 302


async def test_a_form_without_its_request_leads_nowhere(idms: Home) -> None:
    """The return address is checked again when the form comes back."""
    browser = idms.browser()
    page = await browser.ask()
    forged = {**page.form, "request": urlencode(asking(redirect_uri="https://evil.example/"))}
    answer = await browser.post("authorization", "/login", {**forged, "username": "alice", "password": "x"})
    assert (answer.status, "location" in answer.headers) == (400, False)


async def test_cookies_are_out_of_reach(idms: Home) -> None:
    """Of scripts, of plain HTTP, of other sites' forms and of sibling hosts."""
    browser = idms.browser()
    for answer in (page := await browser.ask(), await browser.fill_in(page)):
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-")
        for attribute in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
            assert attribute.lower() in cookie.lower()


async def test_who_has_logged_in_is_not_asked_again(idms: Home) -> None:
    """Until the session ends."""
    browser = idms.browser()
    await browser.fill_in(await browser.ask())
    again = await browser.ask(prompt="none")
    assert again.redirected["code"]
    idms.clock.advance(8 * 3600)
    assert (await browser.ask(prompt="none")).redirected["error"] == "login_required"
    assert (await browser.ask()).status == 200


async def test_nobody_logged_in_and_nobody_may_be_asked(idms: Home) -> None:
    """prompt=none gives login_required, not a form."""
    assert (await idms.browser().ask(prompt="none")).redirected["error"] == "login_required"


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "10"}, {"acr_values": "val:acr:password-totp"}])
async def test_a_new_log_in_can_be_demanded(idms: Home, changes: dict[str, str]) -> None:
    """By prompt, by age, by a stronger method."""
    browser = idms.browser()
    await browser.fill_in(await browser.ask())
    idms.clock.advance(11)
    assert (await browser.ask(**changes)).status == 200


async def test_a_session_does_not_outlive_the_account(idms: Home) -> None:
    """It is looked at each time."""
    browser = idms.browser()
    await browser.fill_in(await browser.ask())
    await change_user(idms, "alice", enabled=False)
    assert (await browser.ask()).redirected["error"] == "access_denied"


@pytest.mark.parametrize("step", ["clear_attempts", "put_session"])
async def test_a_log_in_that_is_under_way_ends_with_the_password(
    idms: Home, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whether the new one comes when the old one has just been proved, or when the session is kept already."""
    store, browser = idms.running.store, idms.browser()
    page, act = await browser.ask(), getattr(store, step)

    async def meanwhile(*arguments: Any) -> Any:
        done = await act(*arguments)
        await store.change_user("alice", lambda user: evolve(user, password_hash="new"), lambda _old, _new: True)
        return done

    monkeypatch.setattr(store, step, meanwhile)
    answer = await browser.fill_in(page)
    assert (answer.status, "location" in answer.headers) == (403, False)
    assert "__Host-val-session" not in browser.cookies
    assert "code issued" not in idms.told


@pytest.mark.parametrize("prompt", ["none", None])
async def test_a_session_that_ends_while_it_is_looked_at_gives_no_code(
    idms: Home, monkeypatch: pytest.MonkeyPatch, prompt: str | None
) -> None:
    """Who may be asked is asked."""
    store, browser = idms.running.store, idms.browser()
    await browser.fill_in(await browser.ask())
    find = store.user

    async def meanwhile(user_id: str) -> Any:
        await store.revoke_user(user_id)
        return await find(user_id)

    monkeypatch.setattr(store, "user", meanwhile)
    answer = await browser.ask(prompt=prompt)
    if prompt is None:
        assert answer.status == 200
    else:
        assert answer.redirected["error"] == "login_required"
    assert idms.told.count("code issued") == 1


async def test_each_log_in_has_a_cookie_of_its_own(idms: Home) -> None:
    """And ends the one before, so that none can be foisted on anybody (session fixation)."""
    browser = idms.browser()
    await browser.fill_in(await browser.ask())
    first = dict(browser.cookies)
    await browser.fill_in(await browser.ask(prompt="login"))
    assert browser.cookies["__Host-val-session"] != first["__Host-val-session"]
    browser.cookies = first
    assert (await browser.ask(prompt="none")).redirected["error"] == "login_required"


async def test_a_user_without_any_val_service_gets_no_code(idms: Home) -> None:
    """An ID token must name at least one (IDM-06); the client is told."""
    browser = idms.browser()
    assert (await browser.fill_in(await browser.ask(), "carol")).redirected["error"] == "access_denied"


async def test_who_cannot_be_trusted_gets_a_page(idms: Home) -> None:
    """Readable, with a status, and without a redirect."""
    browser = idms.browser()
    for changes in ({"client_id": "x"}, {"client_id": None}, {"redirect_uri": "https://evil.example/"}):
        answer = await browser.ask(**changes)
        assert (answer.status, "location" in answer.headers, "<h1>" in answer.text) == (400, False, True)
    answer = await browser.get("authorization", "/authorize?client_id=%FF")
    assert answer.status == 400
    assert (await browser.get("authorization", "/login")).status == 405


async def test_the_style_sheet_is_there(idms: Home) -> None:
    """The only thing that a page loads."""
    answer = await idms.browser().get("authorization", "/style.css")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")


async def test_an_address_of_an_app_may_be_answered(idms: Home) -> None:
    """A scheme of the app's own (RFC 8252 7.1) stands in the policy as such."""
    browser = idms.browser()
    page = await browser.ask(redirect_uri="com.example.app:/return")
    assert "form-action 'self' com.example.app:;" in page.headers["content-security-policy"]
    answer = await browser.fill_in(page)
    assert answer.headers["location"].startswith("com.example.app:/return?code=")
    assert RETURN not in answer.headers["location"]
