"""The processes of a load, as whoever started them sees them: what each has counted, added up.

Each is `python -m harness.load`, spoken to in lines over its pipes, so that keys and tokens are in no file and in no
list of processes. It ends when its standard input does, and so never outlives us.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred, DeferredList, FirstError, gatherResults
from twisted.internet.defer import TimeoutError as TooLong
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from harness.errors import EnvironmentFault
from harness.load.orders import Order
from harness.load.tally import Tally

COMMAND = (sys.executable, "-m", "harness.load")
STARTING, EACH = 120.0, 0.005
"""Seconds in which a process has to have its phones on, and how many more there are for each of all phones."""
ENDING = 10.0
"""Seconds that a process may take to end once it is told to, before it is killed."""
SOON = 0.3
"""Seconds from when all are ready until the first journey begins."""


class _Pipe(ProcessProtocol):
    """Our end of the pipes."""

    def __init__(self, counted: Callable[[Tally], None]) -> None:
        self.ready: Deferred[None] = Deferred()
        self.ended: Deferred[None] = Deferred()
        """Fires when the process is gone; fails if it had not come to its end."""
        self.last: float | None = None
        """When its last journey ended, in epoch seconds."""
        self._counted = counted
        self._begun = b""
        self._complained = ""
        self._whole = False
        self._overdue: IDelayedCall | None = None

    def outReceived(self, data: bytes) -> None:
        """Take in what the process says."""
        *lines, self._begun = (self._begun + data).split(b"\n")
        for line in lines:
            self._said(json.loads(line))

    def errReceived(self, data: bytes) -> None:
        """Keep the end of what is complained."""
        self._complained = (self._complained + data.decode("utf-8", "replace"))[-4_000:]

    def processEnded(self, reason: Failure) -> None:
        """Tell whoever waits."""
        if self._overdue is not None and self._overdue.active():
            self._overdue.cancel()
        died = EnvironmentFault(f"A process of the load ended: {self._complained.strip() or reason.value}")
        if not self.ready.called:
            self.ready.errback(died)
            self._whole = True
        if self._whole:
            self.ended.callback(None)
        else:
            self.ended.errback(died)

    def stop(self, reactor: Any) -> None:
        """Have it come to its end soon; kill it when it does not."""
        if self.transport is not None and not self.ended.called:
            self.transport.closeStdin()
            self._overdue = self._overdue or reactor.callLater(ENDING, self.kill)

    def kill(self) -> None:
        """End it at once; nothing happens if it has ended."""
        try:
            if self.transport is not None:
                self.transport.signalProcess("KILL")
        except ProcessExitedAlready:
            return

    def _said(self, said: dict[str, Any]) -> None:
        match said:
            case {"ready": _}:
                self.ready.callback(None)
            case {"fault": sentence}:
                self.ready.errback(EnvironmentFault(f"{sentence}."))
                self._whole = True
            case {"counted": told}:
                self._counted(Tally.of(told))
            case {"end": moment}:
                self.last = moment
                self._whole = True


@define
class Crew:
    """Processes with phones in them."""

    _reactor: Any
    tally: Tally = field(factory=Tally)
    began: float | None = None
    """When the first journey is due, in epoch seconds."""
    _pipes: list[_Pipe] = field(factory=list)

    async def start(self, orders: Sequence[Order]) -> None:
        """Start a process for each order, and wait until every phone is on. Raises EnvironmentFault."""
        within = STARTING + EACH * sum(len(order.phones) for order in orders)
        for order in orders:
            pipe = _Pipe(self.tally.take)
            self._reactor.spawnProcess(pipe, COMMAND[0], list(COMMAND), env=dict(os.environ))
            assert pipe.transport is not None
            pipe.transport.write(order.line().encode() + b"\n")
            pipe.ready.addTimeout(within, self._reactor)
            self._pipes.append(pipe)
        for pipe in self._pipes:
            try:
                await pipe.ready
            except TooLong:
                raise EnvironmentFault(f"The phones were not on within {within:.0f} s: take fewer users.") from None

    async def work(self) -> None:
        """Let all begin at the same time, and wait until all have ended.

        Raises EnvironmentFault if one died, when the others have said what they had counted until then.
        """
        self.began = self._reactor.seconds() + SOON
        for pipe in self._pipes:
            assert pipe.transport is not None
            pipe.transport.write(json.dumps({"go": self.began}).encode() + b"\n")
        ended = [pipe.ended for pipe in self._pipes]
        try:
            await gatherResults(ended, consumeErrors=True)
        except FirstError as first:
            self.stop()
            await DeferredList(ended)
            first.subFailure.raiseException()

    @property
    def last(self) -> float | None:
        """When the last journey ended, in epoch seconds; None if no process has come to its end."""
        return max((pipe.last for pipe in self._pipes if pipe.last is not None), default=None)

    def stop(self) -> None:
        """Have all begin no more and say what they have counted; who does not end is killed."""
        for pipe in self._pipes:
            pipe.stop(self._reactor)

    async def close(self) -> None:
        """End what still runs."""
        for pipe in self._pipes:
            pipe.kill()
        await gatherResults([_gone(pipe) for pipe in self._pipes])


def _gone(pipe: _Pipe) -> "Deferred[None]":
    gone: Deferred[None] = Deferred()

    def tell(_: object) -> None:
        gone.callback(None)

    for waiting in (pipe.ready, pipe.ended):
        waiting.addErrback(lambda _: None)
    pipe.ended.addCallback(tell)
    return gone
