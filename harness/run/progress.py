"""How far a run is, on the last line of a terminal, which is written over; nothing where there is no terminal."""

import sys
from collections.abc import Callable

from attrs import define, field

ERASE = "\r\x1b[K"


@define
class Progress:
    """Writes lines, and beneath them how many scenarios have ended."""

    _write: Callable[[str], None]
    _draw: Callable[[str], None] | None
    """Takes characters for the terminal; None where there is none."""
    _drawn: bool = field(init=False, default=False)

    @classmethod
    def here(cls, write: Callable[[str], None]) -> "Progress":
        """Make it for standard output."""
        return cls(write, _drawn if sys.stdout.isatty() else None)

    def write(self, text: str) -> None:
        """Write a line or several, in place of the last one if that is ours."""
        self.clear()
        self._write(text)

    def tell(self, done: int, whole: int) -> None:
        """Tell how many have ended, and of how many."""
        if self._draw is not None:
            self._draw(f"{ERASE}{done} of {whole}")
            self._drawn = True

    def clear(self) -> None:
        """Take the line away."""
        if self._draw is not None and self._drawn:
            self._draw(ERASE)
            self._drawn = False


def _drawn(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
