"""Plays one scenario in its lab: step after step, until the end or until something is not as it should be.

What comes of it is a `Performance`: what happened, and the reason if it failed. Beside the steps five things make a
scenario fail: a step of its figure that did not occur, a fault that never met its message, a request that was answered
twice or by more than can be read, an error that a program logged, and a note that no vocabulary has.
"""

from collections.abc import Iterable
from typing import Any

from attrs import evolve
from twisted.internet.defer import Deferred, DeferredList

from harness.errors import Finding, NotApplicable, NotObservable, Unmet
from harness.grammar.captured import part, put, spoken_of, without_secrets
from harness.grammar.vocabulary import Arguments, Item, Step, Together, every
from harness.lab.chance import Chance
from harness.lab.interruption import unbroken
from harness.lab.lab import Lab
from harness.language.scenario import Scenario
from harness.language.soundness import judges
from harness.plans.lab import LabPlan
from harness.plans.sight import hidden, hides
from harness.report.performance import Performance
from harness.report.results import Failure
from harness.run.believed import believed
from harness.run.complaints import Complaints
from harness.seen import figures, notes
from harness.seen.finals import answered_twice, unread
from harness.seen.signs import read
from harness.stage import Stage
from ue_sim.pjsua.pool import Pool
from valkit.redaction import redact
from valkit.settings import Document, validated
from valkit.sip.limits import LIMITS
from valkit.trace import Note


async def play(
    scenario: Scenario, plan: LabPlan, reactor: Any, stacks: Pool | None = None, seed: str = ""
) -> Performance:
    """Play a scenario in a lab of its own, with a seed the same each time; EnvironmentFault if the lab cannot start."""
    chance = Chance(f"{seed} {scenario.file.name} {scenario.name}", repeats=bool(seed))
    with Complaints() as complaints:
        lab = await Lab.start(plan, reactor, chance, stacks)
        try:
            _check_needs(scenario, lab)
            stage = Stage(lab)
            failure = await _perform(scenario, stage)
            events = tuple(lab.wire.trace.events)  # what clearing away brings about is nobody's doing
        finally:
            await unbroken(lab.stop())
    failure = failure or complaints.told()
    if failure is None:
        _check_something_was_seen(scenario, stage)
    else:
        from harness.run.diagnosed import diagnosed  # noqa: PLC0415  only who fails needs a doctor, and it is heavy

        failure = evolve(failure, found=diagnosed(events, of_tokens=not stage.broken))
    return Performance(scenario, lab.cast, events, failure, tuple(stage.unseen))


def _check_something_was_seen(scenario: Scenario, stage: Stage) -> None:
    """Raise NotApplicable where nothing was held against what ought to be, since no part shows it."""
    asked = [step for step in every(scenario.steps) if judges(step)]
    if stage.unseen and len(stage.unseen) >= len(asked) and scenario.figure is None:
        raise NotApplicable(f"nothing that it expects can be observed: {stage.unseen[0]}")


def _check_needs(scenario: Scenario, lab: Lab) -> None:
    """Raise NotApplicable where a phone's SIP stack cannot do what the scenario needs."""
    lacking = {need.value for ue in lab.ues.values() for need in scenario.needs if need not in ue.engine.capabilities}
    if lacking:
        raise NotApplicable(f"the engine {lab.plan.engine.value} lacks {', '.join(sorted(lacking))}")


async def _perform(scenario: Scenario, stage: Stage) -> Failure | None:
    """Take every step; give the reason of the first failure, or nothing.

    What was under way when a step failed is still let happen: whoever looks for the cause wants to see it, and two
    runs that fail alike are alike.
    """
    failure = await _taken(scenario.steps, stage)
    await stage.settled()
    if failure is not None:
        return failure
    return (
        _idle_fault(scenario, stage)
        or _bad_answer(scenario, stage)
        or _figure_fault(scenario, stage)
        or _undeclared(scenario, stage)
    )


async def _taken(items: Iterable[Item], stage: Stage) -> Failure | None:
    """Take steps one after the other, until one fails."""
    for item in items:
        failure = await (_step(item, stage) if isinstance(item, Step) else _at_once(item, stage))
        if failure is not None:
            return failure
    return None


async def _step(step: Step, stage: Stage) -> Failure | None:
    if step.verb.acts:
        stage.begin_act()
    unseen = hidden(step, stage.lab.plan)
    try:
        if not unseen:
            await step.verb.work(stage, _told(step, stage))
    except NotObservable as why:
        unseen = str(why)
    except Unmet as unmet:
        finding = unmet.finding
        took = believed(stage.moments(), stage.broken) if step.expects else ""
        got = f"{finding.got}; {took}" if took else finding.got
        told = [_fit(text, stage) for text in (finding.wanted, got, finding.message)]
        return Failure(str(step), step.where, *told)
    if unseen:
        stage.unseen.append(f"{step.where}: {step}: {unseen}")
    return None


def _told(step: Step, stage: Stage) -> Arguments:
    """Give what a step is told, with the captured values that it speaks of: each where any text may stand."""
    if not step.speaks_of:
        return step.told
    missing = step.speaks_of - stage.captured.keys()
    if missing:  # then what was to capture it could not be observed
        why = f"what was to be captured as {', '.join(sorted(missing))}"
        raise NotObservable(why) if step.expects else NotApplicable(f"{why} cannot be observed")
    filled = put(step.document, step.place, stage.captured)
    if not step.expects:
        _refuse_to_show(step, filled, stage)
    return validated(step.verb.arguments, filled, step.place)


def _refuse_to_show(step: Step, filled: Document, stage: Stage) -> None:
    """Raise Unmet for a captured secret that would stand where no report could know it for one."""
    for place, name in spoken_of(step.document, step.place):
        captured = stage.captured[name]
        if captured.secret and captured.text in redact(f"{place[-1]}: {part(filled, place)}"):
            got = f"the secret captured as {name}, which reports could not hide in {place[-1]}"
            raise Unmet(Finding("a value that may be shown", got))


def _fit(text: str, stage: Stage) -> str:
    """Hide what is captured and no report may show."""
    return without_secrets(text, stage.captured)


async def _at_once(together: Together, stage: Stage) -> Failure | None:
    """Take the branches at once, to the end of each; give the first failure, in the order in which they are written."""
    stage.begin_act()
    stage.company.going += len(together.branches) - 1  # they go on in place of the one that they are branches of
    taking = [
        Deferred.fromCoroutine(_to_its_end(branch, stage.branch(at))) for at, branch in enumerate(together.branches)
    ]
    outcomes: list[tuple[bool, Any]] = await DeferredList(taking, consumeErrors=True)
    stage.company.going += 1
    stage.answered = None  # that to the last call before them is not the last any more
    for well, outcome in outcomes:
        if not well:
            outcome.raiseException()
    return next((outcome for _, outcome in outcomes if outcome is not None), None)


async def _to_its_end(branch: Iterable[Item], stage: Stage) -> Failure | None:
    """Take the steps of a branch, and leave the others to themselves."""
    try:
        return await _taken(branch, stage)
    finally:
        stage.company.going -= 1


def _idle_fault(scenario: Scenario, stage: Stage) -> Failure | None:
    """Name a fault that met no message: then the scenario has not shown what it says it shows."""
    idle = next((fault for fault in stage.lab.wire.faults if fault.idle), None)
    return Failure(str(idle), f"{scenario.shown}:{scenario.line}") if idle else None


def _bad_answer(scenario: Scenario, stage: Stage) -> Failure | None:
    """Name a request that was answered twice, or so that nobody can read it: expectations would pass in spite of it."""
    events, cast = stage.lab.wire.trace.events, stage.lab.cast
    says, place = "what elements answer", f"{scenario.shown}:{scenario.line}"
    twice, large = answered_twice(events, cast), unread(events, cast)
    if twice is not None:
        wanted = "one final response to each request (RFC 3261 17.1.2)"
        return Failure(says, place, wanted=wanted, got=str(twice))
    return Failure(says, place, wanted=f"answers of at most {LIMITS.size} bytes", got=large) if large else None


def _figure_fault(scenario: Scenario, stage: Stage) -> Failure | None:
    """Name the first step of the figure that did not occur in its turn."""
    if scenario.figure is None:
        return None
    plan = stage.lab.plan
    reading = read(
        figures.FIGURES[scenario.figure], stage.moments(from_start=True), stage.lab.cast, lambda name: hides(plan, name)
    )
    missing = reading.missing
    if missing is None:
        return None
    return Failure(
        f"figure {scenario.figure}",
        f"{scenario.shown}:{scenario.line}",
        wanted=f"step {missing.number}, {missing.says!r}, after the step before",
        got="it occurred before that" if reading.early else "it did not occur then",
    )


def _undeclared(scenario: Scenario, stage: Stage) -> Failure | None:
    """Name a note that scenarios cannot ask for, since `harness.seen.notes` does not have it: an oversight of ours."""
    lab = stage.lab
    noted = (event for event in lab.wire.trace.events if isinstance(event, Note))
    found = next((note for note in noted if notes.undeclared(note, lab.cast.ues)), None)
    if found is None:
        return None
    wanted = f"only notes that harness.seen.notes declares for {found.who}"
    got = f"{found.what} with {', '.join(found.fields) or 'no fields'}"
    return Failure("what programs note", f"{scenario.shown}:{scenario.line}", wanted=wanted, got=got)
