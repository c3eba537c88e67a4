"""One run by pytest, told nothing but what stands in its order, with our reporter in place of its own."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import typer

from harness.console.terminal import columns
from harness.report import folder
from harness.report.files import CAPTURES, JUNIT
from harness.run.chosen import Chosen
from harness.run.junit import Naming
from harness.run.order import Order
from harness.run.playing import Players
from harness.run.progress import Playing, Progress
from harness.run.recorder import Recorder
from harness.run.reporter import Reporter
from harness.seen.capture import clear
from harness.seen.ladder.text import PLAIN
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, INTERRUPTED, OK

CODES = {0: OK, 1: FAILED, 3: BAD_ENVIRONMENT}
"""pytest's exit codes as ours; any other says that the input is wrong."""

PLUGINS = ("harness.plugin",)


def carry_out(order: Order) -> int:
    """Play what was ordered and report it; gives the exit code of val."""
    progress = Progress.here(write)
    reporter = Reporter(progress.write, complain, order.verbose, columns(), order.words)
    recorder = Recorder() if order.report else None
    players, began = Players(order.jobs, progress.tell), time.monotonic()
    try:
        with _places(order):
            plugins = [reporter, players, Playing(progress), Naming(), Chosen(order.paths)]
            plugins += [recorder] if recorder else []
            code = pytest.main([*_isolation(), *order.arguments()], plugins=plugins)
            progress.clear()
            reporter.summarize()
            if reporter.results and not reporter.interrupted:
                write(_took(time.monotonic() - began, players))
            if recorder is not None and reporter.results:
                write(f"\nReport: {_reported(recorder, order, reporter)}")
    except OSError as error:
        if error.filename is None:  # it is that of standard output
            raise
        typer.echo(f"{error.filename} cannot be written: {error.strerror}", err=True)
        return BAD_ENVIRONMENT
    if reporter.interrupted:
        played = len(reporter.results)
        when = f"after {played} of {reporter.chosen} scenarios" if played else "before the first scenario had ended"
        typer.echo(f"Interrupted {when}.", err=True)
        return INTERRUPTED
    if code == pytest.ExitCode.NO_TESTS_COLLECTED:
        typer.echo("No scenario was found there, or none fits -k.", err=True)
    if code == pytest.ExitCode.OK and not (reporter.results or order.only_list):
        typer.echo("Nothing was played, though scenarios were found.", err=True)
        return BAD_INPUT
    return CODES.get(int(code), BAD_INPUT)


@contextmanager
def _places(order: Order) -> Iterator[None]:
    """Have the places that are written to without what an earlier run left; a folder that stays empty is not left."""
    with ExitStack() as places:
        ours: set[Path] = set()
        if order.report is not None:
            places.enter_context(folder.prepared(order.report))
            ours = {order.report.resolve(), (order.report / CAPTURES).resolve()}
        if order.pcap is not None and not order.only_list:
            if order.pcap.resolve() in ours:
                clear(order.pcap)
            else:
                places.enter_context(folder.prepared_for_captures(order.pcap))
        yield


def write(text: str) -> None:
    """Write to standard output, in ASCII where it has nothing else."""
    has_lines = (sys.stdout.encoding or "ascii").lower().startswith("utf")
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    typer.echo(text if has_lines else text.translate(PLAIN), color=False if plain else None)


def complain(text: str) -> None:
    """Write to standard error."""
    typer.echo(text, err=True)


def _took(seconds: float, players: Players) -> str:
    """Say how long it took, and in how many processes where that is not as usual."""
    several = f" in {players.used} processes" if players.used > 1 else ""
    alone = " in one process, since every scenario meets the same external parts" if players.alone else ""
    return f"It took {seconds:.1f} s{several}{alone}."


def _reported(recorder: Recorder, order: Order, reporter: Reporter) -> Path:
    """Write the report, also of what was played before the run ended early; gives its page."""
    assert order.report is not None
    there = order.report / JUNIT
    if order.junit is not None and order.junit.resolve() != there.resolve():
        shutil.copyfile(order.junit, there)
    early = reporter.interrupted or bool(reporter.ended_by)
    run = recorder.run(order.told(), reporter.chosen if early else None, reporter.ended_by)
    return folder.write(run, order.report)


def _isolation() -> list[str]:
    """Keep settings, plugins and leftovers of whatever project surrounds us out of the run."""
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    nothing = ["-c", os.devnull, f"--rootdir={Path.cwd()}", "--noconftest", "--disable-plugin-autoload"]
    return [*nothing, "-pno:cacheprovider", *(f"-p{name}" for name in PLUGINS)]
