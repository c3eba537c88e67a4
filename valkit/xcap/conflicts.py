"""Detailed conflict reports (RFC 4825 11): what a 409 says of why a document cannot become as it was asked to."""

import re
from enum import Enum

from attrs import frozen
from lxml import etree

NAMESPACE = "urn:ietf:params:xml:ns:xcap-error"
LARGEST = 65_536
"""Bytes of the largest report that is read."""
_unfit = re.compile("[^\t\n\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, Char


class Condition(Enum):
    """The error conditions of RFC 4825 11.1."""

    NOT_WELL_FORMED = "not-well-formed"
    NOT_XML_FRAGMENT = "not-xml-frag"
    NOT_ATTRIBUTE_VALUE = "not-xml-att-value"
    NOT_UTF8 = "not-utf-8"
    NO_PARENT = "no-parent"
    SCHEMA = "schema-validation-error"
    CANNOT_INSERT = "cannot-insert"
    CANNOT_DELETE = "cannot-delete"
    NOT_UNIQUE = "uniqueness-failure"
    CONSTRAINT = "constraint-failure"
    EXTENSION = "extension"


@frozen
class Existing:
    """A value that had to be unique and is not."""

    field: str
    """The node selector of it, percent-encoded."""
    alternatives: tuple[str, ...] = ()
    """Values that would have been."""


@frozen
class ConflictReport:
    """One report."""

    condition: Condition
    phrase: str = ""
    """For people."""
    ancestor: str | None = None
    """Where something could be inserted, for `no-parent`: a URI, perhaps a relative one."""
    existing: tuple[Existing, ...] = ()
    """For `uniqueness-failure`."""

    def __bytes__(self) -> bytes:
        """Write it as an XML document; a character that XML has not, which a URI may name, becomes U+FFFD."""
        root = etree.Element(_name("xcap-error"), None, {None: NAMESPACE})  # type: ignore[dict-item]  # stubs know no None
        said = etree.SubElement(root, _name(self.condition.value))
        if self.phrase:
            said.set("phrase", _fit(self.phrase))
        if self.ancestor is not None:
            etree.SubElement(said, _name("ancestor")).text = _fit(self.ancestor)
        for each in self.existing:
            exists = etree.SubElement(said, _name("exists"), {"field": _fit(each.field)})
            for alternative in each.alternatives:
                etree.SubElement(exists, _name("alt-value")).text = _fit(alternative)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True)

    @classmethod
    def read(cls, body: bytes) -> "ConflictReport":
        """Read what a server sent. Raises ValueError when it is no report."""
        root = _root(body)
        if root.tag != _name("xcap-error") or len(root) != 1:
            raise ValueError("it is no conflict report")
        said = root[0]
        try:
            condition = Condition(str(said.tag).removeprefix(f"{{{NAMESPACE}}}"))
        except ValueError:
            raise ValueError(f"the condition {str(said.tag)[:80]} is none of RFC 4825") from None
        existing = [
            Existing(each.get("field") or "", tuple(value.text or "" for value in each))
            for each in said.iterfind(_name("exists"))
        ]
        return cls(condition, said.get("phrase") or "", said.findtext(_name("ancestor")), tuple(existing))


def _fit(text: str) -> str:
    return _unfit.sub("\N{REPLACEMENT CHARACTER}", text)


def _root(body: bytes) -> etree._Element:
    if len(body) > LARGEST or b"<!DOCTYPE" in body:
        raise ValueError("it is too large, or has a document type")
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise ValueError("it is no XML") from None


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"
