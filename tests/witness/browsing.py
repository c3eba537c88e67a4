"""Debian's Chromium, headless, as a witness: trusting the lab authority as a user would have it, and nobody else."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserType, Page

from tests.witness.foreign import tool

ARGUMENTS = (
    "--no-sandbox",  # where tests run as the superuser there is none to be had
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 20_000.0
"""Milliseconds after which what a page should show counts as not there: a busy machine is slow."""


@contextmanager
def chromium(kind: BrowserType, home: Path, authority: Path | None) -> Iterator[Browser]:
    """Start a browser with a home of its own, in which this authority is trusted, or none beside the usual ones."""
    program = tool("chromium")
    if authority is not None:
        _trust(home, authority)
    own = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}
    environment: dict[str, str | float | bool] = dict(own)
    browser = kind.launch(executable_path=program, args=ARGUMENTS, env=environment)
    try:
        yield browser
    finally:
        browser.close()


def complaints(page: Page) -> list[str]:
    """Give what axe-core, which is not ours, finds hard to use for somebody: contrast, names, roles, landmarks."""
    return [f"{each['id']}: {each['help']}" for each in Axe().run(page).response["violations"]]


def overflows(page: Page) -> bool:
    """Tell whether something is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def _trust(home: Path, authority: Path) -> None:
    """Put an authority into the user's store of certificates, from which Chromium takes it."""
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    for told in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "lab", "-i", str(authority)]):
        subprocess.run([tool("certutil"), "-d", f"sql:{store}", *told], check=True, timeout=20)
