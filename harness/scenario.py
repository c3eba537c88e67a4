"""A scenario file as values: what each script is called, what it shows, where it plays and what happens, step by step.

Reading is all there is here: a text becomes frozen scenarios, or every fault in it with its line. Knows no network and
runs nothing; that is `harness.play`.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen
from pydantic import Field

import harness.expect
import harness.steps  # noqa: F401  importing the two declares their verbs
from harness.figures import FIGURES
from harness.matrix import Case, cases
from harness.requirements import requirements
from harness.vocabulary import Arguments, Verb, suggestion, verbs
from valkit.settings import Document, Fault, Settings, SettingsError, documents, validated

CHANGES = ("changes",)
"""Where a scenario's document says what is otherwise in its lab."""


class Head(Settings):
    """The keys of a scenario."""

    name: str = Field(min_length=1)
    """What it shows, in a few words."""
    about: str = ""
    """More about it, for a reader."""
    clauses: tuple[str, ...] = Field(min_length=1)
    """The requirements it shows, by their IDs."""
    lab: str = "home"
    """Where it plays: scenarios/labs/<lab>.yaml."""
    changes: dict[str, object] = Field(default_factory=dict)
    """What is otherwise in its lab, written as in the lab's file."""
    figure: str | None = None
    """The figure whose steps must occur, each in its turn."""
    matrix: dict[str, list[object]] = Field(default_factory=dict)
    """Plays it once for each combination of these values."""
    steps: list[dict[str, object]] = Field(min_length=1)
    """What happens, in this order: a verb and what it is told."""


@frozen
class Step:
    """One line of the script."""

    verb: Verb
    told: Arguments
    line: int

    def __str__(self) -> str:
        return self.verb.name


@frozen
class Scenario:
    """One script; with a matrix, one of its cases."""

    name: str
    about: str
    clauses: tuple[str, ...]
    lab: str
    figure: str | None
    steps: tuple[Step, ...]
    file: Path
    shown: str
    """The file as its user writes it."""
    line: int
    changes: Document | None = None
    """The document with what it changes in its lab; None if it takes the lab as it is."""


def load(path: Path, shown: str | None = None) -> tuple[Scenario, ...]:
    """Read every scenario of a file; SettingsError with every fault, OSError if it cannot be read."""
    return parse(path.read_text("utf-8"), path, shown or str(path))


def parse(text: str, path: Path, shown: str) -> tuple[Scenario, ...]:
    """Read every scenario of a text that stands at `path`; faults speak of it as `shown`."""
    faults: list[Fault] = []
    found: list[Scenario] = []
    for document in documents(text, shown):
        try:
            found += [_scenario(case, path, shown) for case in cases(document)]
        except SettingsError as error:
            faults += error.faults
    faults += _twins(found, shown)
    if faults:
        raise SettingsError(dict.fromkeys(faults))
    return tuple(found)


def _scenario(case: Case, path: Path, shown: str) -> Scenario:
    document = case.document
    head = validated(Head, document)
    faults = [*_unknown_clauses(head, document), *_unknown_figure(head, document)]
    steps = tuple(_steps(head, document, faults))
    if faults:
        raise SettingsError(faults)
    name = f"{head.name} [{case.label}]" if case.label else head.name
    line = document.line(("name",))
    changing = document if head.changes else None
    return Scenario(name, head.about, head.clauses, head.lab, head.figure, steps, path, shown, line, changing)


def _steps(head: Head, document: Document, faults: list[Fault]) -> Iterator[Step]:
    """Make each step; what is wrong with one is added to `faults`, so that all are reported at once."""
    for at, written in enumerate(head.steps):
        try:
            yield _step(written, document, at)
        except SettingsError as error:
            faults += error.faults


def _step(written: dict[str, object], document: Document, at: int) -> Step:
    place = ("steps", at)
    if len(written) != 1:
        raise SettingsError([document.fault(place, f"names {len(written)} verbs (expected one: `- verb: arguments`)")])
    [name] = written
    verb = verbs().get(name)
    if verb is None:
        message = f"is not a verb ({suggestion(name)})"
        raise SettingsError([document.fault((*place, name), message, at_key=True)])
    told = validated(verb.arguments, document, (*place, name))
    return Step(verb, told, document.line((*place, name)))


def _unknown_clauses(head: Head, document: Document) -> Iterator[Fault]:
    for at, clause in enumerate(head.clauses):
        if clause not in requirements():
            yield document.fault(("clauses", at), f"{clause} is not a requirement (harness/requirements.yaml has them)")


def _unknown_figure(head: Head, document: Document) -> Iterator[Fault]:
    if head.figure is not None and head.figure not in FIGURES:
        yield document.fault(("figure",), f"{head.figure} is not a known figure (expected {' or '.join(FIGURES)})")


def _twins(found: Iterable[Scenario], shown: str) -> Iterator[Fault]:
    """Refuse a second scenario of one name: by it they are chosen and reported."""
    lines: dict[str, int] = {}
    for scenario in found:
        first = lines.setdefault(scenario.name, scenario.line)
        if first != scenario.line:
            message = f"{scenario.name!r} is given twice (first on line {first})"
            yield Fault(shown, scenario.line, 1, ("name",), message)
