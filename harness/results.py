"""How scenarios ended, as values: what every report and table is made from."""

from enum import Enum
from itertools import chain

from attrs import frozen


class Verdict(Enum):
    """How one scenario ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not applicable"
    """Something it needs is not there: an engine's ability, or sight into an external part."""


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


def worst(results: tuple[Result, ...]) -> Verdict:
    """Sum up several scenarios: one failure counts, then one success."""
    verdicts = {result.verdict for result in results}
    return next(chain((one for one in (Verdict.FAILED, Verdict.PASSED) if one in verdicts), [Verdict.NOT_APPLICABLE]))
