"""The pytest plugin: scenario files become test items. Where there are none, it does nothing and imports nothing.

Installed, it is loaded into every pytest run on the machine, so it looks at a file before it takes it for its own, and
leaves everything else to `harness.run.items`, which it imports when the first scenario file is found.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

import pytest

from harness.run.carried import ACCOUNT, EVERY_FILE, TOLD
from ue_sim.engines import EngineName

VERB = r"(?:(?:clock|cms|core|expect|fault|gms|idms|kms|program|seal|token|ue|valserver)\.[a-z_]+|include|parallel)"
GAP = r"(?:\s|(?<=\s)#[^\n]*\n)*"
"""What may stand between two words: blanks, line breaks and comments."""
SCRIPT = re.compile(
    rf"""^(?P<quote>["']?)steps(?P=quote)[ \t]*:(?=\s|\[){GAP}"""
    rf"""(?:-(?=\s)|\[){GAP}(?:\{{{GAP})?(?P<mark>["']?){VERB}(?P=mark)\s*:""",
    re.MULTILINE,
)
"""What no other YAML file has: `steps:` and in its list, in whichever of YAML's ways it is written, a verb of ours
first, or steps that are shared or go on at once."""

BESIDE = frozenset({"labs", "shared"})
"""Folders beside scenarios: of labs, and of steps that scenarios share."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run choose the lab, and the SIP stack of its phones."""
    group = parser.getgroup("val", "scenarios of a VAL server and its core")
    group.addoption("--val-pcap", metavar="FOLDER", type=Path, help="write a capture of each scenario into this folder")
    group.addoption("--val-lab", metavar="FILE", type=Path, help="play every scenario in this lab, whatever it names")
    group.addoption("--val-seed", metavar="SEED", default="", help="play the same bytes each time, but for addresses")
    group.addoption(
        "--val-engine",
        choices=[each.value for each in EngineName],
        help="the SIP stack of every phone, whatever the lab says",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Give what a scenario tells of itself to the report of its playing."""
    report = yield
    if call.when == "call" and ACCOUNT in item.stash:
        vars(report)[TOLD] = item.stash[ACCOUNT]
    return report


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the file if it is a script of ours."""
    if file_path.suffix not in {".yaml", ".yml"} or file_path.parent.name in BESIDE:
        return None
    if not (parent.config.stash.get(EVERY_FILE, False) or _is_script(file_path)):
        return None
    from harness.run.items import ScenarioFile  # noqa: PLC0415  it loads the whole harness

    return ScenarioFile.from_parent(parent, path=file_path)


def _is_script(path: Path) -> bool:
    try:
        return SCRIPT.search(path.read_text("utf-8-sig")) is not None
    except (OSError, UnicodeDecodeError):
        return False
