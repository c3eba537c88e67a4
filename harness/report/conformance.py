"""Requirement x scenario x result: which sentence of the source document was shown by what, and which by nothing."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from attrs import frozen

from harness.language.requirements import Requirement, requirements
from harness.report.results import RequirementVerdict, Result, Verdict, together

SIGNS = {Verdict.PASSED: "ok", Verdict.FAILED: "FAILED", Verdict.NOT_APPLICABLE: "n/a"}
STANDINGS: Mapping[RequirementVerdict, str] = {
    "shown": "ok",
    "shown in part": "in part",
    "failed": "FAILED",
    "not applicable": "n/a",
}
IN_PART = "in part: each scenario that passed expects something that could not be observed"
"""What it means that a requirement is shown in part."""

COUNTED = 3
"""Columns of a count, if nothing failed."""


@frozen
class Line:
    """One requirement and the scenarios that speak of it."""

    name: str
    requirement: Requirement
    results: tuple[Result, ...]

    @property
    def verdict(self) -> RequirementVerdict:
        """What they say together."""
        return together(self.results)


@frozen
class Conformance:
    """The whole table, every requirement of the source document in its order."""

    lines: tuple[Line, ...]

    @property
    def covered(self) -> tuple[Line, ...]:
        """Requirements that a scenario speaks of."""
        return tuple(line for line in self.lines if line.results)

    @property
    def summary(self) -> str:
        """Say in a few words how many requirements were shown."""
        return shown(line.verdict for line in self.lines)

    @property
    def uncovered(self) -> tuple[str, ...]:
        """IDs of the others."""
        return tuple(line.name for line in self.lines if not line.results)


def shown(verdicts: Iterable[RequirementVerdict]) -> str:
    """Say how many requirements were shown, and how many in part, where any were."""
    verdicts = tuple(verdicts)
    partly = verdicts.count("shown in part")
    said = f"{verdicts.count('shown')} of {len(verdicts)} requirements shown"
    return f"{said}, {partly} in part" if partly else said


def conformance(results: Iterable[Result], asked: Mapping[str, Requirement] | None = None) -> Conformance:
    """Hold the results against every requirement, or those asked for."""
    results = tuple(results)
    asked = requirements() if asked is None else asked
    return Conformance(
        tuple(
            Line(name, requirement, tuple(result for result in results if name in result.clauses))
            for name, requirement in asked.items()
        )
    )


def table(found: Conformance, width: int = 100, *, names: bool = False) -> str:
    """Write the table for a terminal; with `names` each scenario beneath its requirements, else only what failed."""
    room = max([COUNTED, *(len(_count(line)) for line in found.covered)])
    lines = [text for line in found.covered for text in _texts(line, room, width, names=names)]
    if any(line.verdict == "shown in part" for line in found.covered):
        lines.append(textwrap.fill(f"{IN_PART}.", width))
    if found.uncovered:
        told = f"No scenario of this run speaks of {', '.join(_ranges(found.uncovered))}."
        lines.append(textwrap.fill(told, width, break_on_hyphens=False))
    return "\n".join(lines)


def _texts(line: Line, room: int, width: int, *, names: bool) -> Iterator[str]:
    head = f"{line.name:<6} {STANDINGS[line.verdict]:>7} {_count(line):>{room}}  "
    yield head + _cut(line.requirement.says, width - len(head))
    for result in line.results:
        if names or result.verdict is Verdict.FAILED:
            yield f"{SIGNS[result.verdict]:>14}      {_cut(result.name, width - 20)}"


def _count(line: Line) -> str:
    """Tell how many scenarios there are, and how many of them failed if any did."""
    failed = sum(result.verdict is Verdict.FAILED for result in line.results)
    return f"{failed} of {len(line.results)}" if failed else str(len(line.results))


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 3].rstrip() + "..."


def _ranges(names: Iterable[str]) -> Iterator[str]:
    """Write neighbours together: IDM-01 to IDM-15."""
    for _, run in groupby(enumerate(names), key=_place):
        first, *_, last = [name for _, name in run] * 2
        yield first if first == last else f"{first} to {last}"


def _place(item: tuple[int, str]) -> tuple[str, int]:
    """Give the same for those that follow each other without a gap."""
    at, name = item
    group, _, number = name.partition("-")
    return group, int(number) - at
