"""A configuration and a group management server for each test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred

from tests.seal.management.parts import Scene, Start, serve


def _starting(kind: str, folder: Path) -> Iterator[Start]:
    scenes: list[Scene] = []

    async def start(**settings: Any) -> Scene:
        scene = await serve(kind, folder, **settings)
        scenes.append(scene)
        return scene

    yield start
    for scene in scenes:
        pytest_twisted.blockon(Deferred.fromCoroutine(scene.close()))


@pytest.fixture
def cms(tmp_path: Path) -> Iterator[Start]:
    """Start configuration management servers."""
    yield from _starting("cms", tmp_path)


@pytest.fixture
def gms(tmp_path: Path) -> Iterator[Start]:
    """Start group management servers."""
    yield from _starting("gms", tmp_path)
