"""Where a scenario plays: finds its lab file, and checks that the lab has whom the steps speak of."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from harness import briefs
from harness.files import text_of
from harness.labs import FOLDER, LabPlan, changed_lab, read_lab
from harness.scenario import CHANGES, Scenario, read
from harness.vocabulary import Arguments, Step
from valkit.settings import Fault, SettingsError

SHIPPED = Path(__file__).parent.parent / "scenarios" / FOLDER
"""The labs that come with the project."""


def staged(path: Path, shown: str, chosen: Path | None = None) -> tuple[tuple[Scenario, LabPlan], ...]:
    """Read every scenario of a file, each with its lab; SettingsError with every fault."""
    faults: list[Fault] = []
    found: list[tuple[Scenario, LabPlan]] = []
    for scenario in read(text_of(path, shown), path, shown, faults):
        try:
            found.append((scenario, plan_for(scenario, shown, chosen)))
        except SettingsError as error:
            faults += error.faults
    if faults:
        raise SettingsError(dict.fromkeys(faults))
    return tuple(found)


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


def _strangers(scenario: Scenario, plan: LabPlan, shown: str) -> Iterator[Fault]:
    """Tell of each name and each public identity that nobody has."""
    impus = frozenset(impu for ue in plan.ues.values() for impu in ue.impus) | _given(scenario)
    for step in scenario.steps:
        expects = step.verb.name.startswith("expect.")
        for told in _parts(step.told):
            known = {"ue": plan.ues, "source": plan.names, "target": plan.names, "by": plan.names}
            for field, there in (known | ({"impu": impus} if expects else {})).items():
                name = getattr(told, field, None)
                if isinstance(name, str) and name not in there:
                    there_are = f"expected one of: {', '.join(sorted(there))}"
                    message = f"{name} is nobody of lab {scenario.lab} ({there_are})"
                    yield Fault(shown, step.line, 1, (), message)


def _given(scenario: Scenario) -> frozenset[str]:
    """Name the public identities that phones of this script are told to use."""
    return frozenset(filter(None, (getattr(step.told, "impu", None) for step in _acts(scenario))))


def _acts(scenario: Scenario) -> Iterator[Step]:
    return (step for step in scenario.steps if not step.verb.name.startswith("expect."))


def _parts(told: Arguments) -> Iterator[Arguments]:
    """Give what a step is told and all that stands within it."""
    yield told
    for field in type(told).model_fields:
        value = getattr(told, field)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Arguments):
                yield from _parts(inner)


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
