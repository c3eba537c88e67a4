"""Runs of made-up registrations, for tests of what is made of a run."""

from pathlib import Path

from harness.language.scenario import parse
from harness.report.account import account
from harness.report.conformance import conformance
from harness.report.model import Played, Run
from harness.report.performance import Performance
from harness.report.results import Failure, Result, Verdict
from harness.run.recorder import asked
from tests.harness.scenes import CAST, registration
from valkit.trace import Event

TEXT = """
name: token in REGISTER
about: It travels.
clauses: [REG-01, REG-10]
figure: 5.X.3.2.2-1
steps:
  - ue.register: alice
  - expect.answer: 200
"""

FAILURE = Failure("expect.answer", "s.yaml:9", "an answer 403", "200 OK to alice", "SIP/2.0 200 OK\nCSeq: 2 REGISTER")


def performance(
    events: list[Event] | None = None, failure: Failure | None = None, name: str = "token in REGISTER"
) -> Performance:
    """Perform a registration with a token, or what else happened."""
    [scenario] = parse(TEXT.replace("token in REGISTER", name), Path("s.yaml"), "s.yaml")
    return Performance(scenario, CAST, tuple(registration() if events is None else events), failure)


def played(
    performance: Performance, seconds: float = 0.05, verdict: Verdict | None = None, unseen: tuple[str, ...] = ()
) -> Played:
    """Make of it what a report has."""
    ended = verdict or (Verdict.FAILED if performance.failure else Verdict.PASSED)
    told = {"verdict": ended, "seconds": seconds, "unseen": unseen}
    return Played.model_validate({**account(performance).model_dump(), **told})


def run(*scenarios: Played) -> Run:
    """Make a run of these, or of one that passed."""
    chosen = scenarios or (played(performance()),)
    results = [Result(one.file, one.name, one.verdict, one.seconds, one.clauses, unseen=one.unseen) for one in chosen]
    return Run(
        format="val-report/1",
        version="1.2.3",
        began=1_800_000_000.0,
        seconds=75.0,
        options={"lab": "home.yaml"},
        scenarios=chosen,
        requirements=tuple(map(asked, conformance(results).lines)),
    )
