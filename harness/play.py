"""Plays one scenario in its lab: step after step, until the end or until something is not as it should be.

What comes of it is a `Performance`: the ladder, and the reason if it failed. Beside the steps three things make a
scenario fail: a step of its figure that did not occur, a fault that never met its message, and an error that a program
logged.
"""

from typing import Any

from attrs import field, frozen

from harness import figures
from harness.complaints import Complaints
from harness.errors import Finding, HarnessError, NotApplicable, Unmet
from harness.lab import Lab
from harness.labs import LabPlan
from harness.ladder.layout import ByElement, ByPart, laid_out
from harness.ladder.text import WIDTH, draw
from harness.scenario import Scenario
from harness.stage import Stage
from harness.story import story
from harness.vocabulary import Step
from ue_sim.pjsua.pool import Pool
from valkit.trace import Http, Message


class ScenarioFailed(HarnessError):
    """A scenario did not go as it should; the text says where, what was wanted and what came."""


@frozen
class Performance:
    """What came of playing a scenario."""

    ladder: str
    failure: str = ""
    """Why it failed; empty if it passed."""
    messages: tuple[Message | Http, ...] = field(default=(), repr=False)
    """What was sent, in its order."""

    def judge(self) -> None:
        """Raise ScenarioFailed if it failed."""
        if self.failure:
            raise ScenarioFailed(self.failure)


async def play(
    scenario: Scenario, plan: LabPlan, reactor: Any, stacks: Pool | None = None, width: int = WIDTH
) -> Performance:
    """Play a scenario in a lab of its own; raises EnvironmentFault if the lab cannot start."""
    with Complaints() as complaints:
        lab = await Lab.start(plan, reactor, scenario.name, stacks)
        try:
            _check_needs(scenario, lab)
            failure = await _perform(scenario, Stage(lab))
        finally:
            await lab.stop()
    messages = tuple(event for event in lab.wire.trace.events if isinstance(event, Message | Http))
    return Performance(_ladder(scenario, lab, width), failure or complaints.told(), messages)


def _check_needs(scenario: Scenario, lab: Lab) -> None:
    """Raise NotApplicable where a phone's SIP stack cannot do what the scenario needs."""
    lacking = {need.value for ue in lab.ues.values() for need in scenario.needs if need not in ue.engine.capabilities}
    if lacking:
        raise NotApplicable(f"the engine {lab.plan.engine.value} lacks {', '.join(sorted(lacking))}")


async def _perform(scenario: Scenario, stage: Stage) -> str:
    """Take every step; give the reason of the first failure, or nothing."""
    for step in scenario.steps:
        if step.verb.acts:
            stage.begin_act()
        try:
            await step.verb.work(stage, step.told)
        except Unmet as unmet:
            return _told(scenario, step, unmet.finding)
    await stage.settled()
    return _idle_faults(scenario, stage) or _figure_fault(scenario, stage)


def _told(scenario: Scenario, step: Step, finding: Finding) -> str:
    place = f"{scenario.shown}:{scenario.document.line(step.place)}: {step}"
    message = "\n".join(f"    {line}" for line in finding.message.splitlines())
    return "\n".join(filter(None, [place, f"  wanted: {finding.wanted}", f"  got:    {finding.got}", message]))


def _idle_faults(scenario: Scenario, stage: Stage) -> str:
    """Name a fault that met no message: then the scenario has not shown what it says it shows."""
    idle = [fault for fault in stage.lab.wire.faults if fault.idle]
    if not idle:
        return ""
    return f"{scenario.shown}:{scenario.line}: {idle[0]}"


def _figure_fault(scenario: Scenario, stage: Stage) -> str:
    """Name the first step of the figure that did not occur in its turn."""
    if scenario.figure is None:
        return ""
    missing = figures.read(figures.FIGURES[scenario.figure], stage.moments(from_start=True), stage.lab.cast).missing
    if missing is None:
        return ""
    return (
        f"{scenario.shown}:{scenario.line}: figure {scenario.figure}\n"
        f"  wanted: step {missing.number}, {missing.says!r}, after the step before\n"
        f"  got:    it did not occur then"
    )


def _ladder(scenario: Scenario, lab: Lab, width: int) -> str:
    """Draw what happened: as the seed does where a figure is shown, else each element by itself."""
    moments = story(lab.wire.trace.events, lab.cast)
    if scenario.figure is None:
        return draw(laid_out(scenario.name, moments, ByElement(lab.cast), lab.cast, {}), width)
    figure = figures.FIGURES[scenario.figure]
    numbers = figures.read(figure, moments, lab.cast).numbers
    title = f"Figure {figure.name}: {figure.title}"
    return draw(laid_out(title, moments, ByPart(lab.cast), lab.cast, numbers), width)
