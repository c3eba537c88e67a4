"""ShiftableClock against Twisted's own test clock, and what it adds: moving."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import Clock
from twisted.logger import LogEvent
from zope.interface.verify import verifyObject

from valkit.net.clock import ShiftableClock, Standing

Calls = list[tuple[float, str]]


def recorder(clock: Clock | ShiftableClock, calls: Calls) -> Callable[[str], None]:
    """Give a function that notes when it was called."""
    return lambda name: calls.append((clock.seconds(), name))


def test_it_is_a_reactors_time() -> None:
    """It provides what Twisted asks of a clock."""
    assert verifyObject(IReactorTime, ShiftableClock(Clock()))


def test_an_hour_in_no_time() -> None:
    """Every call due in the hour is made in order, the clock standing at each call's own time."""
    reactor, calls = Clock(), Calls()
    clock = ShiftableClock(reactor)
    note = recorder(clock, calls)
    clock.callLater(3000, note, "later")
    clock.callLater(60, lambda: clock.callLater(60, note, "made on the way"))
    clock.callLater(3601, note, "after the hour")
    clock.advance(3600)
    assert calls == [(120, "made on the way"), (3000, "later")]
    assert (clock.seconds(), reactor.seconds()) == (3600, 0)


def test_time_also_passes_by_itself() -> None:
    """Without being moved it is the reactor's clock, and after being moved it stays ahead."""
    reactor, calls = Clock(), Calls()
    clock = ShiftableClock(reactor)
    note = recorder(clock, calls)
    clock.callLater(1, note, "first")
    clock.callLater(12, note, "second")
    reactor.advance(1)
    clock.advance(10)
    reactor.advance(1)
    assert calls == [(1, "first"), (12, "second")]


def test_one_call_of_the_reactors_and_none_when_idle() -> None:
    """However many calls wait, the reactor has one; with the last one cancelled it has none."""
    reactor = Clock()
    clock = ShiftableClock(reactor)
    calls = [clock.callLater(seconds, print) for seconds in (3, 1, 2)]
    assert [call.getTime() for call in reactor.getDelayedCalls()] == [1]
    for call in calls:
        call.cancel()
    assert not reactor.getDelayedCalls()
    assert not clock.getDelayedCalls()


def test_a_call_that_fails_is_logged_and_the_next_one_made(failures: list[LogEvent]) -> None:
    """An exception in one call costs no other call its turn."""
    reactor, calls = Clock(), Calls()
    clock = ShiftableClock(reactor)
    clock.callLater(1, lambda: 1 / 0)
    clock.callLater(2, recorder(clock, calls), "made")
    clock.advance(5)
    assert calls == [(2, "made")]
    assert failures.pop()["log_failure"].type is ZeroDivisionError


def test_what_it_refuses(failures: list[LogEvent]) -> None:
    """Neither a call in the past, nor going back, nor being moved by a call that moving it made."""
    clock = ShiftableClock(Clock())
    with pytest.raises(ValueError, match="ago"):
        clock.callLater(-1, print)
    with pytest.raises(ValueError, match="back"):
        clock.advance(-1)
    clock.callLater(1, clock.advance, 1)
    clock.advance(2)
    assert "being moved already" in str(failures.pop()["log_failure"].value)
    assert clock.seconds() == 2


DELAY = st.integers(1, 40)  # task.Clock notices what is due at once only after its next second
DEED = st.one_of(
    st.tuples(st.just("call"), DELAY),
    st.tuples(st.just("cancel"), DELAY),
    st.tuples(st.just("reset"), DELAY),
    st.tuples(st.just("delay"), DELAY),
    st.tuples(st.just("pass"), DELAY),
)


def play(clock: Clock | ShiftableClock, advance: Callable[[float], None], deeds: list[tuple[str, int]]) -> list[Calls]:
    """Do these deeds with a clock; give what was called during each, calls of the same instant in any order."""
    calls: Calls = []
    heard: list[Calls] = []
    made = [clock.callLater(5, recorder(clock, calls), "0")]
    for number, (deed, value) in enumerate(deeds, 1):
        call = made[value % len(made)]
        if deed == "call":
            made.append(clock.callLater(value, recorder(clock, calls), str(number)))
        elif deed == "pass":
            advance(value)
        elif call.active():
            getattr(call, deed)(*() if deed == "cancel" else (value,))
        heard.append(sorted(calls))
        heard.append([(pending.getTime(), "pending") for pending in sorted_calls(clock)])
    return heard


def sorted_calls(clock: Clock | ShiftableClock) -> list[IDelayedCall]:
    """List the pending calls by their time."""
    return sorted(clock.getDelayedCalls(), key=lambda call: call.getTime())


def pump(clock: Clock) -> Callable[[float], None]:
    """Give a way to let time pass second by second; task.Clock knows no finer time while it advances."""
    return lambda seconds: clock.pump([1] * int(seconds))


@given(st.lists(DEED))
def test_it_agrees_with_twisteds_clock_when_moved(deeds: list[tuple[str, int]]) -> None:
    """Whatever is called, put off, put forward and cancelled, it calls what task.Clock calls, when it calls it."""
    model, clock = Clock(), ShiftableClock(Clock())
    assert play(clock, clock.advance, deeds) == play(model, pump(model), deeds)


@given(st.lists(DEED))
def test_it_agrees_with_twisteds_clock_when_time_passes(deeds: list[tuple[str, int]]) -> None:
    """The same when it is the reactor's time that passes."""
    model, reactor = Clock(), Clock()
    assert play(ShiftableClock(reactor), pump(reactor), deeds) == play(model, pump(model), deeds)


@given(st.floats(0, 1e9), st.floats(0, 100))
def test_rounding_never_makes_it_ring_in_vain(start: float, delay: float) -> None:
    """Whatever the sums of times are rounded to, a call due is made, and the reactor is not asked for it for ever."""
    reactor, calls = Clock(), Calls()
    reactor.advance(start)
    clock = ShiftableClock(reactor)
    clock.advance(delay / 3)
    clock.callLater(delay, recorder(clock, calls), "made")
    reactor.advance(delay + 1e-6)
    assert len(calls) == 1


def test_above_a_time_that_stands_still_time_passes_from_timer_to_timer() -> None:
    """Each call is made at its own time, after as long as it takes; between them none passes."""
    reactor = Clock()
    clock = ShiftableClock(Standing(reactor, 1000.0))
    told: list[float] = []
    clock.callLater(2.0, lambda: told.append(clock.seconds()))
    clock.callLater(5.0, lambda: told.append(clock.seconds()))
    reactor.advance(1.5)
    assert (clock.seconds(), told) == (1000.0, [])
    reactor.advance(1.0)
    assert (clock.seconds(), told) == (1002.0, [1002.0])
    reactor.advance(3.5)
    assert (clock.seconds(), told) == (1005.0, [1002.0, 1005.0])
    clock.advance(10.0)
    assert clock.seconds() == 1015.0
