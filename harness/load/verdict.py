"""What a load was worth: was it within its limits, and was the system the limit, or this machine? Pure."""

from collections.abc import Iterator

from attrs import frozen

from harness.load.errors import BadOrder
from harness.load.tally import Second
from valkit.settings.types import duration

LATE = 0.05
"""Seconds after which a journey has begun late."""
TOO_MANY_LATE = 0.01
"""The share of journeys that may begin late."""


@frozen
class Limits:
    """What is too much."""

    failed: float = 0.0
    """The share of journeys that may fail or be held back."""
    p99: float | None = None
    """Seconds that 99 % of each step may take."""

    @classmethod
    def read(cls, fail_over: str | None, p99_over: str | None) -> "Limits":
        """Read both from the command line; BadOrder if one is no limit."""
        return cls(
            0.0 if fail_over is None else _share(fail_over),
            None if p99_over is None else _time(p99_over),
        )

    def exceeded(self, whole: Second, *, cut_short: bool = False) -> Iterator[str]:
        """Say in a sentence each what was too much; that nothing succeeded always is.

        A load that was cut short is excused where journeys were under way: one of them might have succeeded.
        """
        if whole.due and not whole.succeeded and not (cut_short and whole.under_way):
            yield "no journey succeeded"
        elif not_done(whole) > self.failed:
            yield (
                f"{not_done(whole):.2%} of the journeys failed or were held back (--fail-over {self.failed * 100:g}%)"
            )
        for name, step in whole.steps.items():
            p99 = step.took.percentile(0.99)
            if self.p99 is not None and p99 > self.p99:
                yield f"p99 of {name} was {p99 * 1000:.1f} ms (--p99-over {self.p99 * 1000:g}ms)"


def not_done(whole: Second) -> float:
    """Give the share of the journeys whose turn came that failed or did not begin."""
    return (whole.failed + whole.held_back) / whole.due if whole.due else 0.0


def remarks(whole: Second, in_flight: int) -> Iterator[str]:
    """Say what keeps the figures from meaning what they seem to."""
    late = whole.lag.above(LATE)
    if whole.begun and late / whole.begun > TOO_MANY_LATE:
        yield (
            f"This machine was a limit, beside the system under test: {late} of {whole.begun} journeys began more than "
            f"{LATE * 1000:.0f} ms late, the worst {whole.lag.longest * 1000:.0f} ms. "
            "Take more processes, or another machine."
        )
    if whole.held_back:
        yield (
            f"{whole.held_back} journeys did not begin: every UE was busy, or {in_flight} journeys under way "
            "(--in-flight). Either there are too few UEs for this rate, or the system does not keep it."
        )
    if not whole.due:
        yield "Nothing had begun yet."


def _share(text: str) -> float:
    number, percent, rest = text.partition("%")
    try:
        share = float(number) / (100 if percent else 1)
    except ValueError:
        share = -1.0
    if share == 1 and not percent:
        raise BadOrder(f"--fail-over {text} could be 1 % or all (expected such as 1%, 0.01 or 100%)")
    if rest or not 0 <= share <= 1:
        raise BadOrder(f"--fail-over {text} is no share (expected such as 1% or 0.01)")
    return share


def _time(text: str) -> float:
    try:
        seconds = duration(text)
    except ValueError as error:
        raise BadOrder(f"--p99-over {text} {error}") from None
    return seconds
