"""What a node selector means in a document (RFC 4825 6.3): an element, an attribute, bindings, or nothing."""

from collections.abc import Sequence

from attrs import frozen

from seal.xcap.tree import Attribute, Element
from valkit.xcap import AttributeStep, BindingsStep, NodeSelector, Step


@frozen
class Bindings:
    """The namespace bindings in scope for an element."""

    element: Element


Node = Element | Attribute | Bindings


def select(root: Element, selector: NodeSelector) -> Node | None:
    """Give the one node that is selected; None where there is none, or several."""
    element = walk(root, selector.steps)
    if element is None:
        return None
    match selector.terminal:
        case AttributeStep(name):
            return element.attribute(name)
        case BindingsStep():
            return Bindings(element)
    return element


def walk(root: Element, steps: Sequence[Step]) -> Element | None:
    """Give the one element to which the steps lead."""
    return _walked(root, steps)[0]


def reached(root: Element, steps: Sequence[Step]) -> int:
    """Count the first steps that lead to an element."""
    return _walked(root, steps)[1]


def chosen(among: Sequence[Element], step: Step) -> Element | None:
    """Give the one of these that a step means."""
    found = named(among, step)
    if step.position is not None:
        found = found[step.position - 1 : step.position] if step.position else []
    if step.attribute is not None:
        name, value = step.attribute
        found = [each for each in found if (has := each.attribute(name)) is not None and has.value == value]
    return found[0] if len(found) == 1 else None


def named(among: Sequence[Element], step: Step) -> list[Element]:
    """Give those whose name is the step's."""
    return [each for each in among if step.name is None or each.name == step.name]


def _walked(root: Element, steps: Sequence[Step]) -> tuple[Element | None, int]:
    among: Sequence[Element] = (root,)
    found: Element | None = None
    for count, step in enumerate(steps):
        found = chosen(among, step)
        if found is None:
            return None, count
        among = found.children
    return found, len(steps)
