"""Two runs held against each other: what ended otherwise, what was sent that was not before, what takes longer. Pure.

Scenarios are the same if file and name are; of several that share both, the first is held against the first, the second
against the second. What a run that was not whole has not played is neither new nor gone. `differing` compares
messages, `timing` times.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import frozen

from harness.report.differing import Exchanged, exchanged
from harness.report.model import Played, Run
from harness.report.results import Verdict
from harness.report.timing import Timed, times

Key = tuple[str, int]
"""A scenario's ID, and of those that share it the how manieth it is."""

CHOICES = {"only": "what fits", "paths": "what is in"}
"""Options by which scenarios are chosen, and how that reads; what the other run chose so too is left out by neither."""
RANK = {Verdict.PASSED: 0, Verdict.NOT_APPLICABLE: 1, Verdict.FAILED: 2}
"""The higher the worse."""
SILENT = "no scenario"
STANDING = {"shown": 0, "shown in part": 1, "not applicable": 2, SILENT: 2, "failed": 3}


@frozen
class Ended:
    """A scenario that ends otherwise; None: it was not played."""

    id: str
    before: Verdict | None
    after: Verdict | None
    why: str = ""
    unplayed: bool = False
    """Whether it is not new: the earlier run ended before its turn, or left it out."""

    @property
    def worse(self) -> bool:
        """Whether that is a loss: what was there is gone, or ends worse, or is new and failed."""
        if self.after is None:
            return True
        return RANK[self.after] > (RANK[Verdict.NOT_APPLICABLE] if self.before is None else RANK[self.before])


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
class LeftOut:
    """What one of the runs did not play, though it may be there: nothing is said of it."""

    when: Literal["then", "now"]
    why: str
    ids: tuple[str, ...]


@frozen
class Comparison:
    """Everything that differs."""

    verdicts: tuple[Ended, ...]
    messages: tuple[Exchanged, ...]
    times: tuple[Timed, ...]
    requirements: tuple[Standing, ...]
    left_out: tuple[LeftOut, ...] = ()

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
    then, now = _partial(old, new), _partial(new, old)
    both = [(one, after[key]) for key, one in before.items() if key in after]
    return Comparison(
        tuple(_verdicts(before, after, then=bool(then), now=bool(now))),
        tuple(found for one, other in both if (found := exchanged(one.id, one.events, other.events)) is not None),
        tuple(times(both)),
        tuple(_requirements(old, new, then=bool(then), now=bool(now))),
        (*_left_out("then", then, after, before), *_left_out("now", now, before, after)),
    )


def _partial(run: Run, other: Run) -> str:
    """Tell why a run did not play all that the other did, though it may be there; nothing where it had to."""
    if run.interrupted_of is not None:
        how = "ended" if run.ended_by else "was interrupted"
        return f"that run {how} after {len(run.scenarios)} of {run.interrupted_of} scenarios"
    for option, words in CHOICES.items():
        chosen = run.options.get(option)
        if chosen and other.options.get(option) != chosen:
            return f"that run played only {words} {chosen}"
    return ""


def _left_out(
    when: Literal["then", "now"], why: str, there: Mapping[Key, Played], here: Mapping[Key, Played]
) -> Iterator[LeftOut]:
    """Give what only the other run has, where that is because this one was not whole."""
    ids = tuple(one.id for key, one in there.items() if key not in here)
    if why and ids:
        yield LeftOut(when, why, ids)


def _by_id(run: Run) -> dict[Key, Played]:
    """Give the scenarios by their ID, those that share one by the how manieth they are, which is then said in it."""
    seen: Counter[str] = Counter()
    found = {}
    for one in run.scenarios:
        seen[one.id] += 1
        nth = seen[one.id]
        found[one.id, nth] = one if nth == 1 else one.model_copy(update={"id": f"{one.id} ({nth})"})
    return found


def _verdicts(before: Mapping[Key, Played], after: Mapping[Key, Played], *, then: bool, now: bool) -> Iterator[Ended]:
    """Give what ended otherwise; of what a run that was not whole lacks, only what failed in the later one."""
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        was, is_ = (each.verdict if each else None for each in (one, other))
        unplayed = (one is None and then) or (other is None and now)
        if was is not is_ and not (unplayed and is_ is not Verdict.FAILED):
            yield Ended((one or after[key]).id, was, is_, _why(other) if other else "", unplayed)


def _why(played: Played) -> str:
    failure = played.failure
    if failure is None:
        return played.reason
    place = f"{failure.place}: " if failure.place else ""
    return f"{place}{failure.says}" + (f": wanted {failure.wanted}, got {failure.got}" if failure.wanted else "")


def _requirements(old: Run, new: Run, *, then: bool, now: bool) -> Iterator[Standing]:
    """Give those that stand otherwise; of one that a report lacks no scenario speaks there.

    What a run that was not whole does not speak of stands as it did.
    """
    before, after = ({one.id: one for one in run.requirements} for run in (old, new))
    for id_, one in {**before, **after}.items():
        was, is_ = (found[id_].verdict if id_ in found else SILENT for found in (before, after))
        if was != is_ and not (then and was == SILENT) and not (now and is_ == SILENT):
            yield Standing(id_, one.says, was, is_)
