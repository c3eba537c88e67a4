"""Scenario files and scenarios as pytest items: collected with line numbers, played on pytest-twisted's reactor."""

import re
from collections.abc import Callable, Coroutine, Iterable
from hashlib import blake2s
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_twisted
from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from harness.errors import EnvironmentFault, NotApplicable
from harness.grammar.files import as_written
from harness.lab.interruption import Interruption
from harness.language.places import staged
from harness.language.scenario import Scenario
from harness.plans.lab import LabPlan
from harness.report.account import account, announced
from harness.report.model import Account
from harness.report.performance import ScenarioFailed
from harness.run.carried import (
    ACCOUNT,
    CLAUSE,
    EXTERNAL,
    LADDER,
    REACTOR_LATER,
    REPORTING,
    STACKS,
    UNREAD,
    UNSEEN,
    WIDTH,
)
from harness.run.play import play
from harness.seen.capture import named, save
from harness.seen.ladder import text
from ue_sim.engines import EngineName
from ue_sim.pjsua.pool import Pool
from valkit.exits import BAD_ENVIRONMENT
from valkit.redaction import redact
from valkit.settings import SettingsError
from valkit.terminal import plain_lines
from valkit.trace import Http, Message

T = TypeVar("T")

LONGEST = 100
"""Characters of a capture's name that are words."""


@frozen
class SharedStacks:
    """A plugin of the run, there once the first scenario has been played."""

    pool: Pool

    def pytest_sessionfinish(self) -> None:
        """End the processes, while the reactor still runs."""
        on_reactor(lambda _: self.pool.close())


class ScenarioFile(pytest.File):
    """One YAML file, with one or more scenarios."""

    def collect(self) -> Iterable["ScenarioItem"]:
        """Read the file; every fault in it is reported, each with its line."""
        plugins = self.config.pluginmanager.get_plugins()
        if pytest_twisted not in plugins and REACTOR_LATER not in self.config.stash:
            raise self.CollectError("Scenarios are played on pytest-twisted's reactor: do not turn that plugin off.")
        shown = as_written(self.path)
        try:
            found = staged(self.path, shown, self.config.getoption("--val-lab"))
        except SettingsError as error:
            raise self.CollectError(str(error)) from None
        for scenario, plan, unfit in found:
            played = _on_engine(plan, self.config)
            yield ScenarioItem.from_parent(self, name=scenario.name, scenario=scenario, plan=played, unfit=unfit)


class ScenarioItem(pytest.Item):
    """One scenario."""

    def __init__(self, *, scenario: Scenario, plan: LabPlan, unfit: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scenario = scenario
        self.plan = plan
        self.unfit = unfit
        self.user_properties += [(CLAUSE, clause) for clause in scenario.clauses]
        self.extra_keyword_matches |= set(scenario.clauses)
        if not all(domain.is_ours for domain in plan.domains.values()):
            self.stash[EXTERNAL] = True

    def runtest(self) -> None:
        """Play it; the ladder goes into the report, if anybody will see it."""
        self.announce()
        if self.unfit:
            pytest.skip(self.unfit)
        seed = self.config.getoption("--val-seed")
        try:
            performance = on_reactor(
                lambda reactor: play(self.scenario, self.plan, reactor, self._stacks(reactor), seed)
            )
        except NotApplicable as reason:
            pytest.skip(str(reason))
        except EnvironmentFault as fault:
            pytest.exit(plain_lines(str(fault)), returncode=BAD_ENVIRONMENT)
        if performance.failure is not None or not self.config.stash.get(UNREAD, False):
            drawn = text.draw(performance.ladder, self.config.stash.get(WIDTH, None))
            self.add_report_section("call", LADDER, plain_lines(drawn))
        self._tell(lambda: account(performance))
        self.user_properties += [(UNSEEN, told) for told in performance.unseen]
        folder = self.config.getoption("--val-pcap")
        if folder is not None and performance.messages:
            _capture(performance.messages, folder / _file_name(self))
        performance.judge()

    def announce(self) -> None:
        """Tell what it is, before it is played: that much is in the report whatever comes of it."""
        self._tell(lambda: announced(self.scenario))

    def _tell(self, told: Callable[[], Account]) -> None:
        """Keep what a report is to have of it, where one is made."""
        if REPORTING in self.config.stash:
            self.stash[ACCOUNT] = told().model_dump(mode="json", exclude_defaults=True)

    def _stacks(self, reactor: Any) -> Pool:
        """Give the processes that the phones of all scenarios share; they end with the run."""
        plugins = self.config.pluginmanager
        shared = plugins.get_plugin(STACKS)
        if shared is None:
            plugins.register(shared := SharedStacks(Pool(reactor)), STACKS)
        return shared.pool

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG002  pytest names it
        """Say where, what was wanted and what came; a traceback only for a fault of the harness.

        What peers wrote is in it, without secrets, and does nothing on a terminal.
        """
        if isinstance(excinfo.value, ScenarioFailed):
            return plain_lines(redact(str(excinfo.value)))
        return plain_lines(redact(str(excinfo.getrepr(style="native"))))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Tell file, line (from 0) and name."""
        return self.path, self.scenario.line - 1, self.name


def _capture(messages: Iterable[Message | Http], path: Path) -> None:
    """Save a capture; where that cannot be, the run ends, and no scenario is to blame."""
    try:
        save(messages, path)
    except OSError as error:
        pytest.exit(f"{path} cannot be written: {error.strerror}", returncode=BAD_ENVIRONMENT)


def _file_name(item: ScenarioItem) -> str:
    """Name the capture of a scenario after its file and what it shows, in letters that every file system takes.

    Since that may make two names one, a few digits of the whole name's digest follow.
    """
    digest = blake2s(item.nodeid.encode("utf-8", "surrogateescape"), digest_size=3).hexdigest()
    words = re.sub(r"[^a-z0-9]+", "-", f"{item.path.stem} {item.name}".lower()).strip("-")
    return named(words[:LONGEST], digest)


def _on_engine(plan: LabPlan, config: pytest.Config) -> LabPlan:
    """Give the phones of a lab the SIP stack that was chosen for the run, if one was."""
    chosen = config.getoption("--val-engine")
    return plan.model_copy(update={"engine": EngineName(chosen)}) if chosen else plan


def on_reactor(work: Callable[[Any], Coroutine[Any, Any, T]]) -> T:
    """Give the reactor of pytest-twisted to a coroutine function, and wait for what comes of it.

    Raises KeyboardInterrupt after Ctrl-C, when the coroutine function has been called off and has cleared away.
    """
    from twisted.internet import reactor  # noqa: PLC0415  pytest-twisted chooses it when the run is configured

    with Interruption(reactor) as interruption:
        doing = deferLater(reactor, 0, lambda: Deferred.fromCoroutine(work(reactor)))
        result: T = pytest_twisted.blockon(interruption.calls_off(doing))
    return result
