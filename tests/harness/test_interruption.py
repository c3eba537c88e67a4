import os
import signal
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred

from harness.interruption import Interruption


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
    with Interruption(Reactor(), doing):
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)


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
    with Interruption(Reactor(), Deferred()):
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before
    assert signal.getsignal(signal.SIGTERM) == signal.default_int_handler
