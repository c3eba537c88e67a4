"""Programs: stopped, started, killed."""

from harness.errors import EnvironmentFault, Finding, NotApplicable, Unmet
from harness.grammar.vocabulary import Arguments, step
from harness.seen.cast import apart
from harness.stage import Stage
from valkit.trace import Note


class Program(Arguments):
    """Which one."""

    short = "program"

    program: str
    """The program of the lab: valserver, core, idms, or what else its domains have; of the other domain `partner.core`
    and so on."""


@step("program.stop", acts=True)
async def stop(stage: Stage, told: Program) -> None:
    """Stop a program in good order; whoever sends to it hears nothing."""
    _require_ours(stage, told)
    stage.lab.patience.skipping = True
    await stage.lab.programs[told.program].stop()
    stage.stopped.add(told.program)
    _note(stage, told, "stopped")


@step("program.start", acts=True)
async def start(stage: Stage, told: Program) -> None:
    """Start a program that was stopped or killed, at the address that it had."""
    _require_ours(stage, told)
    if told.program not in stage.stopped:
        raise Unmet(Finding(f"{told.program} stopped or killed before", "it runs"))
    try:
        await stage.lab.programs[told.program].start()
    except EnvironmentFault as fault:
        raise Unmet(Finding(f"{told.program} started again", str(fault))) from None
    stage.stopped.discard(told.program)
    _note(stage, told, "started")


@step("program.kill", acts=True)
async def kill(stage: Stage, told: Program) -> None:
    """Kill a program with SIGKILL: nothing of what it does can be put in order. It must run in its own process."""
    _require_ours(stage, told)
    stage.lab.patience.skipping = True
    await stage.lab.programs[told.program].kill()
    stage.stopped.add(told.program)
    _note(stage, told, "killed")


def _require_ours(stage: Stage, told: Program) -> None:
    """Raise NotApplicable for a program that is somebody else's."""
    domain, name = apart(told.program)
    if name in stage.lab.plan.domains[domain].outside:
        raise NotApplicable(f"{told.program} is external, and val neither stops nor starts it")


def _note(stage: Stage, told: Program, what: str) -> None:
    """Let it stand in the ladder."""
    stage.lab.wire.note(Note(stage.lab.clock.seconds(), told.program, what))
