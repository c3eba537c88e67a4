"""Where a scenario plays: finds its lab file, and checks that the lab has whom the steps speak of."""

from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from harness.errors import NotApplicable
from harness.expect.binding import AtValServer
from harness.expect.event import Happened
from harness.grammar import lab_files
from harness.grammar.captured import REFERENCE
from harness.grammar.files import as_written, text_of
from harness.grammar.lab_files import NoSuchLab, lab_file
from harness.grammar.vocabulary import Arguments, Step, every, parts_of, suggestion, within
from harness.language.scenario import CHANGES, Scenario, read
from harness.plans import proofreading
from harness.plans.lab import LabPlan, changed_lab, read_lab
from harness.seen.cast import UE, apart
from valkit.settings import Fault, SettingsError
from valkit.settings import Path as Where

SHIPPED = lab_files.SHIPPED
"""The labs that come with the project."""


class Staged(NamedTuple):
    """A scenario with the lab that it plays in."""

    scenario: Scenario
    plan: LabPlan
    unfit: str = ""
    """Why the lab that was chosen for the run cannot play it; empty where it can."""


def staged(path: Path, shown: str, chosen: Path | None = None) -> tuple[Staged, ...]:
    """Read every scenario of a file, each with its lab; SettingsError with every fault.

    A lab that was chosen for the run need not have what every scenario speaks of: one that it does not fit is told so.
    """
    faults: list[Fault] = []
    found: list[Staged] = []
    for scenario in read(text_of(path, shown), path, shown, faults):
        try:
            found.append(_staged(scenario, chosen))
        except SettingsError as error:
            faults += error.faults
    if faults:
        raise SettingsError(dict.fromkeys(faults))
    return tuple(found)


def _staged(scenario: Scenario, chosen: Path | None) -> Staged:
    try:
        return Staged(scenario, plan_for(scenario, chosen))
    except NotApplicable as reason:
        assert chosen is not None  # a scenario's own lab has a fault if it does not fit
        return Staged(scenario, read_checked(chosen), str(reason))


def plan_for(scenario: Scenario, chosen: Path | None = None) -> LabPlan:
    """Read the lab of a scenario, or the one chosen for the run, and check that it has whom the steps speak of.

    Raises NotApplicable where it is the chosen one that does not fit, SettingsError for every other fault.
    """
    path = chosen or _found(scenario)
    plan = read_checked(path)
    try:
        return _fitting(scenario, path, plan)
    except SettingsError as error:
        if chosen is None:
            raise
        raise NotApplicable(f"the lab {as_written(chosen)} does not fit this scenario: {error.faults[0]}") from error


def _fitting(scenario: Scenario, path: Path, plan: LabPlan) -> LabPlan:
    """Give the lab with what the scenario changes in it; SettingsError with that and with whom the steps speak of."""
    faults: list[Fault] = []
    if scenario.changes:
        try:
            plan = changed_lab(path, scenario.document, CHANGES)
            proofreading.check(plan, scenario.document, CHANGES)
        except SettingsError as error:
            faults += error.faults
    if not (faults and scenario.document.has((*CHANGES, "ues"))):  # else nobody knows who there is
        faults += _strangers(scenario, plan, path.stem)
    if faults:
        raise SettingsError(faults)
    return plan


def _strangers(scenario: Scenario, plan: LabPlan, lab: str) -> Iterator[Fault]:
    """Tell of each name and each public identity that nobody has."""
    phones, names = plan.phones, plan.names
    acting: dict[str, Collection[str]] = {
        "ue": phones,
        "nonce_of": phones,
        "past_core": plan.sip_servers,
        "program": plan.programs,
        **dict.fromkeys(("source", "target", "by", "at"), names),
    }
    expecting = acting | {"impu": frozenset(impu for ue in phones.values() for impu in ue.impus) | _given(scenario)}
    for step in every(scenario.steps):
        for place, told in parts_of(step):
            for field, there in (expecting if step.expects else acting).items():
                name = getattr(told, field, None)
                if isinstance(name, str) and name not in there:
                    who = "cannot be named here" if name in names - {UE} else f"is nobody of lab {lab}"
                    message = f"{name} {who} ({suggestion(name, there)})"
                    written = type(told).model_fields[field].alias or field
                    yield step.document.fault(within(place, written, step.document), message)
            yield from _strange_services(step, place, told, plan)
            if step.denies and isinstance(told, Happened):
                yield from _strange_identity(step, place, told, expecting["impu"], lab)


def _strange_identity(step: Step, place: Where, told: Happened, known: Collection[str], lab: str) -> Iterator[Fault]:
    """Tell of a public identity that nobody has, of which something is not to be noted."""
    impu = told.fields.get("impu")
    if impu is not None and impu not in known and not REFERENCE.search(impu):
        at = (*within(place, "fields", step.document), "impu")
        yield step.document.fault(at, f"{impu} is nobody of lab {lab} ({suggestion(impu, known)})")


def _strange_services(step: Step, place: Where, told: Arguments, plan: LabPlan) -> Iterator[Fault]:
    """Tell of a VAL service that the settings of the VAL server do not name: nobody is ever bound in it."""
    if not isinstance(told, AtValServer) or told.at not in plan.programs:
        return
    server = plan.domains[apart(told.at)[0]].valserver
    several = server.settings.get("services")
    named = [each["name"] for each in several if isinstance(each, dict) and "name" in each] if several else []
    service = getattr(told, "service", None)
    if server.external is None and service and service not in named:
        there = suggestion(service, named) if named else "its settings have no `services`; expected none"
        why = f"{service} is no service of {told.at} ({there})"
        yield step.document.fault(within(place, "service", step.document), why)


def _given(scenario: Scenario) -> frozenset[str]:
    """Name the public identities that phones of this script are told to use."""
    return frozenset(filter(None, (getattr(step.told, "impu", None) for step in _acts(scenario))))


def _acts(scenario: Scenario) -> Iterator[Step]:
    return (step for step in every(scenario.steps) if not step.expects)


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
    proofreading.check(plan, document)
    return plan
