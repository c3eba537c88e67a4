"""The terminal of `val run`: a line for each scenario, then what failed and why, ladders, and the conformance table.

A pytest plugin that reads only pytest's own reports, so it works the same when items run in other processes.
"""

from collections.abc import Callable, Iterable, Iterator

import pytest
import typer
from attrs import define, field

from harness.console.terminal import PIPED, broken
from harness.report.conformance import conformance, table
from harness.report.results import Result, Verdict
from harness.run.carried import CLAUSE, EVERY_FILE, LADDER, REACTOR_LATER, UNREAD, UNSEEN, WIDTH
from harness.run.chosen import file_of
from harness.run.junit import headline
from harness.run.shortening import shortened

FEW = 2
"""Up to so many scenarios, ladders are shown if all passed, too."""

VERDICTS = {"passed": Verdict.PASSED, "failed": Verdict.FAILED, "skipped": Verdict.NOT_APPLICABLE}
SIGNS = {Verdict.PASSED: "ok", Verdict.FAILED: "FAILED", Verdict.NOT_APPLICABLE: "n/a"}
COLOURS = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.NOT_APPLICABLE: "yellow"}


@define(eq=False)
class Reporter:
    """What is said about one run, while it runs and after it."""

    write: Callable[[str], None]
    """Takes one line or several."""
    complain: Callable[[str], None]
    """Takes what is wrong with the files, which is no result of the run."""
    verbose: bool = False
    width: int | None = None
    """Columns of the terminal; None if it is none."""
    words: str = ""
    """Only what has these words in its file, name or clauses is played."""
    results: list[Result] = field(factory=list)
    faults: list[str] = field(factory=list)
    """What is wrong with the files, a line each; nothing is played then."""
    chosen: int = 0
    interrupted: bool = False
    """Whether Ctrl-C ended the run: nothing is said of requirements then, as not all that speaks of them was played."""
    ended_by: str = ""
    """What ended the run before its time, if it was not Ctrl-C."""
    _file: str = ""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Take the place of pytest's own reporter, and have every YAML file be a scenario file."""
        config.stash[EVERY_FILE] = True
        config.stash[REACTOR_LATER] = True
        if self.width is not None:
            config.stash[WIDTH] = self.width
        theirs = config.pluginmanager.get_plugin("terminalreporter")
        if theirs is not None:
            config.pluginmanager.unregister(theirs)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Gather what is wrong with a file."""
        if report.failed:
            self.faults += str(report.longrepr).splitlines()

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what does not have the words."""
        left_out = [item for item in items if self.words.casefold() not in _words_of(item)]
        items[:] = [item for item in items if item not in left_out]
        if left_out:
            config.hook.pytest_deselected(items=left_out)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Learn how many will be played, and who sees their ladders; or list them if none will be."""
        self.chosen = len(session.items)
        told_elsewhere = session.config.getoption("xmlpath", None) is not None
        session.config.stash[UNREAD] = not (self.verbose or told_elsewhere or self.chosen <= FEW)
        if session.config.option.collectonly:
            for item in session.items:
                self._enter(file_of(item.nodeid, item.name))
                self.write(f"    {item.name}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Say how one scenario ended; its ladder is put where JUnit's writer looks for output."""
        result = result_of(report)
        if result.ladder:
            report.sections.append(("Captured stdout call", result.ladder))
        if report.when != "call" and report.passed:
            return
        self.results.append(result)
        self._enter(result.file)
        self.write(f"{_sign(result.verdict, 8)} {result.seconds * 1000:6.0f} ms  {result.name}")
        for unseen in result.unseen:
            self.write(broken(f"{' ' * 20}not observable: {unseen}", self.width))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Say why the run ends before its time; faults of files are told at the end."""
        self.interrupted = not isinstance(excinfo.value, pytest.Session.Interrupted | pytest.exit.Exception)
        if not (self.faults or self.interrupted):
            self.ended_by = str(excinfo.value)
            self.write(self.ended_by)

    def pytest_internalerror(self, excrepr: object) -> None:
        """Show a fault of the harness itself."""
        self.write(str(excrepr))

    def summarize(self) -> None:
        """Say what came of it all."""
        for fault in dict.fromkeys(self.faults):  # that of a lab is met by every file that plays in it
            self.complain(broken(fault, self.width))
        for result in self.results:
            if self._is_shown(result):
                self.write("\n".join(["", *self._told(result)]))
        if self.results and not self.interrupted:
            found = conformance(self.results)
            self.write(f"\nRequirements\n{table(found, self.width or PIPED, names=self.verbose)}")
            self._repeat_failures()
            self.write(f"\n{', '.join(_counts(self.results))}, {found.summary}")
            if self.ended_by:
                self.write(f"Ended after {len(self.results)} of {self.chosen} scenarios: {self.ended_by}")

    def _repeat_failures(self) -> None:
        """Tell once more what failed, a line each: ladders have made the reasons scroll away."""
        failed = [result for result in self.results if result.verdict is Verdict.FAILED]
        if failed:
            self.write("\nFailed")
        for result in failed:
            self.write(broken(f"  {result.name}: {headline(result.reason)}", self.width))

    def _enter(self, file: str) -> None:
        """Write the name of a file above its first scenario."""
        if file != self._file:
            self._file = file
            self.write(file)

    def _is_shown(self, result: Result) -> bool:
        if self.verbose or result.verdict is not Verdict.PASSED:
            return True
        return self.chosen <= FEW and all(other.verdict is Verdict.PASSED for other in self.results)

    def _told(self, result: Result) -> Iterator[str]:
        """Show why a scenario failed first, then what happened: of much of it the end, if not all is asked for."""
        yield f"{_sign(result.verdict)}: {result.name}"
        if result.reason:
            yield result.reason
            yield ""
        if result.ladder:
            whole = self.verbose or result.verdict is not Verdict.FAILED
            yield result.ladder if whole else shortened(result.ladder, self.width)


def _words_of(item: pytest.Item) -> str:
    return " ".join([item.nodeid, *(str(value) for _, value in item.user_properties)]).casefold()


def _sign(verdict: Verdict, width: int = 0) -> str:
    return typer.style(f"{SIGNS[verdict]:>{width}}", fg=COLOURS[verdict])


def result_of(report: pytest.TestReport) -> Result:
    """Read how a scenario ended from pytest's report of it."""
    sections = {name.split(" ")[1]: text for name, text in report.sections if name.startswith("Captured ")}
    return Result(
        file=file_of(report.nodeid, report.location[2]),
        name=report.location[2],
        verdict=VERDICTS[report.outcome],
        seconds=report.duration,
        clauses=tuple(str(value) for name, value in report.user_properties if name == CLAUSE),
        reason=_reason(report),
        ladder=sections.get(LADDER, ""),
        unseen=tuple(str(value) for name, value in report.user_properties if name == UNSEEN),
    )


def _reason(report: pytest.TestReport) -> str:
    if report.skipped and isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr or "")


def _counts(results: Iterable[Result]) -> Iterator[str]:
    verdicts = [result.verdict for result in results]
    for verdict in Verdict:
        if verdict in verdicts:
            yield f"{verdicts.count(verdict)} {verdict.value}"
