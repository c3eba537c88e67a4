"""Documents that change in one place (RFC 4825 8.2.3, 8.2.4, 8.4): octets in, octets out, all else as it was.

After each change the selector is asked again: what was put must be what it selects now, and after a deletion it must
select nothing. So a request can be sent twice and does no more than once.
"""

import re
from collections.abc import Sequence

from attrs import frozen

from seal.xcap.errors import Conflicting, Refused
from seal.xcap.selecting import Node, named, reached, select, walk
from seal.xcap.tree import XML, Attribute, Element, read_tree, without_mark
from valkit.xcap import AttributeStep, Condition, Name, NodeSelector, Step

_attribute_value = re.compile(r"(?:\"[^<\"]*\"|'[^<']*')")


@frozen
class Edited:
    """What became of a document."""

    text: bytes
    created: bool
    """Whether something is there now that was not; otherwise it took another's place."""


def put_element(text: bytes, selector: NodeSelector, body: bytes) -> Edited:
    """Put an element where the selector says. Raises Conflicting."""
    fragment = _fragment(body)
    root = read_tree(text)
    found = select(root, selector)
    if isinstance(found, Element):
        edited = Edited(_spliced(text, found.start, found.end, fragment), created=False)
        at = found.start
    else:
        if len(selector.steps) == 1:
            raise _cannot_insert("a document has one root element, and the selector does not select it")
        parent = _parent(root, selector.steps[:-1])
        edited, at = _inserted(text, parent, selector.steps[-1], fragment)
    again = _selected(edited.text, selector, Condition.NOT_XML_FRAGMENT)
    if not isinstance(again, Element) or (again.start, again.end) != (at, at + len(fragment)):
        raise _cannot_insert("the selector would not select the element that is put")
    return edited


def put_attribute(text: bytes, selector: NodeSelector, body: bytes) -> Edited:
    """Put an attribute's value, which is in quotation marks, where the selector says. Raises Conflicting."""
    value = _attribute_text(body)
    root = read_tree(text)
    element = _parent(root, selector.steps)
    assert isinstance(selector.terminal, AttributeStep)
    name = selector.terminal.name
    found = element.attribute(name)
    if found is not None:
        edited = Edited(_spliced(text, found.quoted, found.end, value), created=False)
    else:
        at = element.opened - (2 if element.is_empty_tag else 1)
        edited = Edited(_spliced(text, at, at, b" " + _qname(name, element) + b"=" + value), created=True)
    again = _selected(edited.text, selector, Condition.NOT_ATTRIBUTE_VALUE)
    if not isinstance(again, Attribute) or edited.text[again.quoted : again.end] != value:
        raise _cannot_insert("the selector would not select the attribute that is put")
    return edited


def delete_node(text: bytes, selector: NodeSelector) -> bytes:
    """Take out what the selector selects. Raises Conflicting; Refused with 404 where that is nothing."""
    root = read_tree(text)
    found = select(root, selector)
    if not isinstance(found, Element | Attribute):
        raise Refused(404, "the node selector selects nothing in this document")
    if found is root:
        raise Conflicting(Condition.CANNOT_DELETE, "a document has a root element: delete the document itself")
    rest = _spliced(text, found.start, found.end, b"")
    if select(read_tree(rest), selector) is not None:
        raise Conflicting(Condition.CANNOT_DELETE, "the selector would select another node after this one is gone")
    return rest


def _fragment(body: bytes) -> bytes:
    """Give the one element that a body has to be (RFC 4825 8.2.2), without white space around it."""
    stripped = without_mark(body).strip(b" \t\r\n")
    if stripped.startswith(b"<?xml"):
        raise _not_a_fragment("an element has no XML declaration")
    try:
        root = read_tree(stripped, namespaces=False)  # its prefixes may be bound where it goes
    except Conflicting as error:
        if error.condition is Condition.NOT_UTF8:
            raise
        raise _not_a_fragment(error.phrase) from None
    if (root.start, root.end) != (0, len(stripped)):
        raise _not_a_fragment("there is something beside the one element")
    return stripped


def _attribute_text(body: bytes) -> bytes:
    """Give the value that a body has to be, with its quotation marks (XML 1.0, AttValue)."""
    stripped = without_mark(body).strip(b" \t\r\n")
    try:
        text = stripped.decode()
    except UnicodeDecodeError:
        raise Conflicting(Condition.NOT_UTF8, "the value is not UTF-8") from None
    if _attribute_value.fullmatch(text) is None:
        raise Conflicting(Condition.NOT_ATTRIBUTE_VALUE, "a value stands in quotation marks and has no < in it")
    return stripped


def _parent(root: Element, steps: Sequence[Step]) -> Element:
    """Give the element into which something goes."""
    found = walk(root, steps)
    if found is None:
        raise Conflicting(Condition.NO_PARENT, "there is no such parent in the document", reached(root, steps))
    return found


def _inserted(text: bytes, parent: Element, step: Step, fragment: bytes) -> tuple[Edited, int]:
    """Insert an element where RFC 4825 8.2.3 says, and say where that is."""
    if parent.is_empty_tag:
        _refuse_position(step, among=0)
        opened = text[parent.start : parent.opened - 2].rstrip() + b">"
        whole = opened + fragment + b"</" + parent.qname.encode() + b">"
        return Edited(_spliced(text, parent.start, parent.end, whole), created=True), parent.start + len(opened)
    at = _place(parent, step)
    return Edited(_spliced(text, at, at, fragment), created=True), at


def _place(parent: Element, step: Step) -> int:
    """Say where among the children: earliest last, earliest n-th, or at the end of all."""
    siblings = named(parent.children, step)
    _refuse_position(step, len(siblings))
    if step.position is not None and siblings:
        return siblings[0].start if step.position == 1 else siblings[step.position - 2].end
    if step.name is not None and siblings:
        return siblings[-1].end
    return parent.closing


def _refuse_position(step: Step, among: int) -> None:
    if step.position is not None and not 1 <= step.position <= among + 1:
        raise _cannot_insert(f"there are {among} of these, so none can become the one at position {step.position}")


def _qname(name: Name, element: Element) -> bytes:
    """Write the name of a new attribute with a prefix that is in scope."""
    if name.namespace is None:
        return name.local.encode()
    scope = {"xml": XML, **element.scope.namespaces}
    prefix = next((prefix for prefix, bound in scope.items() if prefix and bound == name.namespace), None)
    if prefix is None:
        raise _cannot_insert(f"no prefix is bound to {name.namespace} in the document")
    return f"{prefix}:{name.local}".encode()


def _selected(text: bytes, selector: NodeSelector, unfit: Condition) -> Node | None:
    """Ask the selector again in the changed document; who made it unreadable has put something unfit."""
    try:
        return select(read_tree(text), selector)
    except Conflicting as error:
        raise Conflicting(unfit, error.phrase) from None


def _spliced(text: bytes, start: int, end: int, piece: bytes) -> bytes:
    return text[:start] + piece + text[end:]


def _cannot_insert(why: str) -> Conflicting:
    return Conflicting(Condition.CANNOT_INSERT, why)


def _not_a_fragment(why: str) -> Conflicting:
    return Conflicting(Condition.NOT_XML_FRAGMENT, why)
