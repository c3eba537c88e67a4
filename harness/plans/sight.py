"""What can be seen of a lab whose parts are not all ours: which expectations look at what nobody shows. Pure.

A message is seen where one of our parts sends or receives it; what a part does by itself is seen if it is ours, or has
an admin site that tells.
"""

from collections.abc import Iterator

from harness.grammar.vocabulary import Arguments, Step
from harness.plans.lab import LabPlan
from harness.seen.cast import CORE, ELEMENTS_OF_CORE, UE, VALSERVER, apart


def hides(plan: LabPlan, name: str) -> bool:
    """Whether somebody in the lab is not ours, and does not tell what it does."""
    domain, own = apart(name)
    part = plan.domains.get(domain)
    if part is None:
        return False
    if own in part.ues or own == UE:
        phones = [part.ues[own]] if own in part.ues else list(part.ues.values())
        return all(phone.external is not None for phone in phones)
    if own == VALSERVER and part.valserver.external is not None:
        return part.valserver.external.admin is None
    return (CORE if own in ELEMENTS_OF_CORE else own) in part.outside


def hidden(step: Step, plan: LabPlan) -> str:
    """Say what an expectation looks at that cannot be seen; nothing if it can be, or is no expectation."""
    if not step.expects:
        return ""
    return next((why for told in _within(step.told) if (why := _unseen(told, plan))), "")


def _within(told: Arguments) -> Iterator[Arguments]:
    """Give what a step is told, and all that stands in it."""
    yield told
    for name in type(told).model_fields:
        value = getattr(told, name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Arguments):
                yield from _within(inner)


def _unseen(told: Arguments, plan: LabPlan) -> str:
    by, source, target = (getattr(told, name, None) for name in ("by", "source", "target"))
    if isinstance(by, str) and hides(plan, by):
        return f"what {by} does by itself (it is external)"
    ends = [end for end in (source, target) if isinstance(end, str)]
    if len(ends) == 2 and all(_outside(plan, end) for end in ends):
        return f"what {ends[0]} sends to {ends[1]} (both are external)"
    return ""


def _outside(plan: LabPlan, name: str) -> bool:
    """Whether somebody sends and receives where none of our parts is, admin site or not."""
    domain, own = apart(name)
    part = plan.domains.get(domain)
    if part is not None and own == VALSERVER:
        return own in part.outside
    return hides(plan, name)
