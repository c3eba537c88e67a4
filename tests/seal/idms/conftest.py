"""A server for each test that asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_twisted

from tests.seal.idms.parts import Home, home


@pytest_twisted.async_yield_fixture  # type: ignore[untyped-decorator]
async def idms(tmp_path: Path) -> AsyncIterator[Home]:
    """Give a server that runs, with nobody logged in."""
    at = await home(tmp_path)
    yield at
    await at.running.stop()
