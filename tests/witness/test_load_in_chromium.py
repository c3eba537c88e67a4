"""Debian's Chromium opens the page of a load as a file, on each kind of screen: all of it is there to be read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from harness.load.page import page as written
from harness.load.verdict import Limits
from tests.harness.load.results import result
from tests.witness.browsing import PATIENCE, chromium, complaints, overflows
from tests.witness.test_report_in_chromium import SCREENS

expect.set_options(timeout=PATIENCE)
pytestmark = pytest.mark.xdist_group("chromium")

SMALLEST = 11
"""Pixels of letters that can be read."""
LETTERS = """found => found.map(each => parseFloat(getComputedStyle(each).fontSize) * each.getScreenCTM().a)"""
"""How large the letters of a picture are on the screen."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start the browser, once for all tests."""
    with sync_playwright() as playwright, chromium(playwright.chromium, tmp_path_factory.mktemp("home"), None) as made:
        yield made


@pytest.mark.parametrize("screen", SCREENS)
def test_all_of_a_load_can_be_read(browser: Browser, tmp_path: Path, screen: str) -> None:
    """Nothing is cut off or as small as the screen is, and axe has nothing to complain of."""
    (tmp_path / "load.html").write_text(written(result(Limits(p99=0.02))), "utf-8")
    with browser.new_context(**SCREENS[screen]) as context:
        page = context.new_page()
        heard: list[str] = []
        page.on("console", lambda message: heard.append(message.text))
        page.goto(f"file://{tmp_path / 'load.html'}")
        expect(page.get_by_role("heading", name="1 of 6 journeys failed")).to_be_visible()
        expect(page.get_by_role("img")).to_have_count(3)
        assert not overflows(page)
        assert all(page.locator(".wide").evaluate_all("each => each.map(it => it.scrollWidth <= it.clientWidth)"))
        assert min(page.locator(".plot text").evaluate_all(LETTERS)) >= SMALLEST
        assert (complaints(page), heard) == ([], [])
