"""The steps of a script as they are written: verbs, steps that are shared, and branches that happen at once.

    steps:
      - include: {steps: registered, with: {ue: bob}}
      - parallel:
          - [{ue.publish: alice}, {expect.answer: 200}]
          - [{ue.deregister: bob}, {expect.answer: 200}]

`include` takes in the steps of `shared/registered.yaml`, which says under `takes` what it has to be told, and stands in
a folder `shared` beside the scenario, above it, or among ours. What is wrong there is told with its own file and line.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import define, evolve
from pydantic import Field

from harness.grammar.captured import part, spoken_of
from harness.grammar.files import document_of
from harness.grammar.matrix import TAKEN, filled, unused
from harness.grammar.vocabulary import Arguments, Item, Step, Together, suggestion, verbs
from valkit.settings import Document, Fault, Settings, SettingsError, validated
from valkit.settings import Path as Where

FOLDER = "shared"
"""Steps that several scenarios share stand in a folder of this name."""
SHIPPED = Path(__file__).parents[2] / "scenarios" / FOLDER
INCLUDE, PARALLEL = "include", "parallel"
DEEPEST = 8
"""Shared steps within shared steps."""
MOST = 10_000
"""Steps of one script, each `include` and `parallel` among them: shared steps multiply what they take in."""


class Include(Arguments):
    """Which steps are taken in, and what they are told."""

    short = "steps"

    steps: str
    """The name of a file in a folder `shared`, without its ending."""
    told: dict[str, object] = Field(default_factory=dict, alias="with")
    """What it `takes`, by name; what is not said is as that file has it."""


class Shared(Settings):
    """A file of steps that scenarios share."""

    about: str = ""
    """What they do, for a reader."""
    takes: dict[str, object] = Field(default_factory=dict)
    """What they have to be told, each with what is taken otherwise; an empty one has to be said."""
    steps: list[dict[str, object]] = Field(min_length=1)
    """The steps; `${ue}` stands for what is told as `ue`."""


def items(document: Document, file: Path, faults: list[Fault]) -> tuple[Item, ...]:
    """Read the steps of a scenario that stands at `file`; what is wrong with one is added to `faults`, all at once."""
    earlier = tuple(faults)
    try:
        return tuple(_Reading(file, faults, _Tally()).read(document, ("steps",)))
    except _TooMany as error:
        faults[:] = [*earlier, error.fault]  # those of its steps may be as many
        return ()


def check_shared(file: Path) -> None:
    """Read a file of shared steps by itself; SettingsError with every fault that shows without a scenario."""
    faults = list[Fault]()
    document = document_of(file)
    shared = _shared(document, faults)
    faults += unused(document, TAKEN)
    if None not in shared.takes.values():
        items(filled(document, shared.takes, faults), file, faults)
    if faults:
        raise SettingsError(faults)


def _shared(document: Document, faults: list[Fault]) -> Shared:
    """Read the keys of such a file; what is wrong is told, and read as if it were not there, as far as that goes."""
    try:
        return validated(Shared, document)
    except SettingsError as error:
        wrong = {fault.path[0] for fault in error.faults if fault.path}
        if not isinstance(document.value, dict) or not wrong or wrong & {"steps", "takes"}:
            raise
        faults += error.faults
        right = {key: value for key, value in document.value.items() if key not in wrong}
        return validated(Shared, evolve(document, value=right))


class _TooMany(Exception):
    """More steps than anyone plays; nothing more of the script is read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@define
class _Tally:
    """How many steps of a script have been read, wherever they stand."""

    steps: int = 0


@define
class _Reading:
    """One file with steps, and those around that took it in."""

    file: Path
    faults: list[Fault]
    tally: _Tally
    around: tuple[str, ...] = ()

    def read(self, document: Document, at: Where) -> Iterator[Item]:
        """Give every step of a list that can be read."""
        written = part(document, at) if document.has(at) else None
        for number, one in enumerate(written if isinstance(written, list) else []):
            if isinstance(one, dict):  # else it was told with the list
                try:
                    yield from self._item(one, document, (*at, number))
                except SettingsError as error:
                    self.faults += error.faults

    def _item(self, written: dict[str, object], document: Document, at: Where) -> Iterator[Item]:
        if len(written) != 1:
            message = f"names {len(written)} verbs (expected one: `- verb: arguments`)"
            raise SettingsError([document.fault(at, message)])
        [name] = written
        place = (*at, name)
        self._count(document, place)
        if name == INCLUDE:
            yield from self._included(document, place)
        elif name == PARALLEL:
            yield self._together(document, place)
        else:
            yield _step(name, document, place)

    def _count(self, document: Document, place: Where) -> None:
        self.tally.steps += 1
        if self.tally.steps > MOST:
            way = f" ({' in '.join(reversed(self.around))})" if self.around else ""
            message = f"is one step too many{way} (expected at most {MOST}, with those of what is included)"
            raise _TooMany(document.fault(place, message))

    def _together(self, document: Document, place: Where) -> Together:
        branches = part(document, place)
        if not isinstance(branches, list) or len(branches) < 2 or not all(isinstance(one, list) for one in branches):
            raise SettingsError([document.fault(place, "is no list of branches (expected two or more lists of steps)")])
        for number, branch in enumerate(branches):
            if not branch:
                self.faults.append(
                    document.fault((*place, number), "is a branch without a step (expected at least one)")
                )
        read = tuple(tuple(self.read(document, (*place, number))) for number in range(len(branches)))
        return Together(read, place, document)

    def _included(self, document: Document, place: Where) -> Iterator[Item]:
        told = validated(Include, document, place)
        if told.steps in self.around or len(self.around) >= DEEPEST:
            way = " in ".join([told.steps, *reversed(self.around)])
            raise SettingsError([document.fault(place, f"takes itself in, or too deep ({way})")])
        file = self._found(told.steps, document, place)
        shared = document_of(file)
        chosen = self._chosen(_shared(shared, self.faults), told, document, place)
        self.faults += unused(shared, TAKEN)
        within = _Reading(file, self.faults, self.tally, (*self.around, told.steps))
        yield from within.read(filled(shared, chosen, self.faults), ("steps",))

    def _found(self, name: str, document: Document, place: Where) -> Path:
        folders = [*(parent / FOLDER for parent in self.file.resolve().parents), SHIPPED]
        found = next((folder / f"{name}.yaml" for folder in folders if (folder / f"{name}.yaml").exists()), None)
        if found is None:
            there = {file.stem for folder in folders for file in folder.glob("*.yaml")}
            raise SettingsError(
                [document.fault(place, f"there is no {FOLDER}/{name}.yaml ({suggestion(name, there)})")]
            )
        return found

    def _chosen(self, shared: Shared, told: Include, document: Document, place: Where) -> dict[str, Any]:
        """Give what the shared steps are told; SettingsError for what they do not take, or have to be told."""
        chosen = shared.takes | told.told
        strange = [name for name in told.told if name not in shared.takes]
        missing = [name for name, value in chosen.items() if value is None]
        whys = [f"{told.steps} does not take {name} ({suggestion(name, shared.takes)})" for name in strange]
        whys += [f"{told.steps} has to be told {name}" for name in missing]
        if whys:
            raise SettingsError([document.fault(place, why) for why in whys])
        return chosen


def _step(name: str, document: Document, place: Where) -> Step:
    verb = verbs().get(name)
    if verb is None:
        message = f"is not a verb ({suggestion(name, [*verbs(), INCLUDE, PARALLEL])})"
        raise SettingsError([document.fault(place, message, at_key=True)])
    names = frozenset(named for _, named in spoken_of(document, place))
    return Step(verb, validated(verb.arguments, document, place), place, document, names)


__all__ = ["FOLDER", "Include", "Shared", "check_shared", "items"]
