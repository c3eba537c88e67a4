"""What a load was: what was asked for, what was counted, and what it was worth; as JSON for programs. Pure."""

from datetime import UTC, datetime

from attrs import field, frozen

from harness.load.histogram import Histogram
from harness.load.profile import Profile
from harness.load.report import FORMAT, AskedFor, Done, Journeys, Report, Times, Within
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

    @property
    def on(self) -> int:
        """How many UEs are switched on: those whose turn comes."""
        return min(self.users, self.profile.journeys)


@frozen
class Result:
    """How it went."""

    asked: Asked
    tally: Tally
    began: float
    """Epoch seconds."""
    took: float
    """Seconds until the profile was over and the last journey had ended."""
    interrupted: bool = False
    fault: str = ""
    """What ended it before its time, if that was not Ctrl-C."""
    whole: Second = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "whole", self.tally.whole)

    @property
    def exceeded(self) -> tuple[str, ...]:
        """Say what was too much."""
        return tuple(self.asked.limits.exceeded(self.whole, cut_short=self.interrupted or bool(self.fault)))

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

    def told(self) -> Report:
        """Give it as programs read it."""
        asked, whole = self.asked, self.whole
        return Report(
            format=FORMAT,
            began=datetime.fromtimestamp(self.began, UTC).isoformat(timespec="milliseconds"),
            seconds=round(self.took, 3),
            interrupted=self.interrupted,
            fault=self.fault,
            asked=AskedFor(
                profile=asked.written,
                do=asked.do,
                users=asked.users,
                on=asked.on,
                core=asked.core,
                processes=asked.processes,
                in_flight=asked.in_flight,
            ),
            journeys=Journeys(**_journeys(whole), per_second=round(self.rate, 3), not_done=round(not_done(whole), 6)),
            begun_late=Times(**_times(whole.lag)),
            steps={name: _step(step) for name, step in self.steps},
            exceeded=self.exceeded,
            remarks=self.remarks,
            timeline=tuple(
                Within(second=number, **_journeys(each), steps={name: _step(step) for name, step in each.steps.items()})
                for number, each in sorted(self.tally.seconds.items())
            ),
        )


def _journeys(second: Second) -> dict[str, int]:
    return {name: getattr(second, name) for name in ("begun", "held_back", "succeeded", "failed")}


def _times(took: Histogram) -> dict[str, float]:
    return {name: round(took.percentile(share), 6) for name, share in PERCENTILES.items()} | {
        "max": round(took.longest, 6)
    }


def _step(step: Step) -> Done:
    return Done(
        succeeded=len(step.took), failed=step.failed, **_times(step.took), causes=dict(step.causes.most_common())
    )
