"""What was counted in a load, second by second; those of several processes are one by adding them up. Pure.

A journey is all that a UE does from when its turn comes; each step of it is one procedure (register, publish ...).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import define, field

from harness.load.histogram import Histogram

MOST_CAUSES = 100
"""Different causes that are counted; what comes after is counted as OTHER."""
OTHER = "other causes"


@define
class Step:
    """What came of one step of the journeys."""

    took: Histogram = field(factory=Histogram)
    """Of those that succeeded."""
    causes: Counter[str] = field(factory=Counter)
    """Of those that failed."""

    @property
    def failed(self) -> int:
        """How many failed."""
        return self.causes.total()

    @property
    def done(self) -> int:
        """How many ended."""
        return len(self.took) + self.failed

    def fail(self, cause: str, count: int = 1) -> None:
        """Count a failure."""
        self.causes[cause if cause in self.causes or len(self.causes) < MOST_CAUSES else OTHER] += count

    def take(self, other: "Step") -> None:
        """Add another one's counts."""
        self.took.take(other.took)
        for cause, count in other.causes.items():
            self.fail(cause, count)


@define
class Second:
    """What happened in a second of the profile."""

    begun: int = 0
    """Journeys."""
    held_back: int = 0
    """Journeys that did not begin, because as many as may be were under way."""
    succeeded: int = 0
    failed: int = 0
    lag: Histogram = field(factory=Histogram)
    """How much later than due journeys began: that is the machine of the UEs, and not the system under test."""
    steps: dict[str, Step] = field(factory=dict)

    def step(self, name: str) -> Step:
        """Give the counts of this step."""
        return self.steps.setdefault(name, Step())

    def take(self, other: "Second") -> None:
        """Add another one's counts."""
        self.begun += other.begun
        self.held_back += other.held_back
        self.succeeded += other.succeeded
        self.failed += other.failed
        self.lag.take(other.lag)
        for name, step in other.steps.items():
            self.step(name).take(step)

    @property
    def due(self) -> int:
        """Journeys whose turn came."""
        return self.begun + self.held_back

    @property
    def under_way(self) -> int:
        """Journeys that have begun and not ended."""
        return self.begun - self.succeeded - self.failed


@define
class Tally:
    """All that was counted, by seconds since the beginning of the profile."""

    seconds: dict[int, Second] = field(factory=dict)

    def at(self, moment: float) -> Second:
        """Give the second in which this moment is."""
        return self.seconds.setdefault(int(moment), Second())

    def take(self, other: "Tally") -> None:
        """Add another one's counts."""
        for number, second in other.seconds.items():
            self.at(number).take(second)

    @property
    def whole(self) -> Second:
        """Everything in one."""
        return sum_of(self.seconds.values())

    def told(self) -> dict[str, Any]:
        """Write it as JSON has it."""
        return {str(number): _told(second) for number, second in sorted(self.seconds.items())}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Tally":
        """Read it again."""
        return cls({int(number): _second(each) for number, each in told.items()})


def sum_of(seconds: Iterable[Second]) -> Second:
    """Add seconds up."""
    whole = Second()
    for each in seconds:
        whole.take(each)
    return whole


def _told(second: Second) -> dict[str, Any]:
    counts = {name: getattr(second, name) for name in ("begun", "held_back", "succeeded", "failed")}
    steps = {name: {"took": step.took.told(), "causes": dict(step.causes)} for name, step in second.steps.items()}
    return counts | {"lag": second.lag.told(), "steps": steps}


def _second(told: Mapping[str, Any]) -> Second:
    steps = {name: Step(Histogram.of(each["took"]), Counter(each["causes"])) for name, each in told["steps"].items()}
    return Second(told["begun"], told["held_back"], told["succeeded"], told["failed"], Histogram.of(told["lag"]), steps)
