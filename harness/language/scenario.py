"""A scenario file as values: what each script is called, what it shows, where it plays and what happens, step by step.

Reading is all there is here: a text becomes frozen scenarios, or every fault in it with its line. Knows no network and
runs nothing; that is `harness.run.play`.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import evolve, field, frozen
from pydantic import Field

import harness.expect
import harness.steps  # noqa: F401  importing the two declares their verbs
from harness.grammar.matrix import Case, cases
from harness.grammar.script import INCLUDE, items
from harness.grammar.vocabulary import Item
from harness.language.requirements import requirements
from harness.language.soundness import named_in, unsound
from harness.seen.figures import FIGURES
from ue_sim.engine import Capability
from valkit.settings import Document, Fault, Settings, SettingsError, readable, validated

CHANGES = ("changes",)
"""Where a scenario's document says what is otherwise in its lab."""


class Head(Settings):
    """The keys of a scenario."""

    name: str = Field(min_length=1)
    """What it shows, in a few words."""
    about: str = ""
    """More about it, for a reader."""
    clauses: tuple[str, ...] = Field((), min_length=1)
    """The requirements of the source document that it shows, by their IDs; one of your own need not name any."""
    lab: str = "home"
    """Where it plays: scenarios/labs/<lab>.yaml."""
    needs: tuple[Capability, ...] = ()
    """What the phones' SIP stack has to be able to do, beside what the steps show by themselves."""
    changes: dict[str, object] = Field(default_factory=dict)
    """What is otherwise in its lab, written as in the lab's file."""
    figure: str | None = None
    """The figure whose steps must occur, each in its turn."""
    vars: dict[str, object] = Field(default_factory=dict)
    """Values by name: `${name}` stands for one wherever it is written, as it does for those of a matrix."""
    matrix: dict[str, list[object]] = Field(default_factory=dict)
    """Plays it once for each combination of these values."""
    steps: list[dict[str, object]] = Field(min_length=1)
    """What happens, in this order: a verb and what it is told."""


IN_PLACE: Mapping[str, object] = {"name": "?", "clauses": ["REG-01"], "steps": [{"?": None}]}
"""Read where these are missing or wrong."""
APART = frozenset({"name", "about", "clauses", "needs", "figure", "steps"})
"""Keys that say nothing of the lab: where one is wrong, whom the steps speak of is looked at all the same."""


@frozen
class Scenario:
    """One script; with a matrix, one of its cases."""

    name: str
    about: str
    clauses: tuple[str, ...]
    lab: str
    figure: str | None
    steps: tuple[Item, ...]
    file: Path
    shown: str
    """The file as its user writes it."""
    document: Document = field(repr=False)
    """What it was made of, with its places."""
    needs: tuple[Capability, ...] = ()
    """What the phones' SIP stack has to be able to do."""
    changes: bool = False
    """Whether its document changes something in its lab."""

    @property
    def line(self) -> int:
        """Where its name stands."""
        return self.document.line(("name",))


def parse(text: str, path: Path, shown: str) -> tuple[Scenario, ...]:
    """Read every scenario of a text that stands at `path`; faults speak of it as `shown`."""
    faults: list[Fault] = []
    found = read(text, path, shown, faults)
    if faults:
        raise SettingsError(faults)
    return found


def read(text: str, path: Path, shown: str, faults: list[Fault]) -> tuple[Scenario, ...]:
    """Read what can be read, and add what is wrong to `faults`; a scenario with a wrong step is given without it."""
    wrong: list[Fault] = []
    found: list[Scenario] = []
    for document in readable(text, shown, wrong):
        found += _played(document, path, shown, wrong)
    wrong += _twins(found, shown)
    faults += dict.fromkeys(wrong)
    return tuple(found)


def _played(document: Document, path: Path, shown: str, faults: list[Fault]) -> Iterator[Scenario]:
    """Make a scenario of each case; of what is wrong with a value that a name stands for, that alone is told."""
    wrong, more = list[Fault](), list[Fault]()
    try:
        for case in cases(document, wrong):
            made = _scenario(case, path, shown, more)
            if made is not None:
                yield made
    except SettingsError as error:
        more += error.faults
    told = {(fault.line, fault.column) for fault in wrong}
    faults += [*wrong, *(fault for fault in more if (fault.line, fault.column) not in told)]


def _scenario(case: Case, path: Path, shown: str, faults: list[Fault]) -> Scenario | None:
    """Make one scenario of what is right about it; None if its lab is not known for sure."""
    document, wrong = case.document, list[Fault]()
    head = _head(document, wrong)
    unread = {fault.path[0] for fault in wrong}
    amiss = list[Fault]()
    steps = items(document, path, amiss)
    elsewhere = "steps" in unread or any(INCLUDE in fault.path or fault.name != shown for fault in amiss)
    whole = "steps" not in unread and not amiss
    made = None if elsewhere else named_in(document) if amiss else frozenset()
    wrong += [*amiss, *unsound(steps, document, figure=head.figure, whole=whole, made=made)]
    faults += [*wrong, *_unknown_clauses(head, document), *_unknown_figure(head, document)]
    if not unread <= APART:
        return None
    name = f"{head.name} [{case.label}]" if case.label else head.name
    if not name.isprintable():
        faults.append(document.fault(("name",), "holds what cannot be printed (expected no control characters)"))
    changes = bool(head.changes)
    return Scenario(
        name, head.about, head.clauses, head.lab, head.figure, steps, path, shown, document, head.needs, changes
    )


def _head(document: Document, faults: list[Fault]) -> Head:
    """Read the keys; what is wrong is told, and read as if it were not there, so that all the rest is looked at too."""
    try:
        return validated(Head, document)
    except SettingsError as error:
        if not isinstance(document.value, dict):
            raise
        faults += error.faults
        wrong = {fault.path[0] for fault in error.faults}
        right = {key: value for key, value in document.value.items() if key not in wrong}
        return validated(Head, evolve(document, value={**IN_PLACE, **right}))


def _unknown_clauses(head: Head, document: Document) -> Iterator[Fault]:
    for at, clause in enumerate(head.clauses):
        if clause not in requirements():
            yield document.fault(
                ("clauses", at), f"{clause} is not a requirement (harness/language/requirements.yaml has them)"
            )


def _unknown_figure(head: Head, document: Document) -> Iterator[Fault]:
    if head.figure is not None and head.figure not in FIGURES:
        yield document.fault(("figure",), f"{head.figure} is not a known figure (expected {' or '.join(FIGURES)})")


def _twins(found: Iterable[Scenario], shown: str) -> Iterator[Fault]:
    """Refuse a second scenario of one name: by it they are chosen and reported."""
    lines: dict[str, int] = {}
    for scenario in found:
        if not scenario.document.has(("name",)):
            continue
        first = lines.setdefault(scenario.name, scenario.line)
        if first != scenario.line:
            message = f"{scenario.name!r} is given twice (first on line {first})"
            yield Fault(shown, scenario.line, 1, ("name",), message)
