"""Two runs held against each other: what ended otherwise, what was sent that was not before, what takes longer. Pure.

Scenarios are the same if file and name are; of several that share both, the first is held against the first, the second
against the second. Messages are compared by kind (method or status, from whom to whom), since
no two runs have the same ports and tags. Two times of one scenario are only worth a word if they differ by more than
the runs do anyhow: a machine that was busy slows all down, so each scenario is held against the median of all, and
against how far they are apart.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import pairwise
from math import exp, inf, log
from statistics import median

from attrs import frozen

from harness.report.model import Played, Run, Sent
from harness.report.results import Verdict

Key = tuple[str, int]
"""A scenario's ID, and of those that share it the how manieth it is."""

RANK = {Verdict.PASSED: 0, Verdict.NOT_APPLICABLE: 1, Verdict.FAILED: 2}
"""The higher the worse."""
STANDING = {"shown": 0, "not applicable": 1, "no scenario": 1, "failed": 2}
FACTOR = 1.5
"""How many times longer, beside the others, is worth a word at least."""
SECONDS = 0.1
"""And by how many seconds."""
DEVIATIONS = 5
"""And by how many standard deviations, estimated from the median one (1.4826 times it)."""


@frozen
class Ended:
    """A scenario that ends otherwise; None: it was not played."""

    id: str
    before: Verdict | None
    after: Verdict | None
    why: str = ""

    @property
    def worse(self) -> bool:
        """Whether that is a loss: what was there is gone, or ends worse, or is new and failed."""
        if self.after is None:
            return True
        return RANK[self.after] > (RANK[Verdict.NOT_APPLICABLE] if self.before is None else RANK[self.before])


@frozen
class Exchanged:
    """A scenario in which other messages are sent: how many more of each kind, and how many less."""

    id: str
    new: Mapping[str, int]
    gone: Mapping[str, int]


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


@frozen
class Standing:
    """A requirement of which the runs say different things."""

    id: str
    says: str
    before: str
    after: str

    @property
    def worse(self) -> bool:
        """Whether it is lost."""
        return STANDING[self.after] > STANDING[self.before]


@frozen
class Comparison:
    """Everything that differs."""

    verdicts: tuple[Ended, ...]
    messages: tuple[Exchanged, ...]
    times: tuple[Timed, ...]
    requirements: tuple[Standing, ...]

    @property
    def worse(self) -> bool:
        """Whether something got worse: a verdict or a requirement. Messages and times may differ for good reason."""
        return any(one.worse for one in self.verdicts) or any(one.worse for one in self.requirements)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.verdicts or self.messages or self.times or self.requirements)


def compare(old: Run, new: Run) -> Comparison:
    """Hold a run against an earlier one."""
    before, after = map(_by_id, (old, new))
    both = [(one, after[key]) for key, one in before.items() if key in after]
    return Comparison(
        tuple(_verdicts(before, after)),
        tuple(found for one, other in both if (found := _exchanged(one, other)) is not None),
        tuple(_times(both)),
        tuple(_requirements(old, new)),
    )


def kind(sent: Sent) -> str:
    """Tell a message by what is the same in every run."""
    name = sent.name if sent.status is None else f"{sent.name} to {sent.method} {sent.path}".rstrip()
    return f"{name}, {sent.source} to {sent.target}{', lost' if sent.fate == 'lost' else ''}"


def _by_id(run: Run) -> dict[Key, Played]:
    """Give the scenarios by their ID, those that share one by the how manieth they are, which is then said in it."""
    seen: Counter[str] = Counter()
    found = {}
    for one in run.scenarios:
        seen[one.id] += 1
        nth = seen[one.id]
        found[one.id, nth] = one if nth == 1 else one.model_copy(update={"id": f"{one.id} ({nth})"})
    return found


def _verdicts(before: Mapping[Key, Played], after: Mapping[Key, Played]) -> Iterator[Ended]:
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        was, now = (each.verdict if each else None for each in (one, other))
        if was is not now:
            yield Ended((before.get(key) or after[key]).id, was, now, _why(other) if other else "")


def _why(played: Played) -> str:
    failure = played.failure
    if failure is None:
        return played.reason
    place = f"{failure.place}: " if failure.place else ""
    return f"{place}{failure.says}" + (f": wanted {failure.wanted}, got {failure.got}" if failure.wanted else "")


def _exchanged(one: Played, other: Played) -> Exchanged | None:
    was, now = (Counter(kind(event) for event in played.events if isinstance(event, Sent)) for played in (one, other))
    return Exchanged(one.id, dict(now - was), dict(was - now)) if was != now else None


def _times(both: list[tuple[Played, Played]]) -> Iterator[Timed]:
    """Give what differs more than the others do."""
    ratios = [log(other.seconds) - log(one.seconds) for one, other in both if one.seconds > 0 < other.seconds]
    if not ratios:
        return
    usual = median(ratios)
    noise = 1.4826 * median(abs(ratio - usual) for ratio in ratios)
    factor = _exp(max(log(FACTOR), DEVIATIONS * noise))
    for one, other in both:
        expected = one.seconds * _exp(usual)
        apart = max(other.seconds, expected) / max(1e-9, min(other.seconds, expected))
        if apart > factor and abs(other.seconds - expected) > SECONDS:
            yield Timed(one.id, one.seconds, other.seconds, _where(one, other))


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


def _requirements(old: Run, new: Run) -> Iterator[Standing]:
    """Give those that stand otherwise; of one that a report lacks no scenario speaks there."""
    before, after = ({one.id: one for one in run.requirements} for run in (old, new))
    for id_, one in {**before, **after}.items():
        was, now = (found[id_].verdict if id_ in found else "no scenario" for found in (before, after))
        if was != now:
            yield Standing(id_, one.says, was, now)
