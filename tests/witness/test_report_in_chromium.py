"""Debian's Chromium opens a report as a file, on each kind of screen: by mouse, by keyboard, without scripts, on paper.

Pictures of what it saw are kept in the folder that VAL_PICTURES names; else they go with the tests' other files.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from harness.report.folder import read
from tests.harness.test_plugin import BAD
from tests.witness.browsing import PATIENCE, chromium, complaints, overflows

expect.set_options(timeout=PATIENCE)

SCREENS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "wide-dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "narrow-dark": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": "dark"},
}
SCENARIOS = Path(__file__).parents[2] / "scenarios"
FIGURE = "token in REGISTER, figure 5.X.3.2.2-1 whole"
FAILED = "it registers"

pytestmark = pytest.mark.xdist_group("chromium")


@define(slots=False)
class Desk:
    """A browser with a report on disk."""

    browser: Browser
    report: Path
    pictures: Path
    open: list[BrowserContext] = field(factory=list)
    heard: list[str] = field(factory=list)
    """Whatever the browser complained of, or asked the network for."""

    def page(self, address: str = "", **how: Any) -> Page:
        """Open the report."""
        self.open.append(self.browser.new_context(**how))
        page = self.open[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: self.heard.append(message.text))
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.on("request", self._asked)
        page.goto(f"file://{self.report}{address}")
        return page

    def picture(self, page: Page, name: str) -> None:
        """Keep what is on the screen."""
        page.screenshot(path=self.pictures / f"report-{name}.png")

    def close(self) -> None:
        """Close every page; none may have asked for anything but itself, or complained."""
        for context in self.open:
            context.close()
        self.open.clear()
        assert self.heard == []

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(f"file://{self.report}"):
            self.heard.append(request.url)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Play enough for a report of which a part is packed, and start the browser, once for all tests."""
    folder = tmp_path_factory.mktemp("report")
    pictures = Path(os.environ.get("VAL_PICTURES") or folder / "pictures")
    pictures.mkdir(parents=True, exist_ok=True)
    (folder / "bad.yaml").write_text(BAD)
    played = [str(SCENARIOS / "figures"), str(SCENARIOS / "publication"), str(folder / "bad.yaml")]
    command = [sys.executable, "-m", "harness", "run", *played, "--report", str(folder / "report")]
    subprocess.run(command, check=False, capture_output=True, cwd=folder)
    with sync_playwright() as playwright, chromium(playwright.chromium, folder, None) as browser:
        yield Desk(browser, folder / "report" / "report.html", pictures)


@pytest.fixture
def desk(furnished: Desk) -> Iterator[Desk]:
    """Give the desk, with nothing open."""
    yield furnished
    furnished.close()


def scenario(page: Page, name: str) -> Locator:
    """Find a scenario by its name."""
    return page.locator(".scenario").filter(has=page.locator("summary .name", has_text=name))


def panel(page: Page) -> Locator:
    """Find where messages are shown."""
    return page.locator("#panel")


@pytest.mark.parametrize("screen", SCREENS)
def test_people_read_a_report(desk: Desk, screen: str) -> None:
    """Cause first, then a scenario, its ladder, a message with its token; axe has nothing to complain of anywhere."""
    page = desk.page(**SCREENS[screen])
    expect(page.get_by_role("heading", level=1)).to_contain_text("scenarios failed")
    expect(page.get_by_text("an answer 403").first).to_be_in_viewport()
    desk.picture(page, f"{screen}-1-top")
    assert (overflows(page), complaints(page)) == (False, [])
    one = scenario(page, FIGURE)
    one.locator("summary").click()
    expect(one.locator(".ladder")).to_be_visible()
    expect(one.get_by_text("Bindings over time")).to_be_visible()
    one.locator(".arrow").filter(has=page.locator(".step", has_text="5")).first.scroll_into_view_if_needed()
    desk.picture(page, f"{screen}-2-ladder")
    assert (overflows(page), complaints(page)) == (False, [])
    one.locator(".arrow").filter(has=page.locator(".step", has_text="9")).click()
    expect(panel(page).get_by_role("heading", name="REGISTER")).to_be_visible()
    expect(panel(page).get_by_role("row", name="val_user_id alice")).to_be_visible()
    desk.picture(page, f"{screen}-3-message")
    assert (overflows(page), complaints(page)) == (False, [])
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()


def test_every_message_of_a_ladder_can_be_read(desk: Desk) -> None:
    """One after the other by the buttons: SIP with its headers, HTTP with its fields, no secret in any."""
    page = desk.page()
    one = scenario(page, FIGURE)
    one.locator("summary").click()
    arrows = one.locator(".arrow")
    arrows.first.click()
    seen = []
    for at in range(arrows.count()):
        expect(arrows.nth(at)).to_have_class(re.compile(r"\blit\b"))
        seen.append(panel(page).inner_text())
        if at + 1 < arrows.count():
            page.get_by_role("button", name="Message after").click()
    expect(page.get_by_role("button", name="Message after")).to_be_disabled()
    [wanted] = [each for each in read(desk.report.parent).scenarios if each.name == FIGURE]
    assert len(set(seen)) == len(seen) == sum(event.kind == "message" for event in wanted.events)
    assert any("Call-ID" in text for text in seen)
    assert any("grant_type" in text for text in seen)


def test_nothing_needs_a_mouse(desk: Desk) -> None:
    """An arrow is a link: tab, enter, escape, and the focus is back where it was."""
    page = desk.page()
    one = scenario(page, FAILED)
    one.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(one.locator(".ladder")).to_be_visible()
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement.matches('.arrow')"):
        page.keyboard.press("Tab")
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert name == "REGISTER, UE alice to P-CSCF"
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("heading", name="REGISTER")).to_be_focused()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == name


def test_a_message_has_an_address(desk: Desk) -> None:
    """Opened again, or sent to somebody, it leads to the same message; and back goes back."""
    page = desk.page()
    page.get_by_role("link", name=FAILED, exact=True).first.click()
    one = scenario(page, FAILED)
    expect(one).to_have_attribute("open", "")
    one.locator(".arrow").first.click()
    address = page.evaluate("location.hash")
    again = desk.page(address)
    expect(panel(again).get_by_role("heading", name="REGISTER")).to_be_visible()
    assert panel(again).inner_text() == panel(page).inner_text()


@pytest.mark.parametrize("screen", ["wide", "narrow"])
def test_a_link_leads_to_its_scenario(desk: Desk, screen: str) -> None:
    """To its very top, though nothing between was on the screen before."""
    page = desk.page(**SCREENS[screen])
    page.locator(".lines summary").filter(has_text="PUB-03").click()
    page.locator(".lines details[open] a").last.click()
    one = page.locator(f"[id='{page.evaluate('location.hash.slice(1)')}']")
    expect(one.locator(".ladder")).to_be_visible()
    page.wait_for_function("one => Math.abs(one.getBoundingClientRect().top - 16) < 2", arg=one.element_handle())


def test_steps_and_times_stay_where_a_ladder_is_scrolled(desk: Desk) -> None:
    """To the last lifeline and back."""
    page = desk.page(**SCREENS["narrow"])
    one = scenario(page, FIGURE)
    one.locator("summary").click()
    chip, place = one.locator(".chip").first, one.locator(".ladder")
    expect(chip).to_be_attached()
    left = "one => one.getBoundingClientRect().left"
    before = chip.evaluate(left)
    for to in (10_000, 0):
        place.evaluate("(one, to) => one.scrollTo({left: to, behavior: 'instant'})", to)
        assert (place.evaluate("one => one.scrollLeft") > 0) == (to > 0)
        page.wait_for_function(
            "([one, before]) => Math.abs(one.getBoundingClientRect().left - before) < 1",
            arg=[chip.element_handle(), before],
        )


def test_what_is_written_at_an_arrow_stays_on_the_screen(desk: Desk) -> None:
    """At both ends of a ladder that is broader than the screen: of an arrow that goes all the way, its name is seen."""
    page = desk.page(**SCREENS["narrow"])
    one = scenario(page, FIGURE)
    one.locator("summary").click()
    place, name = one.locator(".ladder"), one.locator(".arrow.http .label", has_text="GET /authorize")
    middle = "one => { const at = one.getBoundingClientRect(); return (at.left + at.right) / 2 }"
    expect(name).to_be_attached()
    for to in (0, 300, 10_000):
        place.evaluate("(one, to) => one.scrollTo({left: to, behavior: 'instant'})", to)
        page.wait_for_function(
            f"one => {{ const x = ({middle})(one); return 100 < x && x < 370 }}", arg=name.element_handle()
        )


def test_a_ladder_is_not_shrunk_by_an_open_message(desk: Desk) -> None:
    """On a screen without room for both beside each other the message lies beneath, and the arrow is still seen."""
    page = desk.page(viewport={"width": 1280, "height": 900})
    one = scenario(page, FIGURE)
    one.locator("summary").click()
    svg = one.locator(".ladder .rows")
    expect(svg).to_be_visible()
    before = svg.evaluate("one => one.getBoundingClientRect().width")
    arrow = one.locator(".arrow").last
    arrow.click()
    expect(panel(page).get_by_role("heading", level=2)).to_be_visible()
    assert svg.evaluate("one => one.getBoundingClientRect().width") == before
    page.wait_for_function(
        "arrow => arrow.querySelector('.shaft').getBoundingClientRect().bottom"
        " < document.getElementById('panel').getBoundingClientRect().top",
        arg=arrow.element_handle(),
    )


def test_requirements_are_whole_on_a_narrow_screen(desk: Desk) -> None:
    """Their texts are wrapped there, not cut."""
    page = desk.page(**SCREENS["narrow"])
    cut = page.locator(".lines .sentence").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth).length"
    )
    assert cut == 0


def test_scenarios_are_found(desk: Desk) -> None:
    """By words, by verdict, by requirement; what does not fit is not shown, and nothing found is said so."""
    page = desk.page()
    shown = page.locator(".scenario:visible")
    whole = shown.count()
    page.get_by_label("Search").fill("TOKEN register 5.x.3.2.2-1")
    expect(shown).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text(f"1 of {whole} scenarios")
    page.get_by_label("Search").fill("")
    page.get_by_role("combobox", name="Verdict").select_option("failed")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text(FAILED)
    page.get_by_role("combobox", name="Requirement").select_option("PUB-01")
    expect(page.get_by_text("No scenario fits.")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(shown).to_have_count(whole)


def test_without_scripts_the_essentials_are_there(desk: Desk) -> None:
    """What failed, why, its ladder; requirements and their scenarios; a ladder that is packed says so."""
    page = desk.page(java_script_enabled=False)
    expect(page.get_by_text("an answer 403").first).to_be_visible()
    scenario(page, FAILED).locator("summary").click()
    expect(scenario(page, FAILED).locator(".ladder")).to_be_visible()
    page.locator(".lines summary", has_text="REG-01").click()
    expect(page.locator(".lines details[open]").get_by_role("link", name=FIGURE)).to_be_visible()
    scenario(page, FIGURE).locator("summary").click()
    expect(scenario(page, FIGURE).get_by_text("it needs JavaScript")).to_be_visible()
    expect(page.get_by_label("Search")).to_be_hidden()
    desk.heard.clear()  # Chromium says that a script was not run


def test_a_report_prints(desk: Desk) -> None:
    """Without what can only be clicked, and with nothing cut off at the side."""
    page = desk.page()
    scenario(page, FIGURE).locator("summary").click()
    expect(scenario(page, FIGURE).locator(".ladder")).to_be_visible()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    expect(page.get_by_label("Search")).to_be_hidden()
    ladder = scenario(page, FIGURE).locator(".ladder")
    assert ladder.evaluate("each => each.scrollWidth <= each.clientWidth")
    page.pdf(path=desk.pictures / "report.pdf")
    desk.picture(page, "printed")


def test_a_script_that_slipped_in_would_not_run(desk: Desk) -> None:
    """The policy of the page allows its own and no other, and no address to send anything to."""
    page = desk.page()
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.evil = 1'}))")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://127.0.0.1:1/'}))")
    assert page.evaluate("window.evil") is None
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert len([each for each in desk.heard if "Content Security Policy" in each]) == 2
    desk.heard.clear()
