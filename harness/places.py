"""Where a scenario plays: finds its lab file, and checks that the lab has whom the steps speak of."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from attrs import frozen

from harness import briefs
from harness.labs import FOLDER, LabPlan, changed_lab, read_lab
from harness.scenario import CHANGES, Scenario
from valkit.settings import Fault, SettingsError

SHIPPED = Path(__file__).parent.parent / "scenarios" / FOLDER
"""The labs that come with the project."""


def plan_for(scenario: Scenario, shown: str, chosen: Path | None = None) -> LabPlan:
    """Read the lab of a scenario, or the one chosen for the run, and check that it has whom the steps speak of."""
    path = chosen or _found(scenario, shown)
    plan = read_checked(path)
    if scenario.changes is not None:
        plan = changed_lab(path, scenario.changes, CHANGES)
        briefs.check(plan, scenario.changes, CHANGES)
    faults = list(_strangers(scenario, plan, shown))
    if faults:
        raise SettingsError(faults)
    return plan


@frozen
class _Missing:
    """Where a name is looked for and what is asked of it."""

    field: str
    known: Iterable[str]


def _strangers(scenario: Scenario, plan: LabPlan, shown: str) -> Iterator[Fault]:
    for step in scenario.steps:
        for asked in (_Missing("ue", plan.ues), _Missing("source", plan.names), _Missing("target", plan.names)):
            name = getattr(step.told, asked.field, None)
            if name is not None and name not in asked.known:
                message = f"{name} is nobody of lab {scenario.lab} (expected one of: {', '.join(sorted(asked.known))})"
                yield Fault(shown, step.line, 1, (), message)


def _found(scenario: Scenario, shown: str) -> Path:
    """Look in the folders `labs` beside the scenario and above it, then among ours."""
    folders = [*(parent / FOLDER for parent in scenario.file.resolve().parents), SHIPPED]
    path = next(
        (folder / f"{scenario.lab}.yaml" for folder in folders if (folder / f"{scenario.lab}.yaml").exists()), None
    )
    if path is None:
        raise SettingsError([Fault(shown, scenario.line, 1, ("lab",), f"there is no {FOLDER}/{scenario.lab}.yaml")])
    return path


@cache
def read_checked(path: Path) -> LabPlan:
    """Read a lab file and check what its programs would be told; SettingsError with every fault."""
    plan, document = read_lab(path)
    briefs.check(plan, document)
    return plan
