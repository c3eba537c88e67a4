"""A document as elements that know where in its octets they stand: expat reads, nothing is ever written out again.

Hardened: UTF-8 only, no document type, hence no entities; bounded depth and number of elements.
"""

import re
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from attrs import define, field, frozen

from seal.xcap.errors import Conflicting
from valkit.xcap import Condition, Name

DEPTH = 64
"""Elements inside one another at most."""
MOST = 20_000
"""Elements and attributes in one document at most."""
XML = "http://www.w3.org/XML/1998/namespace"
_SEPARATOR = "\n"  # no namespace has one: a line end in an attribute value is read as a space

_attribute = re.compile(rb"\s+([^\s=/>]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_opening = re.compile(rb"<([^\s/>]+)(?:\"[^\"]*\"|'[^']*'|[^\"'>])*>")


@frozen
class Attribute:
    """One attribute, and where it stands."""

    name: Name
    value: str
    start: int
    """Where the white space before it begins."""
    quoted: int
    """Where its value begins, with the quotation mark."""
    end: int


@frozen
class Scope:
    """The namespace declarations of an element, and those around it, which all that is in there shares."""

    declared: Mapping[str, str]
    outer: "Scope | None" = None

    @property
    def namespaces(self) -> Mapping[str, str]:
        """What is in scope, by prefix; the default namespace has none."""
        around = {} if self.outer is None else self.outer.namespaces
        return {prefix: namespace for prefix, namespace in {**around, **self.declared}.items() if namespace}


NOWHERE = Scope({})


@define(eq=False)
class Element:
    """One element, and where it stands."""

    name: Name
    qname: str
    """Its name as it is written, with its prefix."""
    scope: Scope
    attributes: tuple[Attribute, ...]
    start: int
    opened: int
    """Where its start tag ends, or the tag that it is."""
    closing: int = 0
    """Where its end tag begins; as `opened` where it has none."""
    end: int = 0
    children: list["Element"] = field(factory=list)

    @property
    def is_empty_tag(self) -> bool:
        """Whether it is one tag, `<a/>`."""
        return self.closing == self.end

    def attribute(self, name: Name) -> Attribute | None:
        """Give the attribute of this name."""
        return next((each for each in self.attributes if each.name == name), None)


def read_tree(text: bytes, *, namespaces: bool = True) -> Element:
    """Read a document. Raises Conflicting: not-utf-8 or not-well-formed.

    Without `namespaces` prefixes need not be bound, and are part of the names: so is an element read that was taken
    out of its document.
    """
    _refuse_other_encodings(text)
    reading = _Reading(text, namespaces)
    try:
        reading.parser.Parse(text, True)
    except expat.ExpatError as error:
        raise _not_well_formed(f"{expat.ErrorString(error.code)}, line {error.lineno}") from None
    except UnicodeEncodeError:
        raise _not_well_formed("a reference is to no character") from None
    return reading.root


def without_mark(body: bytes) -> bytes:
    """Take off a byte order mark, which XML allows and nobody needs in UTF-8."""
    return body.removeprefix(b"\xef\xbb\xbf")


def _refuse_other_encodings(text: bytes) -> None:
    try:
        text.decode()
    except UnicodeDecodeError as error:
        raise Conflicting(Condition.NOT_UTF8, f"octet {error.start + 1} is not UTF-8") from None


class _Reading:
    """What becomes of one document while it is read."""

    def __init__(self, text: bytes, namespaces: bool) -> None:  # noqa: FBT001  of one caller
        self._text = text
        self._placed = _placed if namespaces else _placed_all
        self._open: list[Element] = []
        self._declared: dict[str, str] = {}
        self._left = MOST
        self._root: Element | None = None
        self.parser = expat.ParserCreate("utf-8", _SEPARATOR if namespaces else None)
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self._declaration
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.StartNamespaceDeclHandler = self._namespace
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    @property
    def root(self) -> Element:
        assert self._root is not None  # expat refuses a document without an element
        return self._root

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() != "utf-8":
            raise Conflicting(Condition.NOT_UTF8, f"the document says that it is {encoding[:40]}, and not UTF-8")

    def _document_type(self, *_: Any) -> None:
        raise _not_well_formed("a document type is not accepted")

    def _namespace(self, prefix: str | None, namespace: str | None) -> None:
        self._declared[prefix or ""] = namespace or ""

    def _start(self, name: str, attributes: list[str]) -> None:
        self._left -= 1 + len(attributes) // 2
        if self._left < 0 or len(self._open) >= DEPTH:
            raise _not_well_formed("the document has too many elements, or they are too deep inside one another")
        start = self.parser.CurrentByteIndex
        tag = _opening.match(self._text, start)
        assert tag is not None  # expat has read it as one
        element = Element(
            _expanded(name), tag[1].decode(), self._scope(), self._placed(tag, attributes), start, tag.end()
        )
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _scope(self) -> Scope:
        outer = self._open[-1].scope if self._open else NOWHERE
        if not self._declared:
            return outer
        declared, self._declared = self._declared, {}
        return Scope(declared, outer)

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        if self._text[element.opened - 2 : element.opened] == b"/>":
            element.closing = element.end = element.opened
        else:
            element.closing = self.parser.CurrentByteIndex
            element.end = self._text.index(b">", element.closing) + 1


def _expanded(written: str) -> Name:
    namespace, separator, local = written.partition(_SEPARATOR)
    return Name(namespace, local) if separator else Name(None, written)


def _placed(tag: re.Match[bytes], attributes: list[str]) -> tuple[Attribute, ...]:
    """Say where the attributes stand that expat has read; it gives them as they are written, but no declarations."""
    return _zipped(tag, attributes, [found for found in _written(tag) if not _declares(found[1])])


def _placed_all(tag: re.Match[bytes], attributes: list[str]) -> tuple[Attribute, ...]:
    return _zipped(tag, attributes, _written(tag))


def _written(tag: re.Match[bytes]) -> list[re.Match[bytes]]:
    return list(_attribute.finditer(tag[0], len(tag[1]) + 1))


def _zipped(tag: re.Match[bytes], read: list[str], written: list[re.Match[bytes]]) -> tuple[Attribute, ...]:
    start = tag.start()
    return tuple(
        Attribute(_expanded(name), value, start + found.start(), start + found.start(2), start + found.end())
        for found, name, value in zip(written, read[::2], read[1::2], strict=True)
    )


def _declares(qname: bytes) -> bool:
    return qname == b"xmlns" or qname.startswith(b"xmlns:")


def _not_well_formed(why: str) -> Conflicting:
    return Conflicting(Condition.NOT_WELL_FORMED, why)
