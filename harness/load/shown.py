"""A load on a terminal: a screen while it runs, a line now and then where there is no terminal, and the end. Pure."""

from collections.abc import Iterable, Iterator

from attrs import frozen
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.load.result import PERCENTILES, Asked, Result
from harness.load.tally import Second, Step, Tally, sum_of
from valkit.terminal import plain

RECENT = 5
"""Seconds that the screen's rates are of."""
BROAD = 76
"""Columns of a terminal that has room."""
CAUSES = 10
"""Causes that are shown; the JSON has all."""


def screen(asked: Asked, tally: Tally, passed: float) -> RenderableType:
    """Show how it goes: the rate of the last seconds, what is under way, and the steps until now."""
    whole, recent = tally.whole, _recent(tally, passed)
    share = min(1.0, max(0.0, passed) / asked.profile.seconds)
    bar = "━" * round(share * 30)
    head = Text.assemble(
        (bar, "cyan"), ("─" * (30 - len(bar)), "dim"), f"  {passed:.0f} of {asked.profile.seconds:g} s   {asked.core}"
    )
    return Group(head, Text(_now(whole, recent, passed)), _Steps(tuple(_steps(asked, whole))), *_causes(whole))


def line(asked: Asked, tally: Tally, passed: float) -> str:
    """Say the same in a line."""
    whole = tally.whole
    slow = ", ".join(
        f"{name} p99 {written(step.took.percentile(0.99))}" for name, step in _steps(asked, whole) if len(step.took)
    )
    return f"{passed:4.0f} s: {_now(whole, _recent(tally, passed), passed)}{f'; {slow}' if slow else ''}"


def summary(result: Result) -> Iterator[RenderableType]:
    """Tell how it went."""
    whole, asked = result.whole, result.asked
    yield Text(f"{asked.written}, {ues(asked)} in {_processes(asked.processes)}, {asked.core}", style="dim")
    yield Text.assemble(
        f"{whole.due} journeys in {result.took:.1f} s: ",
        (f"{whole.succeeded} succeeded", "green" if whole.succeeded else ""),
        ", ",
        (f"{whole.failed} failed", "red" if whole.failed else ""),
        ", ",
        (f"{whole.held_back} held back", "yellow" if whole.held_back else ""),
        f"{_given_up(whole)}; {result.rate:.1f}/s",
    )
    yield _Steps(tuple(result.steps))
    yield from _causes(whole)
    for remark in result.remarks:
        yield Text(remark, style="yellow")
    if result.fault:
        yield Text(f"It ended before its time: {plain(result.fault)}", style="bold red")
    for sentence in result.exceeded:
        yield Text(f"Too much: {sentence}", style="bold red")


def written(seconds: float) -> str:
    """Write a time in milliseconds, or in seconds where it is long; three digits are told."""
    if seconds >= 10:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.{2 if seconds < 0.01 else 1 if seconds < 0.1 else 0}f} ms"


def _now(whole: Second, recent: Second, passed: float) -> str:
    full = min(int(passed), RECENT) or passed  # the first second is shown before it is full
    rate = recent.due / full if full > 0 else 0.0
    late = whole.lag.percentile(0.99)
    return (
        f"{rate:.1f}/s due, {whole.succeeded} succeeded, {whole.failed} failed, "
        f"{whole.held_back} held back, {whole.under_way} under way, begun late p99 {written(late)}"
    )


def _recent(tally: Tally, passed: float) -> Second:
    """Give the last full seconds, or the first one until now."""
    last = int(passed)
    return sum_of(second for number, second in tally.seconds.items() if last - RECENT <= number < max(last, 1))


def _steps(asked: Asked, whole: Second) -> list[tuple[str, Step]]:
    return [(name, whole.steps.get(name, Step())) for name in dict.fromkeys(asked.do)]


@frozen
class _Steps:
    """The steps as a table, with less room between its columns where a terminal has little."""

    steps: tuple[tuple[str, Step], ...]

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[Table]:
        yield _table(self.steps, 3 if options.max_width >= BROAD else 1)


def _table(steps: Iterable[tuple[str, Step]], room: int) -> Table:
    table = Table(box=None, padding=(0, room, 0, 0), header_style="bold")
    table.add_column("step", no_wrap=True)
    for name in ("succeeded", "failed", *PERCENTILES, "max"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, step in steps:
        times = [step.took.percentile(share) for share in PERCENTILES.values()]
        shown = [written(time) for time in (*times, step.took.longest)] if len(step.took) else ["-"] * 4
        table.add_row(name, str(len(step.took)), Text(str(step.failed), "red" if step.failed else ""), *shown)
    return table


def _causes(whole: Second) -> Iterator[Text]:
    found = [(count, name, cause) for name, step in whole.steps.items() for cause, count in step.causes.items()]
    for count, name, cause in sorted(found, reverse=True)[:CAUSES]:
        yield Text(f"  {count} x {name}: {plain(cause)}", style="red")


def ues(asked: Asked) -> str:
    """Say how many UEs there are, and how many of them have a turn."""
    return f"{asked.users} UEs{f', {asked.on} of them on' if asked.on < asked.users else ''}"


def _given_up(whole: Second) -> str:
    return f", {whole.under_way} given up" if whole.under_way else ""


def _processes(count: int) -> str:
    return "a process" if count == 1 else f"{count} processes"
