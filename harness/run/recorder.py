"""Gathers what a report is made of from pytest's own reports, wherever the scenarios were played."""

import time
from collections.abc import Mapping
from importlib import metadata

import pytest
from attrs import define, field

from harness.report.conformance import Line, conformance
from harness.report.model import Asked, Cause, Played, Run
from harness.report.results import Result, Verdict
from harness.run.carried import REPORTING, TOLD
from harness.run.reporter import result_of


@define(eq=False)
class Recorder:
    """A pytest plugin that hears how each scenario ended."""

    played: list[Played] = field(factory=list)
    _began: float = field(factory=time.time)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Have scenarios tell all."""
        config.stash[REPORTING] = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in how one ended, before anybody is told: Ctrl-C may come in between."""
        told = vars(report).get(TOLD)
        if told is not None:
            self.played.append(_played(told, result_of(report)))

    def run(self, options: Mapping[str, str], interrupted_of: int | None = None, ended_by: str = "") -> Run:
        """Give the whole run, as it is over now, or what was played of so many when it ended early, perhaps by this."""
        results = [
            Result(one.file, one.name, one.verdict, one.seconds, one.clauses, unseen=one.unseen) for one in self.played
        ]
        return Run(
            format="val-report/1",
            version=metadata.version("val-harness"),
            began=round(self._began, 3),
            seconds=round(time.time() - self._began, 3),
            interrupted_of=interrupted_of,
            ended_by=ended_by,
            options=dict(options),
            scenarios=tuple(self.played),
            requirements=tuple(map(asked, conformance(results).lines)),
        )


def _played(told: Mapping[str, object], result: Result) -> Played:
    ended = {"verdict": result.verdict, "seconds": round(result.seconds, 6), "unseen": result.unseen}
    made = Played.model_validate({**told, **ended})
    if result.verdict is Verdict.FAILED and made.failure is None:  # a fault of the harness itself
        says, _, traceback = result.reason.rpartition("\n")
        return made.model_copy(update={"failure": Cause(says=traceback or says, message=result.reason)})
    reason = result.reason if result.verdict is Verdict.NOT_APPLICABLE else ""
    return made.model_copy(update={"reason": reason})


def asked(line: Line) -> Asked:
    """Make a line of the conformance table a part of a report."""
    return Asked(
        id=line.name,
        level=line.requirement.level,
        says=line.requirement.says,
        verdict=line.verdict,
        scenarios=tuple(f"{result.file}::{result.name}" for result in line.results),
    )
