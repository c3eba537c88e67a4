"""A key management server for whoever asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_twisted

from tests.seal.kms.parts import Home, home


@pytest_twisted.async_yield_fixture  # type: ignore[untyped-decorator]
async def kms(tmp_path: Path) -> AsyncIterator[Home]:
    """Give a server that runs."""
    at = await home(tmp_path)
    yield at
    await at.running.stop()
