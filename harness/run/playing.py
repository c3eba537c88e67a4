"""Scenarios played by several processes beside each other, told in the order of their files whatever order they end in.

Everything is read once, before there are several: then the process forks, and no child has to read or import it again.
The reactor is the one thing that cannot be shared: the kernel's queue of events would be one for all. So whoever plays
makes one after the fork, in place of the one that some import has made. A child is given one scenario at a time and
gives back pytest's own reports, which is all that anything else sees of it.

Every lab is at the same addresses, whoever plays it, for scenarios and labs may name them; its ports are free ones, so
that no two labs meet. Only in a part that is not ours would they: where a lab has one, one process plays everything.
"""

import gc
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from attrs import define, field

from harness.run.carried import ACCOUNT, EXTERNAL, STACKS, TOLD

CONTEXT = get_context("fork")
WORTH = 5
"""Scenarios that a process has to have before another one is worth its start."""
GRACE = 10.0
"""Seconds that children have to close their labs before they are killed."""
REACTOR = "pytest_twisted"

Told = list[dict[str, Any]]
"""pytest's reports of one scenario, as values."""
Message = tuple[str, Any]
"""What a child says: `played` with reports, or `end` with a sentence and an exit code."""


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0))


@define(eq=False)
class Players:
    """The pytest plugin that has scenarios played: here, or by children."""

    jobs: int = 1
    """Processes at most."""
    progress: Callable[[int, int], None] = lambda _done, _all: None
    """Hears how many have ended, and of how many."""
    used: int = 1
    """Processes that have played."""
    alone: bool = False
    """Whether one process played since parts that are not ours are shared by all scenarios."""

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """Keep what is read and imported out of the garbage collector, which finds nothing there, in any process."""
        gc.disable()
        try:
            return (yield)
        finally:
            gc.freeze()
            gc.enable()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Have children play; or leave it to pytest, where it is not worth one, or where nothing is to be played."""
        jobs = min(self.jobs, len(session.items) // WORTH)
        if session.testsfailed or session.config.option.collectonly:
            return None
        if jobs > 1 and any(EXTERNAL in item.stash for item in session.items):
            jobs, self.alone = 1, True
        if jobs < 2:
            session.config.pluginmanager.import_plugin(REACTOR)
            return None
        self.used = jobs
        _Conductor(session, self.progress).conduct(jobs)
        return True


@define(eq=False)
class _Player:
    """A child, and the pipe to it."""

    process: ForkProcess
    pipe: Connection
    at: int = -1
    """The scenario that it plays."""


@define(eq=False)
class _Conductor:
    """Gives out scenarios and takes in what came of them."""

    session: pytest.Session
    progress: Callable[[int, int], None]
    players: list[_Player] = field(factory=list)
    waiting: deque[int] = field(factory=deque)
    ended: dict[int, list[pytest.TestReport]] = field(factory=dict)
    """What cannot be told yet, since one before it has not ended."""
    told: int = 0

    def conduct(self, jobs: int) -> None:
        """Play everything; whatever ends it, no child is left."""
        count = len(self.session.items)
        self.waiting.extend(range(count))
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            for _ in range(jobs):
                self._employ()
            while self.told < count:
                for player in self._heard():
                    self._hear(player)
                self._tell()
                self.progress(self.told + len(self.ended), count)
        finally:
            self._dismiss()
            signal.signal(signal.SIGTERM, before)

    def _employ(self) -> None:
        """Start a child, which holds no end of another one's pipe, and give it something to do."""
        ours, theirs = CONTEXT.Pipe()
        process = CONTEXT.Process(
            target=_play, args=(self.session, theirs, [ours, *(player.pipe for player in self.players)]), daemon=True
        )
        process.start()
        theirs.close()
        self.players.append(player := _Player(process, ours))
        self._give(player)

    def _give(self, player: _Player) -> None:
        player.at = self.waiting.popleft() if self.waiting else -1
        player.pipe.send(player.at)

    def _heard(self) -> Iterator[_Player]:
        """Wait for children that have something to say, or that are gone."""
        ready = wait([player.pipe for player in self.players])
        return (player for player in tuple(self.players) if player.pipe in ready)

    def _hear(self, player: _Player) -> None:
        try:
            what, said = player.pipe.recv()
        except (EOFError, ConnectionResetError):
            self._bury(player)
            return
        if what == "end":
            pytest.exit(*said)
        hook = self.session.config.hook
        self.ended[player.at] = [
            hook.pytest_report_from_serializable(config=self.session.config, data=each) for each in said
        ]
        self._give(player)

    def _bury(self, player: _Player) -> None:
        """Report the scenario that a child died of, and employ another one, if there is something to do."""
        self.players.remove(player)
        player.process.join()
        if player.at >= 0:
            self.ended[player.at] = [_death(self.session.items[player.at], player.process.exitcode)]
            if self.waiting:
                self._employ()

    def _tell(self) -> None:
        """Pass on what has ended, as far as everything before it has."""
        while self.told in self.ended:
            for report in self.ended.pop(self.told):
                self.session.config.hook.pytest_runtest_logreport(report=report)
            self.told += 1

    def _dismiss(self) -> None:
        """End every child: at once where it has nothing to do, else when it has closed its lab."""
        for player in self.players:
            if player.at >= 0:
                player.process.terminate()
            player.pipe.close()
        end = time.monotonic() + GRACE
        for player in self.players:
            player.process.join(max(0.0, end - time.monotonic()))
            player.process.kill()
            player.process.join()


def _death(item: pytest.Item, code: int | None) -> pytest.TestReport:
    """Make a report of a scenario whose process is gone."""
    how = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
    report = pytest.TestReport(
        item.nodeid,
        item.location,
        {},
        outcome="failed",
        longrepr=f"The process that played it is gone ({how}).",
        when="call",
        user_properties=item.user_properties,
    )
    announce = getattr(item, "announce", None)  # a scenario's: nobody else can tell any more what it was
    if announce is not None:
        announce()
    if ACCOUNT in item.stash:
        vars(report)[TOLD] = item.stash[ACCOUNT]
    return report


def _play(session: pytest.Session, pipe: Connection, others: list[Connection]) -> None:
    """Play what comes through the pipe, in a child, until nothing comes any more."""
    for each in others:
        each.close()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    plugins = session.config.pluginmanager
    try:
        _own_capture(plugins.get_plugin("capturemanager"))
        sys.modules.pop("twisted.internet.reactor", None)
        plugins.import_plugin(REACTOR)
        while (at := pipe.recv()) >= 0:
            pipe.send(_played(session, session.items[at]))
    except (KeyboardInterrupt, EOFError, OSError):  # called off, or there is nobody any more to play for
        pass
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        shared = plugins.get_plugin(STACKS)
        if shared is not None:
            shared.pytest_sessionfinish()
        os._exit(0)  # else threads of the reactor would be waited for


def _played(session: pytest.Session, item: pytest.Item) -> Message:
    try:
        reports = runtestprotocol(item, log=False)
    except pytest.exit.Exception as fault:
        return "end", (fault.msg, fault.returncode)
    hook = session.config.hook
    told: Told = [hook.pytest_report_to_serializable(config=session.config, report=report) for report in reports]
    return "played", told


def _own_capture(capture: Any) -> None:
    """Catch what is printed in a file of this process, and not in the one that it has from its parent."""
    if capture is not None:
        capture.stop_global_capturing()
        capture.start_global_capturing()
        capture.suspend_global_capture()
