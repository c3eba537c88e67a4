"""Node selectors (RFC 4825 6.3): steps from the root to one element, and from there to an attribute or to bindings.

Names are expanded: two selectors with other prefixes for the same namespaces are equal.
"""

import re
from collections.abc import Mapping, Sequence

from attrs import frozen

from valkit.xcap.bindings import NCNAME
from valkit.xcap.errors import BadSelector, NothingThere

_QNAME = rf"(?:{NCNAME}:)?{NCNAME}"
_step = re.compile(rf"({_QNAME}|\*)(?:\[(\d{{1,9}})\])?(?:\[@({_QNAME})=(\"[^<\"]*\"|'[^<']*')\])?")
_attribute = re.compile(rf"@({_QNAME})")
_reference = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


@frozen
class Name:
    """An expanded name."""

    namespace: str | None
    local: str

    def __str__(self) -> str:
        return self.local if self.namespace is None else f"{{{self.namespace}}}{self.local}"


@frozen
class Step:
    """A step to one child: by name, position, an attribute's value, or several of these."""

    name: Name | None = None
    """None stands for any name, `*`."""
    position: int | None = None
    """Counted from 1 among those of the name."""
    attribute: tuple[Name, str] | None = None
    """The attribute that it must have, and the value."""


@frozen
class AttributeStep:
    """The end of a selector that means an attribute."""

    name: Name


@frozen
class BindingsStep:
    """The end of a selector that means the namespace bindings in scope, `namespace::*`."""


@frozen
class NodeSelector:
    """A whole selector."""

    steps: tuple[Step, ...]
    """From the root element on; at least one."""
    terminal: AttributeStep | BindingsStep | None = None
    """None where an element is meant."""


def read_selector(segments: Sequence[str], bindings: Mapping[str, str], default: str | None) -> NodeSelector:
    """Read decoded segments; names without a prefix are in the default namespace, attributes in none.

    Raises BadSelector for a prefix that is not bound, NothingThere for a step that is none of RFC 4825 (an extension).
    """
    names = _Names(bindings, default)
    *others, last = segments or ("",)
    terminal: AttributeStep | BindingsStep | None = None
    if last == "namespace::*":
        terminal = BindingsStep()
    elif found := _attribute.fullmatch(last):
        terminal = AttributeStep(names.attribute(found[1]))
    steps = [_read_step(each, names) for each in (segments if terminal is None else others)]
    if not steps:
        raise NothingThere("the node selector selects no element")
    return NodeSelector(tuple(steps), terminal)


def step(name: str, position: int | None = None, attribute: tuple[str, str] | None = None) -> str:
    """Write a step as a segment that is not encoded yet: `member[2][@uri="a"]`."""
    text = name if position is None else f"{name}[{position}]"
    return text if attribute is None else f'{text}[@{attribute[0]}="{_referenced(attribute[1])}"]'


@frozen
class _Names:
    bindings: Mapping[str, str]
    default: str | None

    def element(self, qname: str) -> Name:
        prefix, colon, local = qname.rpartition(":")
        return Name(self._bound(prefix) if colon else self.default, local)

    def attribute(self, qname: str) -> Name:
        prefix, colon, local = qname.rpartition(":")
        return Name(self._bound(prefix) if colon else None, local)

    def _bound(self, prefix: str) -> str:
        if prefix == "xml":
            return "http://www.w3.org/XML/1998/namespace"
        if prefix not in self.bindings:
            raise BadSelector(f"the query does not bind the prefix {prefix}")
        return self.bindings[prefix]


def _read_step(text: str, names: _Names) -> Step:
    found = _step.fullmatch(text)
    if found is None:
        raise NothingThere("a step of the node selector is none of RFC 4825 6.3")
    name, position, attribute, value = found.groups()
    return Step(
        None if name == "*" else names.element(name),
        None if position is None else int(position),
        None if attribute is None else (names.attribute(attribute), _resolved(value[1:-1])),
    )


def _resolved(value: str) -> str:
    """Resolve the references in an attribute value (XML 1.0 3.3.3)."""
    if "&" in _reference.sub("", value):
        raise NothingThere("an ampersand in the node selector begins no reference")
    return _reference.sub(_character, value)


def _character(found: re.Match[str]) -> str:
    decimal, hexadecimal, entity = found.groups()
    if entity:
        return _ENTITIES[entity]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise NothingThere("a reference in the node selector is to no character")
    return chr(code)


def _referenced(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
