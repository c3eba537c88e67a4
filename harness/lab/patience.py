"""Waiting for what programs do: until something has happened, or until nothing more is to be expected.

There is no sleep in it. A lab is *quiet* when every request that can still be answered has its answer and the reactor
has turned a few times with nothing new in the trace and nothing left to do: no connection that is being opened, nothing
that was sent and is not read yet. After a fault
silence may last as long as a timer, so time that nobody uses is skipped then: the clock moves to the next timer due.
"""

from collections.abc import Awaitable, Callable
from select import POLLIN, poll
from typing import Any, TypeVar

from attrs import define
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import deferLater
from twisted.python.failure import Failure

from harness.lab.wire import Wire
from valkit.net.clock import ShiftableClock

T = TypeVar("T")

TURNS = 5
"""Turns of the reactor without news, and with nothing under way, after which nothing comes inside this process."""

WORK = 1.0
"""Real seconds that what is under way may keep us waiting without news: a connection may lead to nowhere."""

SOON = 0.1
"""Seconds of the lab's clock: timers due within it are not waited for but come at once."""

IDLE = 0.03
"""Real seconds without news after which whoever still waits is waiting for a timer, or for another process."""

DEADLINE = 10.0
"""Real seconds that anything may take at most."""

HORIZON = 33.0
"""Timers further away than a transaction lasts (64 T1) are not waited for: registrations, tokens."""


@define
class Patience:
    """How a scenario waits in one lab."""

    _reactor: Any
    """It knows timers, and what it reads and writes (IReactorTime, IReactorFDSet)."""
    _clock: ShiftableClock
    _wire: Wire
    alone: bool = True
    """Nothing is done outside this process that we do not see begin and end."""
    one_clock: bool = True
    """Every program keeps the lab's time, so that it may be moved."""
    skipping: bool = False
    """A fault was done: time that nobody uses is skipped."""

    async def during(self, work: Awaitable[T]) -> T:
        """Wait for work that waits for the network; meanwhile time that nobody uses is skipped."""
        doing = Deferred.fromCoroutine(_coroutine(work))
        end = self._reactor.seconds() + DEADLINE
        try:
            while not doing.called and self._reactor.seconds() < end:
                await self.more()
            return await doing
        except CancelledError:  # the run was interrupted while we waited, and nobody waits for the work any more
            doing.addErrback(_nobody_asks)
            doing.cancel()
            raise

    async def quiet(self) -> None:
        """Wait until nothing more is to be expected, at most until the deadline."""
        end = self._reactor.seconds() + DEADLINE
        while await self.more() and self._reactor.seconds() < end:
            pass

    async def more(self) -> bool:
        """Wait for something new; False when nothing is to be expected any longer."""
        if await self._news_in_turns() or self._skip(SOON):
            return True
        waiting = self._wire.unanswered()
        if self.alone and not waiting:
            return False
        if await self._news_within(IDLE):
            return True
        if self._wire.calling:
            return True
        return waiting and (not self._may_skip or self._skip(HORIZON))

    @property
    def _may_skip(self) -> bool:
        """Whether time may be skipped: after a fault, and where it is on this clock that somebody waits."""
        return self.skipping and self.one_clock and self._wire.on_our_clock

    async def advance(self, seconds: float) -> None:
        """Let time pass: each timer at its own time, and what it causes before the next one."""
        end = self._clock.seconds() + seconds
        while (due := self._next_due()) is not None and due <= end:
            self._clock.advance(max(0.0, due - self._clock.seconds()))
            while await self._news_in_turns() or (self._wire.unanswered() and await self._news_within(IDLE)):
                pass
        self._clock.advance(max(0.0, end - self._clock.seconds()))

    def _skip(self, within: float) -> bool:
        """Move the clock to the next timer; False if none is due within so many seconds."""
        due, now = self._next_due(), self._clock.seconds()
        if due is None or due - now > within:
            return False
        self._clock.advance(max(0.0, due - now))
        return True

    def _next_due(self) -> float | None:
        return min((call.getTime() for call in self._clock.getDelayedCalls()), default=None)

    async def _news_in_turns(self) -> bool:
        """Let the reactor turn until there is news, or until it has turned often enough with nothing to do.

        Turns alone would not do: a connection that is opened before something is sent takes as many as the machine
        likes. What the reactor still has to do it knows: whom it waits for to write, which a connection that is not yet
        there is as well, and what has come and is not read. Between one such thing and the next, as in a chain of
        callbacks or on loopback itself, there may be a turn with neither: so it takes several.
        """
        end = self._reactor.seconds() + WORK
        while not (news := await self._news(lambda: deferLater(self._reactor, 0), TURNS)):
            if not self._at_work() or self._reactor.seconds() >= end:
                break
        return news

    def _at_work(self) -> bool:
        """Whether the reactor has something to write, a connection to open, or something to read that has come."""
        if self._reactor.getWriters():
            return True
        asked = poll()
        for each in (reader.fileno() for reader in self._reactor.getReaders()):
            if each >= 0:  # it is not closed and about to be forgotten
                asked.register(each, POLLIN)
        return bool(asked.poll(0))

    async def _news_within(self, seconds: float) -> bool:
        steps = 10
        return await self._news(lambda: deferLater(self._reactor, seconds / steps), steps)

    async def _news(self, pause: Callable[[], Any], times: int) -> bool:
        known = len(self._wire.trace.events)
        for _ in range(times):
            await pause()
            if len(self._wire.trace.events) > known:
                return True
        return False


def _nobody_asks(_: Failure) -> None:
    """Let go of what became of work that was called off."""


async def _coroutine(work: Awaitable[T]) -> T:
    return await work
