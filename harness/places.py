"""Where a scenario plays: finds its lab file, and checks that the lab has whom the steps speak of."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from harness import briefs, lab_files
from harness.files import text_of
from harness.lab_files import NoSuchLab, lab_file
from harness.labs import LabPlan, changed_lab, read_lab
from harness.scenario import CHANGES, Scenario, read
from harness.vocabulary import Step, every, parts_of, suggestion, within
from valkit.settings import Fault, SettingsError

SHIPPED = lab_files.SHIPPED
"""The labs that come with the project."""


def staged(path: Path, shown: str, chosen: Path | None = None) -> tuple[tuple[Scenario, LabPlan], ...]:
    """Read every scenario of a file, each with its lab; SettingsError with every fault."""
    faults: list[Fault] = []
    found: list[tuple[Scenario, LabPlan]] = []
    for scenario in read(text_of(path, shown), path, shown, faults):
        try:
            found.append((scenario, plan_for(scenario, chosen)))
        except SettingsError as error:
            faults += error.faults
    if faults:
        raise SettingsError(dict.fromkeys(faults))
    return tuple(found)


def plan_for(scenario: Scenario, chosen: Path | None = None) -> LabPlan:
    """Read the lab of a scenario, or the one chosen for the run, and check that it has whom the steps speak of."""
    path = chosen or _found(scenario)
    plan = read_checked(path)
    if scenario.changes:
        plan = changed_lab(path, scenario.document, CHANGES)
        briefs.check(plan, scenario.document, CHANGES)
    faults = list(_strangers(scenario, plan))
    if faults:
        raise SettingsError(faults)
    return plan


def _strangers(scenario: Scenario, plan: LabPlan) -> Iterator[Fault]:
    """Tell of each name and each public identity that nobody has."""
    impus = frozenset(impu for ue in plan.phones.values() for impu in ue.impus) | _given(scenario)
    for step in every(scenario.steps):
        expects = step.verb.name.startswith("expect.")
        for place, told in parts_of(step):
            known = {
                "ue": plan.phones,
                "program": plan.programs,
                **dict.fromkeys(("source", "target", "by", "at"), plan.names),
            }
            for field, there in (known | ({"impu": impus} if expects else {})).items():
                name = getattr(told, field, None)
                if isinstance(name, str) and name not in there:
                    message = f"{name} is nobody of lab {scenario.lab} ({suggestion(name, there)})"
                    written = type(told).model_fields[field].alias or field
                    yield step.document.fault(within(place, written, step.document), message)


def _given(scenario: Scenario) -> frozenset[str]:
    """Name the public identities that phones of this script are told to use."""
    return frozenset(filter(None, (getattr(step.told, "impu", None) for step in _acts(scenario))))


def _acts(scenario: Scenario) -> Iterator[Step]:
    return (step for step in every(scenario.steps) if not step.verb.name.startswith("expect."))


def _found(scenario: Scenario) -> Path:
    """Look beside the scenario and above it, then among ours."""
    try:
        return lab_file(scenario.lab, scenario.file)
    except NoSuchLab as error:
        raise SettingsError([scenario.document.fault(("lab",), str(error))]) from error


@cache
def read_checked(path: Path) -> LabPlan:
    """Read a lab file and check what its programs would be told; SettingsError with every fault."""
    plan, document = read_lab(path)
    briefs.check(plan, document)
    return plan
