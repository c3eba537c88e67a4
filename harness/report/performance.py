"""What came of playing one scenario: what was sent and noted, why it failed, and how it is laid out to be seen."""

from attrs import field, frozen

from harness.errors import HarnessError
from harness.language.scenario import Scenario
from harness.report.results import Failure
from harness.seen import figures
from harness.seen.cast import Cast
from harness.seen.ladder.layout import ByElement, ByPart, laid_out
from harness.seen.ladder.rungs import Ladder
from harness.seen.signs import read
from harness.seen.story import story
from valkit.trace import Event, Http, Message


class ScenarioFailed(HarnessError):
    """A scenario did not go as it should; the text says where, what was wanted and what came."""


@frozen
class Performance:
    """What came of playing a scenario."""

    scenario: Scenario
    cast: Cast
    events: tuple[Event, ...] = field(repr=False)
    """The trace."""
    failure: Failure | None = None
    """Why it failed; None if it passed."""
    unseen: tuple[str, ...] = ()
    """What it expects of parts that are not ours and do not show it: neither right nor wrong."""

    @property
    def messages(self) -> tuple[Message | Http, ...]:
        """What was sent, in its order."""
        return tuple(event for event in self.events if isinstance(event, Message | Http))

    @property
    def ladder(self) -> Ladder:
        """What happened, laid out as the seed does where a figure is shown, else each element by itself."""
        if self.scenario.figure is None:
            return self.by_element
        figure = figures.FIGURES[self.scenario.figure]
        return self._laid_out(f"Figure {figure.name}: {figure.title}", ByPart(self.cast))

    @property
    def by_element(self) -> Ladder:
        """What happened, each element with a column of its own."""
        return self._laid_out(self.scenario.name, ByElement(self.cast))

    def judge(self) -> None:
        """Raise ScenarioFailed if it failed."""
        if self.failure is not None:
            raise ScenarioFailed(str(self.failure))

    def _laid_out(self, title: str, view: ByElement | ByPart) -> Ladder:
        moments, figure = story(self.events, self.cast), self.scenario.figure
        numbers = read(figures.FIGURES[figure], moments, self.cast).numbers if figure else {}
        return laid_out(title, moments, view, self.cast, numbers)
