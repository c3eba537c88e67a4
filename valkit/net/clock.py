"""A clock that a scenario can move: an hour passes in a millisecond, and every timer fires at its own time.

`ShiftableClock` is an `IReactorTime` in front of the reactor's. Whoever takes time from it (never from the reactor)
takes part in the journey; sockets do not, so an answer that is under way arrives only after the clock has moved.
"""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from itertools import count

from twisted.internet.base import DelayedCall
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from zope.interface import implementer

Entry = tuple[float, int, DelayedCall]


class Standing:
    """A reactor whose time stands still at a moment of ours, while its timers go on; for a `ShiftableClock` above it.

    So time passes only from timer to timer, the same in every run, however long a machine takes between them.
    """

    def __init__(self, reactor: IReactorTime, at: float) -> None:
        self._at = at
        self.callLater = reactor.callLater
        self.getDelayedCalls = reactor.getDelayedCalls

    def seconds(self) -> float:
        """Tell the moment, in seconds since the epoch."""
        return self._at


@implementer(IReactorTime)
class ShiftableClock:
    """The reactor's time plus an offset, with calls of its own behind one call of the reactor's."""

    log = Logger()

    def __init__(self, reactor: "IReactorTime | Standing") -> None:
        self._reactor = reactor
        self._offset = 0.0
        self._standing: float | None = None
        """While the clock is moved: the time of the call that is being made."""
        self._calls: set[DelayedCall] = set()
        """The calls yet to be made."""
        self._heap: list[Entry] = []
        """Each of them at least once; an entry is true when it tells the call's present time."""
        self._numbers = count()
        self._alarm: IDelayedCall | None = None
        self._alarm_at = 0.0
        """Our time for which it is set, since rounding may make it ring too early."""

    def seconds(self) -> float:
        """Tell the time, in seconds since the epoch."""
        return self._standing if self._standing is not None else self._reactor.seconds() + self._offset

    def callLater(
        self,
        delay: float,
        callable: Callable[..., object],  # noqa: A002  IReactorTime names it so; its own annotations are as loose
        *args: object,
        **kw: object,
    ) -> DelayedCall:
        """Call back after so many seconds of this clock; refuses a negative delay."""
        if delay < 0:
            raise ValueError(f"A call cannot be made {-delay} seconds ago")
        call = DelayedCall(self.seconds() + delay, callable, args, kw, self._cancelled, self._moved, self.seconds)
        self._moved(call)
        return call

    def getDelayedCalls(self) -> Sequence[IDelayedCall]:
        """List the calls yet to be made, soonest first."""
        return sorted(self._calls, key=DelayedCall.getTime)

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass now: calls due are made in order, each with the clock at its own time."""
        if seconds < 0:
            raise ValueError(f"The clock cannot go back {-seconds} seconds")
        if self._standing is not None:
            raise RuntimeError("The clock is being moved already, and this is one of its calls")
        end = self.seconds() + seconds
        try:
            self._make_calls(end, stand=True)
        finally:
            self._standing = None
            self._offset += seconds
            self._set_alarm()

    def _ring(self) -> None:
        self._alarm = None
        self._offset += max(0.0, self._alarm_at - self.seconds())  # a little early, or the time beneath stands still
        self._make_calls(self.seconds(), stand=False)
        self._set_alarm()

    def _make_calls(self, end: float, *, stand: bool) -> None:
        while (head := self._head()) is not None and head[0] <= end:
            at, _, call = heappop(self._heap)
            if stand:
                self._standing = at
            self._make(call)

    def _make(self, call: DelayedCall) -> None:
        self._calls.discard(call)
        call.called = 1
        try:
            call.func(*call.args, **call.kw)
        except Exception:  # noqa: BLE001 - as the reactor does: one bad call must not cost the others theirs
            self.log.failure("a delayed call failed")

    def _head(self) -> Entry | None:
        """Find the soonest call, dropping what was cancelled and putting off what was delayed."""
        while self._heap and not self._true(self._heap[0]):
            at, _, call = heappop(self._heap)
            if call in self._calls and call.getTime() > at:
                self._push(call)
        return self._heap[0] if self._heap else None

    def _true(self, entry: Entry) -> bool:
        at, _, call = entry
        return call in self._calls and call.getTime() == at

    def _push(self, call: DelayedCall) -> None:
        call.activate_delay()  # so that it tells us of any time before the one it has now
        heappush(self._heap, (call.getTime(), next(self._numbers), call))

    def _moved(self, call: DelayedCall) -> None:
        """Take in a call that is new or now due earlier; later is found out when its first time comes."""
        self._calls.add(call)
        self._push(call)
        self._set_alarm()

    def _cancelled(self, call: DelayedCall) -> None:
        self._calls.discard(call)
        self._set_alarm()

    def _set_alarm(self) -> None:
        """Keep one call of the reactor's at the time of our soonest, and none when we have none."""
        if self._standing is not None:
            return
        head = self._head()
        if head is None:
            self._silence()
            return
        self._alarm_at = head[0]
        delay = max(0.0, head[0] - self.seconds())
        if self._alarm is None:
            self._alarm = self._reactor.callLater(delay, self._ring)
        else:
            self._alarm.reset(delay)

    def _silence(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
