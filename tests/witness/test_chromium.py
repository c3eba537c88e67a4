"""Debian's Chromium signs in at the form, fails, and is locked out: what people see, on each kind of screen.

Pictures of what it saw are kept in the folder that VAL_PICTURES names; else they go with the tests' other files.
"""

import os
import time
from base64 import b32decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import define, field
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, expect, sync_playwright

from seal.idms.proving.methods import ONE_TIME_CODE, STEP, one_time_code
from tests.witness.browsing import PATIENCE, chromium, complaints, overflows
from tests.witness.identity import PASSWORD, TOTP, Idms, idms

expect.set_options(timeout=PATIENCE)

SCREENS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 800}},
    "wide-dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 320, "height": 568}},
    "narrow-dark": {"viewport": {"width": 360, "height": 640}, "color_scheme": "dark"},
}
NOT_ACCEPTED = "The sign-in was not accepted."

pytestmark = pytest.mark.xdist_group("chromium")


class Application(BaseHTTPRequestHandler):
    """Where the browser arrives in the end."""

    def do_GET(self) -> None:
        """Greet."""
        body = b"<!doctype html><html lang=en><title>Application</title><main><h1>Welcome</h1></main></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def application() -> Iterator[str]:
    """Run the application that people sign in to; gives its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Application) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/callback"
        server.shutdown()


@define(slots=False)  # Playwright remembers its listeners at the object whose methods they are
class Desk:
    """A browser, the server it signs in at, and the application it comes from."""

    browser: Browser
    server: Idms
    back: str
    pictures: Path
    open: list[BrowserContext] = field(factory=list)
    refused: list[str] = field(factory=list)
    """What the browser would not do because a content security policy forbids it."""

    def page(self, **how: Any) -> Page:
        """Open a page in a browser that has never been here."""
        self.open.append(self.browser.new_context(**how))
        page = self.open[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", self._heard)
        return page

    def ask(self, page: Page, **changes: str) -> Page:
        """Follow the application's link to the form."""
        asked = {
            "response_type": "code",
            "client_id": "foreign",
            "redirect_uri": self.back,
            "scope": "openid",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
        } | changes
        page.goto(f"{self.server.authorization}/authorize?{urlencode(asked)}")
        return page

    def picture(self, page: Page, name: str) -> None:
        """Keep what is on the screen."""
        page.screenshot(path=self.pictures / f"{name}.png")

    def close(self) -> None:
        """Close every page; none may have tried what it must not."""
        for context in self.open:
            context.close()
        self.open.clear()
        assert self.refused == []

    def _heard(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.refused.append(message.text)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Start the server and the browser, once for all tests."""
    folder = tmp_path_factory.mktemp("chromium")
    pictures = Path(os.environ.get("VAL_PICTURES") or folder / "pictures")
    pictures.mkdir(parents=True, exist_ok=True)
    with (
        sync_playwright() as playwright,
        idms(folder) as server,
        application() as back,
        chromium(playwright.chromium, folder, server.authority) as browser,
    ):
        yield Desk(browser, server, back, pictures)


@pytest.fixture
def desk(furnished: Desk) -> Iterator[Desk]:
    """Give the desk, with nothing open."""
    yield furnished
    furnished.close()


def sign_in(page: Page, name: str, password: str, code: str | None = None) -> None:
    """Fill in the form by its labels and send it."""
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    if code is not None:
        page.get_by_label("One-time code").fill(code)
    button(page).click()


def button(page: Page) -> Locator:
    """Find the button."""
    return page.get_by_role("button", name="Sign in")


def arrived(page: Page, desk: Desk) -> None:
    """Check that the browser is back at the application, with a code."""
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    assert page.url.startswith(f"{desk.back}?code=")


def refused(page: Page, name: str) -> None:
    """Check that the page tells what is wrong, to eyes and ears, and lets one go on typing."""
    expect(page.get_by_role("alert")).to_contain_text(NOT_ACCEPTED)
    expect(page).to_have_title("Not signed in - Sign in")
    user, password = page.get_by_label("User name"), page.get_by_label("Password")
    expect(user).to_have_value(name)
    expect(password).to_have_value("")
    expect(password).to_be_focused()
    for each in (user, password):
        expect(each).to_have_accessible_description(page.get_by_role("alert").inner_text())
        expect(each).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("screen", SCREENS)
def test_people_sign_in(desk: Desk, screen: str) -> None:
    """After one wrong password, on each screen: nothing is cut off, and axe has nothing to complain of."""
    page = desk.ask(desk.page(**SCREENS[screen]))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_text("to go on to Dispatch desk")).to_be_visible()
    expect(page.get_by_label("User name")).to_be_focused()
    expect(button(page)).to_be_in_viewport()
    desk.picture(page, f"{screen}-1-form")
    assert (overflows(page), complaints(page)) == (False, [])
    sign_in(page, "alice", "not the password")
    refused(page, "alice")
    desk.picture(page, f"{screen}-2-refused")
    assert (overflows(page), complaints(page)) == (False, [])
    sign_in(page, "alice", PASSWORD)
    arrived(page, desk)
    arrived(desk.ask(page), desk)  # the form is not shown again


def test_a_name_is_locked_after_failures(desk: Desk) -> None:
    """Whether it is anybody's or not, the page says the same, and the right password changes nothing."""
    page = desk.page()
    for name in ("bob", "nobody"):
        desk.ask(page)
        for _ in range(3):
            sign_in(page, name, "not the password")
            refused(page, name)
        sign_in(page, name, PASSWORD)
        refused(page, name)
    desk.picture(page, "locked")


def test_a_one_time_code_is_asked_for_where_the_application_wants_it(desk: Desk) -> None:
    """By acr_values; a code is good for one log-in."""
    page = desk.ask(desk.page(**SCREENS["narrow"]), acr_values=ONE_TIME_CODE)
    expect(page.get_by_label("One-time code")).to_have_attribute("inputmode", "numeric")
    desk.picture(page, "one-time-code")
    assert (overflows(page), complaints(page)) == (False, [])
    code = one_time_code(b32decode(TOTP), int(time.time() // STEP))
    sign_in(page, "alice", PASSWORD, code)
    arrived(page, desk)
    again = desk.ask(desk.page(), acr_values=ONE_TIME_CODE)
    sign_in(again, "alice", PASSWORD, code)
    refused(again, "alice")
    sign_in(desk.ask(again), "alice", PASSWORD)
    arrived(again, desk)


def test_nothing_needs_a_script(desk: Desk) -> None:
    """With JavaScript switched off all is the same."""
    page = desk.ask(desk.page(java_script_enabled=False))
    sign_in(page, "alice", "not the password")
    expect(page.get_by_role("alert")).to_contain_text(NOT_ACCEPTED)
    sign_in(page, "alice", PASSWORD)
    arrived(page, desk)


def test_nothing_needs_a_mouse(desk: Desk) -> None:
    """Type, tab, type, enter; what has the focus shows it."""
    page = desk.ask(desk.page())
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type("alice")
    page.keyboard.press("Tab")
    page.keyboard.type("not the password")
    page.keyboard.press("Tab")
    expect(button(page)).to_be_focused()
    expect(button(page)).to_have_css("outline-style", "solid")
    desk.picture(page, "keyboard")
    page.keyboard.press("Enter")
    refused(page, "alice")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    arrived(page, desk)


@pytest.mark.parametrize("screen", ["wide", "narrow-dark"])
def test_people_sign_out(desk: Desk, screen: str) -> None:
    """They are asked first; then there is a form again."""
    page = desk.ask(desk.page(**SCREENS[screen]))
    sign_in(page, "alice", PASSWORD)
    arrived(page, desk)
    page.goto(f"{desk.server.authorization}/logout")
    expect(page.get_by_text("You are signed in as alice.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_be_focused()
    desk.picture(page, f"{screen}-sign-out")
    assert (overflows(page), complaints(page)) == (False, [])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Signed out")).to_be_visible()
    desk.picture(page, f"{screen}-signed-out")
    assert (overflows(page), complaints(page)) == (False, [])
    expect(button(desk.ask(page))).to_be_visible()


@pytest.mark.parametrize("screen", SCREENS)
def test_an_application_that_nobody_knows_is_told_so_to_the_person(desk: Desk, screen: str) -> None:
    """A page to read, and nowhere to go."""
    page = desk.ask(desk.page(**SCREENS[screen]), client_id="nobody")
    expect(page.get_by_role("heading", name="This request cannot be answered")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("not known here")
    desk.picture(page, f"{screen}-error")
    assert (overflows(page), complaints(page)) == (False, [])


def test_a_page_can_be_made_to_do_nothing_else(desk: Desk) -> None:
    """A script or a picture that slipped in would be stopped by the policy, and these tests would hear of it."""
    page = desk.ask(desk.page())
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.evil = 1'}))")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://127.0.0.1:1/'}))")
    assert page.evaluate("window.evil") is None
    page.get_by_label("User name").fill("alice")
    assert len(desk.refused) == 2
    desk.refused.clear()


def test_a_browser_that_does_not_know_the_authority_does_not_come_here(desk: Desk, tmp_path: Path) -> None:
    """The others believed the certificate because the lab authority vouches for it."""
    with chromium(desk.browser.browser_type, tmp_path, None) as stranger:
        page = stranger.new_page()
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            desk.ask(page)
