"""What a load was: what was asked for, what was counted, and what it was worth; as JSON for programs. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import field, frozen

from harness.load.profile import Profile
from harness.load.tally import Second, Step, Tally
from harness.load.verdict import Limits, not_done, remarks

PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


@frozen
class Asked:
    """What was to be done."""

    profile: Profile
    written: str
    """The profile as it was given."""
    do: tuple[str, ...]
    users: int
    core: str
    processes: int
    in_flight: int
    limits: Limits = field(factory=Limits)


@frozen
class Result:
    """How it went."""

    asked: Asked
    tally: Tally
    began: float
    """Epoch seconds."""
    took: float
    """Seconds until the last journey had ended."""
    interrupted: bool = False
    whole: Second = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "whole", self.tally.whole)

    @property
    def exceeded(self) -> tuple[str, ...]:
        """Say what was too much."""
        return tuple(self.asked.limits.exceeded(self.whole))

    @property
    def remarks(self) -> tuple[str, ...]:
        """Say how the figures are to be read."""
        return tuple(remarks(self.whole, self.asked.in_flight))

    @property
    def steps(self) -> list[tuple[str, Step]]:
        """The steps in the order in which they are done, each once."""
        return [(name, self.whole.steps.get(name, Step())) for name in dict.fromkeys(self.asked.do)]

    @property
    def rate(self) -> float:
        """Journeys that succeeded, per second."""
        return self.whole.succeeded / self.took if self.took > 0 else 0.0

    def told(self) -> Mapping[str, Any]:
        """Give it as JSON has it; times are in seconds."""
        asked, whole = self.asked, self.whole
        return {
            "began": datetime.fromtimestamp(self.began, UTC).isoformat(timespec="milliseconds"),
            "seconds": round(self.took, 3),
            "interrupted": self.interrupted,
            "asked": {
                "profile": asked.written,
                "do": list(asked.do),
                "users": asked.users,
                "core": asked.core,
                "processes": asked.processes,
                "in_flight": asked.in_flight,
            },
            "journeys": _journeys(whole) | {"per_second": round(self.rate, 3), "not_done": round(not_done(whole), 6)},
            "begun_late": {name: round(whole.lag.percentile(share), 6) for name, share in PERCENTILES.items()}
            | {"max": round(whole.lag.longest, 6)},
            "steps": {name: _step(step) for name, step in self.steps},
            "exceeded": list(self.exceeded),
            "remarks": list(self.remarks),
            "timeline": [
                {"second": number, **_journeys(each), "steps": {name: _step(step) for name, step in each.steps.items()}}
                for number, each in sorted(self.tally.seconds.items())
            ],
        }


def _journeys(second: Second) -> dict[str, Any]:
    return {name: getattr(second, name) for name in ("begun", "held_back", "succeeded", "failed")}


def _step(step: Step) -> dict[str, Any]:
    took = {name: round(step.took.percentile(share), 6) for name, share in PERCENTILES.items()}
    return {
        "succeeded": len(step.took),
        "failed": step.failed,
        **took,
        "max": round(step.took.longest, 6),
        "causes": dict(step.causes.most_common()),
    }
