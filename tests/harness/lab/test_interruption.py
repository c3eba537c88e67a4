import os
import signal
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred

from harness.lab.interruption import Interruption, unbroken


class Reactor:
    """A reactor whose next turn comes at once."""

    def callWhenRunning(self, work: Any) -> None:
        """Do it."""
        work()

    def callFromThread(self, work: Any) -> None:
        """Do it."""
        work()


def interrupt(number: signal.Signals, doing: "Deferred[None]") -> None:
    """Press the key twice while something is done."""
    with Interruption(Reactor()) as interruption:
        interruption.calls_off(doing)
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)


def begin_late(doing: "Deferred[None]") -> None:
    """Begin something after the key was pressed."""
    with Interruption(Reactor()) as interruption:
        os.kill(os.getpid(), signal.SIGINT)
        interruption.calls_off(doing)


def break_off(doing: "Deferred[None]") -> None:
    """Leave the block by an exception of another's."""
    with Interruption(Reactor()) as interruption:
        interruption.calls_off(doing)
        raise KeyboardInterrupt


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_calls_off_what_is_done_and_ends_the_run(number: signal.Signals) -> None:
    """The work is cancelled once, however often the key is pressed, and KeyboardInterrupt comes after it."""
    called_off: list[bool] = []
    doing: Deferred[None] = Deferred(lambda _: called_off.append(True))
    doing.addErrback(lambda failure: failure.trap(CancelledError) and None)
    with pytest.raises(KeyboardInterrupt):
        interrupt(number, doing)
    assert called_off == [True]


def test_whoever_had_the_signals_has_them_again() -> None:
    """Between scenarios Ctrl-C is pytest's business; a SIGTERM ends the run then as it does."""
    before = signal.getsignal(signal.SIGINT)
    with Interruption(Reactor()):
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before
    assert signal.getsignal(signal.SIGTERM) == signal.default_int_handler


def test_what_is_begun_after_a_signal_is_called_off_at_once() -> None:
    """The signal came between the two."""
    doing: Deferred[None] = Deferred()
    ended: list[object] = []
    doing.addErrback(lambda failure: ended.append(failure.type))
    with pytest.raises(KeyboardInterrupt):
        begin_late(doing)
    assert ended == [CancelledError]


def test_nothing_goes_on_after_a_block_that_broke_off() -> None:
    """A signal may come before the reactor runs, and is heard by Python's own handler then."""
    called_off: list[bool] = []
    doing: Deferred[None] = Deferred(lambda _: called_off.append(True))
    with pytest.raises(KeyboardInterrupt):
        break_off(doing)
    assert called_off == [True]


def test_what_must_not_be_broken_off_goes_on_when_its_waiter_is_called_off() -> None:
    """However often; that it was called off comes after it."""
    closing: Deferred[None] = Deferred()
    done: list[str] = []

    async def close() -> None:
        await closing
        done.append("closed")

    waiting = Deferred.fromCoroutine(unbroken(close()))
    ended: list[object] = []
    waiting.addErrback(lambda failure: ended.append(failure.type))
    waiting.cancel()
    waiting.cancel()
    assert (done, ended) == ([], [])
    closing.callback(None)
    assert (done, ended) == (["closed"], [CancelledError])


def test_what_fails_unbroken_fails() -> None:
    """And what ends at once has ended."""

    async def fail() -> None:
        raise ZeroDivisionError

    failed: list[object] = []
    Deferred.fromCoroutine(unbroken(fail())).addErrback(lambda failure: failed.append(failure.type))
    assert failed == [ZeroDivisionError]
