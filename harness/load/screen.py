"""Shows a load while it goes on: on a terminal a screen that is drawn anew, elsewhere a line now and then."""

from attrs import define
from rich.console import Console
from rich.live import Live

from harness.load import shown
from harness.load.result import Asked
from harness.load.tally import Tally

MANY = 1_000
"""UEs that are on in a moment."""


@define
class Screen:
    """What somebody sees meanwhile."""

    asked: Asked
    _console: Console
    _live: Live | None = None

    def __enter__(self) -> None:
        if self._console.is_terminal:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def patience(self, ues: int) -> None:
        """Say that so many UEs are switched on, where that takes a while."""
        if ues > MANY:
            self._console.print(f"Switching {ues} UEs on ...", style="dim")

    def watch(self, tally: Tally, passed: float) -> None:
        """Show it now."""
        if self._live is not None:
            self._live.update(shown.screen(self.asked, tally, passed), refresh=True)
        else:
            self._console.print(shown.line(self.asked, tally, passed), soft_wrap=True, markup=False)
