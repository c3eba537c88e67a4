"""What takes longer or shorter in one of two runs, by more than the runs differ anyhow. Pure.

A machine that was busy slows all down, so each scenario is held against the median of all; where it was busy for a
while only, against the median of those that were played about then. What is left over is noise, and a time is worth a
word only where it stands out of that.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from math import exp, inf, log
from statistics import median

from attrs import frozen

from harness.report.differing import kind
from harness.report.model import Played, Sent

FACTOR = 2.0
"""How many times longer, beside the others, is worth a word at least."""
SECONDS = 0.15
"""And by how many seconds."""
DEVIATIONS = 5
"""And by how many standard deviations, estimated from the median one (1.4826 times it)."""
FARTHEST = 50
"""And it lies farther out than all others but one in so many, by half again."""
NEAR = 3
"""So many before and after a scenario were played about then."""

Pair = tuple[Played, Played]


@frozen
class Timed:
    """A scenario that takes longer or shorter."""

    id: str
    before: float
    """Seconds."""
    after: float
    where: str = ""
    """Before which message most of it comes, if it can be told."""

    @property
    def slower(self) -> bool:
        """Whether it takes longer."""
        return self.after > self.before


def times(both: Sequence[Pair]) -> Iterator[Timed]:
    """Give what differs more than the others do, of scenarios in the order in which they were played."""
    timed = [(one, other) for one, other in both if one.seconds > 0 < other.seconds]
    if len(timed) < 2:  # alone it stands out of nothing
        return
    ratios = [log(other.seconds) - log(one.seconds) for one, other in timed]
    usual = _usual(ratios)
    apart = [abs(ratio - of_others) for ratio, of_others in zip(ratios, usual, strict=True)]
    far = sorted(apart, reverse=True)
    spared = len(apart) // FARTHEST
    least = max(log(FACTOR), DEVIATIONS * _noise(ratios, usual))
    for (one, other), of_others, out in zip(timed, usual, apart, strict=True):
        next_to_it = far[spared + 1] if out >= far[spared] else far[spared]
        gained = abs(other.seconds - one.seconds * _exp(of_others))
        if out > max(least, 1.5 * next_to_it) and gained > SECONDS:
            yield Timed(one.id, one.seconds, other.seconds, _where(one, other))


def _usual(ratios: Sequence[float]) -> list[float]:
    """Give for each the (logarithmic) ratio of all, or of its neighbours if that leaves far less noise."""
    of_all = [median(ratios)] * len(ratios)
    of_near = [median([*ratios[max(0, at - NEAR) : at], *ratios[at + 1 : at + 1 + NEAR]]) for at in range(len(ratios))]
    return of_near if 2 * _noise(ratios, of_near) < _noise(ratios, of_all) else of_all


def _noise(ratios: Sequence[float], usual: Sequence[float]) -> float:
    return 1.4826 * median(abs(ratio - of_others) for ratio, of_others in zip(ratios, usual, strict=True))


def _exp(power: float) -> float:
    try:
        return exp(power)
    except OverflowError:  # a report may say whatever it likes
        return inf


def _where(one: Played, other: Played) -> str:
    """Name the message before which the most time was gained or lost, among those that both runs have."""
    was, now = ([event for event in played.events if isinstance(event, Sent)] for played in (one, other))
    blocks = SequenceMatcher(None, [kind(event) for event in was], [kind(event) for event in now], autojunk=False)
    pairs = [(was[a + at], now[b + at]) for a, b, size in blocks.get_matching_blocks() for at in range(size)]
    grown = [
        (abs((after.at - now_before.at) - (before.at - was_before.at)), kind(after))
        for (was_before, now_before), (before, after) in pairwise(pairs)
    ]
    gain, where = max(grown, default=(0.0, ""))
    return where if gain > abs(other.seconds - one.seconds) / 2 else ""
