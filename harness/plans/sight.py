"""What can be seen of a lab whose parts are not all ours: which expectations look at what nobody shows. Pure.

A message is seen where one of our parts sends or receives it; what a part does by itself is seen if it is ours, or has
an admin site that tells.
"""

from collections.abc import Iterator

from harness.grammar.vocabulary import Arguments, Step
from harness.plans.lab import LabPlan
from harness.seen.cast import CORE, ELEMENTS_OF_CORE, UE, VALSERVER, apart, within


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
    return next((why for told in _within(step.told) if (why := _unseen(told, plan, denies=step.denies))), "")


def _within(told: Arguments) -> Iterator[Arguments]:
    """Give what a step is told, and all that stands in it."""
    yield told
    for name in type(told).model_fields:
        value = getattr(told, name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Arguments):
                yield from _within(inner)


def _unseen(told: Arguments, plan: LabPlan, *, denies: bool) -> str:
    """Say what of it nobody shows; that nothing is sent can be seen only where all can that might send it."""
    by = getattr(told, "by", None)
    if isinstance(by, str) and hides(plan, by):
        return f"what {by} does by itself (it is external)"
    if not (hasattr(told, "source") and hasattr(told, "target")):
        return ""
    ends = [(one, other) for one in _meant(told.source, plan) for other in _meant(told.target, plan)]
    unseen = [_outside(plan, one) and _outside(plan, other) for one, other in ends if _apart(one, other, told)]
    if any(unseen) and (denies or all(unseen)):
        whose = "both are external" if all(unseen) else "some of both are external"
        return f"what {told.source or 'anybody'} sends to {told.target or 'anybody'} ({whose})"
    return ""


def _meant(end: str | None, plan: LabPlan) -> tuple[str, ...]:
    """Name who is meant by one end of a way: of phones each, and everybody where nobody is named."""
    domain, own = apart(end or "")
    if own == UE:
        return tuple(within(domain, name) for name in plan.domains[domain].ues)
    if end is not None:
        return (end,)
    servers = (within(domain, name) for domain, part in plan.domains.items() for name in part.servers)
    return (*plan.phones, *servers)


def _apart(one: str, other: str, told: Arguments) -> bool:
    """Whether one of them may send something to the other that concerns whoever named none of them."""
    named = getattr(told, "source", None) is not None and getattr(told, "target", None) is not None
    return named or one != other


def _outside(plan: LabPlan, name: str) -> bool:
    """Whether somebody sends and receives where none of our parts is, admin site or not."""
    domain, own = apart(name)
    part = plan.domains.get(domain)
    if part is not None and own == VALSERVER:
        return own in part.outside
    return hides(plan, name)
