"""A load from beginning to end: what is to be loaded is there, phones are on, journeys go on, and all is ended again.

Ctrl-C, or SIGTERM, heard once the reactor runs, has the processes say what they have counted; what comes of it is a
result as well.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from attrs import define, field
from twisted.internet.task import LoopingCall

from harness.errors import EnvironmentFault
from harness.load.crew import Crew
from harness.load.orders import Brief, shared
from harness.load.result import Asked, Result
from harness.load.tally import Tally

Watch = Callable[[Tally, float], None]
"""Hears what was counted and how many seconds have passed."""


@define
class Load:
    """One load; `watch` hears of it every so many seconds."""

    _reactor: Any
    _patience: float
    _watch: Watch
    _every: float
    _crew: Crew = field(init=False)
    interrupted: bool = field(init=False, default=False)

    def __attrs_post_init__(self) -> None:
        self._crew = Crew(self._reactor)

    @contextmanager
    def hearing(self) -> Iterator[None]:
        """Hear Ctrl-C, and what a CI sends when its time is over, from now on; the reactor has to run."""
        before = [(each, signal.signal(each, self._hear)) for each in (signal.SIGINT, signal.SIGTERM)]
        try:
            yield
        finally:
            for each, handler in before:
                signal.signal(each, handler)

    async def carry_out(self, asked: Asked, phones: list[Brief]) -> Result:
        """Do it all. Raises EnvironmentFault where the machine does not allow it to begin; later that ends it early."""
        watching = LoopingCall(lambda: self._watch(self._crew.tally, self._passed))
        watching.clock = self._reactor
        fault = ""
        orders = shared(phones, asked.profile, asked.do, asked.in_flight, self._patience, asked.processes)
        try:
            if not self.interrupted:
                await self._crew.start(orders)
            if not self.interrupted:
                watching.start(self._every, now=False)
                await self._crew.work()
        except EnvironmentFault as error:
            if not self.interrupted:  # else Ctrl-C has ended the processes, too
                if self._crew.began is None:
                    raise
                fault = str(error)
        finally:
            if watching.running:
                watching.stop()
            took = max(0.0, self._passed if self._crew.last is None else self._crew.last - self._began)
            await self._crew.close()
        if not (self.interrupted or fault):
            took = max(took, asked.profile.seconds)
        return Result(asked, self._crew.tally, self._began, took, self.interrupted, fault)

    @property
    def _began(self) -> float:
        return self._reactor.seconds() if self._crew.began is None else self._crew.began

    @property
    def _passed(self) -> float:
        passed: float = self._reactor.seconds() - self._began
        return passed

    def _hear(self, *_: object) -> None:
        self._reactor.callFromThread(self._stop)

    def _stop(self) -> None:
        if not self.interrupted:
            self.interrupted = True
            self._crew.stop()
