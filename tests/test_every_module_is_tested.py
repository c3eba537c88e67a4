"""The tests repeat the tree: a module without a test module of its own is a module nobody vouches for."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("valkit", "valserver", "sipcore_stub", "ue_sim", "seal", "harness")

MODULES = sorted(
    path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.stem != "__init__"
)


def partner(module: Path) -> Path:
    """Where the tests of this module stand: tests/<its folder>/test_<its name>.py."""
    return Path("tests") / module.parent / f"test_{module.stem.strip('_')}.py"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_has_a_test_module(module: Path) -> None:
    """Every module of the product has its partner under tests/."""
    assert (ROOT / partner(module)).exists(), f"{partner(module)} is missing"
