"""How far a run is, on the last line of a terminal, which is written over; nothing where there is no terminal."""

import os
import sys
import time
from collections.abc import Callable, Generator
from threading import Event, RLock, Thread

import pytest
from attrs import define, field

from valkit import terminal

ERASE = "\r\x1b[K"

LONGEST = 60
"""Characters of a scenario's name."""


@define
class Progress:
    """Writes lines, and beneath them how many scenarios have ended, or which one is played. Threads may use it."""

    _write: Callable[[str], None]
    _draw: Callable[[str], None] | None
    """Takes characters for the terminal; None where there is none."""
    _drawn: bool = field(init=False, default=False)
    _lock: RLock = field(init=False, factory=RLock)

    @classmethod
    def here(cls, write: Callable[[str], None]) -> "Progress":
        """Make it for standard output."""
        return cls(write, _drawing() if sys.stdout.isatty() else None)

    @property
    def seen(self) -> bool:
        """Whether there is a terminal."""
        return self._draw is not None

    def write(self, text: str) -> None:
        """Write a line or several, in place of the last one if that is ours."""
        with self._lock:
            self.clear()
            self._write(text)

    def tell(self, done: int, whole: int) -> None:
        """Tell how many have ended, and of how many."""
        self._show(f"{done} of {whole}")

    def tell_playing(self, name: str, seconds: float) -> None:
        """Tell which scenario is played, and since when."""
        self._show(f"{terminal.plain(name)[:LONGEST]}, {seconds:.0f} s")

    def clear(self) -> None:
        """Take the line away."""
        with self._lock:
            if self._draw is not None and self._drawn:
                self._draw(ERASE)
                self._drawn = False

    def _show(self, text: str) -> None:
        with self._lock:
            if self._draw is not None:
                self._draw(f"{ERASE}{text}")
                self._drawn = True


@define(eq=False)
class Playing:
    """The pytest plugin that tells which scenario is played in this process, once it takes long."""

    _progress: Progress
    _pause: float = 1.0
    """Seconds before it is told, and then told again."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Tell it while it is played, in a thread since the scenario has the reactor; not when Ctrl-C has ended it."""
        if not self._progress.seen:
            return (yield)
        over = Event()
        telling = Thread(target=self._tell, args=(item.name, over), daemon=True)
        telling.start()
        try:
            return (yield)
        finally:
            over.set()
            telling.join()
            self._progress.clear()

    def _tell(self, name: str, over: Event) -> None:
        began = time.monotonic()
        while not over.wait(self._pause):
            self._progress.tell_playing(name, time.monotonic() - began)


def _drawing() -> Callable[[str], None]:
    """Give what draws on the terminal that is there now: while a scenario is played, pytest catches what is printed."""
    screen = os.dup(sys.stdout.fileno())
    encoding = sys.stdout.encoding

    def draw(text: str) -> None:
        os.write(screen, text.encode(encoding, "replace"))

    return draw
