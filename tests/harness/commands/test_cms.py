"""`val cms` and `val gms`, as a user starts them."""

from pathlib import Path

import pytest

from tests.harness.commands.documented import config
from tests.harness.commands.serving_alone import program, refused


@pytest.mark.parametrize("kind", ["cms", "gms"])
def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, kind: str) -> None:
    """And says where."""
    with program(kind, config(tmp_path, kind)) as addresses:
        assert set(addresses) == {kind, "admin"}
        assert addresses[kind].startswith("https://127.0.0.")


@pytest.mark.parametrize("kind", ["cms", "gms"])
def test_a_file_that_is_wrong_is_told(tmp_path: Path, kind: str) -> None:
    """2, with the line."""
    path = tmp_path / "wrong.yaml"
    path.write_text("access: {}\n")
    code, says = refused(kind, path)
    assert (code, "wrong.yaml:1:1: access.tokens: is missing" in says) == (2, True)
