"""How scenarios ended, as values: what every report and table is made from."""

from enum import Enum
from typing import Literal

from attrs import field, frozen


class Verdict(Enum):
    """How one scenario ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not applicable"
    """Something it needs is not there: an engine's ability, or sight into an external part."""


RequirementVerdict = Literal["shown", "shown in part", "failed", "not applicable", "no scenario"]
"""What the scenarios that speak of a requirement say together; in part: none of those that passed could observe all
that it expects."""


@frozen
class Failure:
    """Why a scenario failed."""

    says: str
    """The step that failed, or in a sentence what is wrong."""
    place: str = ""
    """File and line; empty where no line is to blame."""
    wanted: str = ""
    got: str = ""
    message: str = ""
    """The message that shows it best, secrets and tokens hidden."""
    found: tuple[str, ...] = field(default=(), kw_only=True)
    """What the doctor says of the messages of the scenario, if anything."""

    def __str__(self) -> str:
        message = "\n".join(f"    {line}" for line in self.message.splitlines())
        lines = [f"{self.place}: {self.says}" if self.place else self.says]
        lines += [f"  wanted: {self.wanted}", f"  got:    {self.got}"] if self.wanted else []
        lines += [f"  doctor: {each}" for each in self.found]
        return "\n".join(filter(None, [*lines, message]))


@frozen
class Result:
    """One scenario that was played."""

    file: str
    name: str
    verdict: Verdict
    seconds: float
    clauses: tuple[str, ...] = ()
    reason: str = ""
    """Why it failed or does not apply; empty if it passed."""
    ladder: str = ""
    unseen: tuple[str, ...] = ()
    """What could not be observed of parts that are not ours."""


def together(results: tuple[Result, ...]) -> RequirementVerdict:
    """Sum up the scenarios that speak of a requirement: one failure counts, then one success that was seen whole."""
    passed = [result for result in results if result.verdict is Verdict.PASSED]
    if any(result.verdict is Verdict.FAILED for result in results):
        return "failed"
    if passed:
        return "shown in part" if all(result.unseen for result in passed) else "shown"
    return "not applicable" if results else "no scenario"
