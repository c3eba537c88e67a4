"""The XML of key management: elements written in order, and read with suspicion.

Documents are bounded, without document type or entities (`valkit.carriers.hardened`). What is of a namespace that is
not asked for is passed over, as the schema has it.
"""

import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

from attrs import frozen
from lxml import etree

from valkit.carriers.errors import CarrierError
from valkit.carriers.hardened import well_formed
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.times import date, read_date

KMS = "urn:3gpp:ns:mcsecKMSInterface:1.0"
"""The namespace of TS 33.180 Annex D."""
OURS = "urn:val:ns:keymanagement:1.0"
"""The namespace of what that lacks."""
XSI = "http://www.w3.org/2001/XMLSchema-instance"
TYPE = "application/xml"

_PREFIXES: Any = {None: KMS, "val": OURS, "xsi": XSI}  # the stubs know of no default namespace

LONGEST = 2_048
"""Characters of the longest value: a Z in hexadecimal has a quarter of that."""

_NUMBER = re.compile("[0-9]{1,12}", re.ASCII)
_HEXADECIMAL = re.compile("(?:[0-9A-Fa-f]{2})+", re.ASCII)


def element(name: str, namespace: str = KMS, /, **attributes: str) -> etree._Element:
    """Begin an element."""
    made = etree.Element(f"{{{namespace}}}{name}", nsmap=_PREFIXES)
    for attribute, value in attributes.items():
        made.set(attribute, value)
    return made


def add(parent: etree._Element, name: str, value: object, namespace: str = KMS) -> None:
    """Add an element with a value: text, bytes (hexadecimal), a truth value or a number; nothing for None."""
    if value is None:
        return
    child = etree.SubElement(parent, f"{{{namespace}}}{name}")
    match value:
        case bool():
            child.text = "true" if value else "false"
        case bytes():
            child.text = value.hex().upper()
        case _:
            child.text = str(value)


def add_time(parent: etree._Element, name: str, at: float | None, namespace: str = KMS) -> None:
    """Add an element with a time; nothing for None."""
    add(parent, name, None if at is None else date(at), namespace)


def add_key(parent: etree._Element, name: str, key: bytes) -> None:
    """Add key material as it is, and say that it is (KeyContentType, TS 33.180 D.3.5)."""
    add(parent, name, key)
    parent[-1].set(f"{{{XSI}}}type", "KeyContentType")


def document(root: etree._Element) -> bytes:
    """Write a document."""
    etree.cleanup_namespaces(root, keep_ns_prefixes=["xsi"])
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


@frozen
class Reading:
    """An element that is read; each question names a child, and raises Unreadable where it is not as it must be."""

    element: etree._Element
    namespace: str = KMS

    @classmethod
    def of(cls, body: bytes, root: str, namespace: str = KMS) -> "Reading":
        """Begin to read a document with this root."""
        try:
            found = cls(well_formed(body), namespace)
        except CarrierError as error:
            raise Unreadable(str(error)) from None
        if found.element.tag != f"{{{namespace}}}{root}":
            raise Unreadable(f"the document is no {root} of {namespace}")
        return found

    @property
    def name(self) -> str:
        """Its own name."""
        return etree.QName(self.element).localname

    def children(self, name: str, namespace: str = "") -> Iterator["Reading"]:
        """Give the children of a name."""
        space = namespace or self.namespace
        return (Reading(each, space) for each in self.element.iterfind(f"{{{space}}}{name}"))

    def child(self, name: str) -> "Reading | None":
        """Give the child of a name, of which there is at most one."""
        found = list(self.children(name))
        if len(found) > 1:
            raise Unreadable(f"{self.name} has more than one {name}")
        return found[0] if found else None

    def text(self, name: str) -> str:
        """Give the text of a child."""
        found = self.optional(name)
        if found is None:
            raise Unreadable(f"{self.name} has no {name}")
        return found

    def optional(self, name: str) -> str | None:
        """Give the text of a child; None where there is none, or it is empty."""
        child = self.child(name)
        return None if child is None else child.own_text() or None

    def own_text(self) -> str:
        """Give the text of this element itself."""
        text = (self.element.text or "").strip()
        if len(self.element) or len(text) > LONGEST or not text.isprintable():
            raise Unreadable(f"{self.name} is not a text of at most {LONGEST} characters")
        return text

    def number(self, name: str) -> int:
        """Give the number that a child has."""
        return self._number(name, self.text(name))

    def optional_number(self, name: str) -> int | None:
        """Give the number that a child has; None where there is none."""
        text = self.optional(name)
        return None if text is None else self._number(name, text)

    def time(self, name: str) -> float:
        """Give the time that a child has, in epoch seconds."""
        return read_date(self.text(name))

    def optional_time(self, name: str) -> float | None:
        """Give the time that a child has; None where there is none."""
        text = self.optional(name)
        return None if text is None else read_date(text)

    def flag(self, name: str) -> bool:
        """Give the truth value of a child; no where there is none."""
        text = self.optional(name) or "false"
        if text not in {"true", "false", "1", "0"}:
            raise Unreadable(f"{name} of {self.name} is neither true nor false")
        return text in {"true", "1"}

    def octets(self, name: str) -> bytes:
        """Give the bytes of a child in hexadecimal."""
        text = self.text(name)
        if not _HEXADECIMAL.fullmatch(text):
            raise Unreadable(f"{name} of {self.name} is not hexadecimal")
        return bytes.fromhex(text)

    def identity(self, name: str) -> bytes:
        """Give a UID: in hexadecimal as in the examples of TS 33.180 D.3, or in base64 as others write it."""
        text = self.text(name)
        if _HEXADECIMAL.fullmatch(text):
            return bytes.fromhex(text)
        try:
            return b64decode(text, validate=True)
        except ValueError:
            raise Unreadable(f"{name} of {self.name} is neither hexadecimal nor base64") from None

    def key(self, name: str) -> bytes:
        """Give key material that is there as it is; that which is wrapped in another key is not understood."""
        child = self.child(name)
        kind = "" if child is None else child.element.get(f"{{{XSI}}}type", "")
        if kind.rpartition(":")[2] not in {"", "KeyContentType"}:
            raise Unreadable(f"{name} of {self.name} is wrapped in another key")
        return self.octets(name)

    def _number(self, name: str, text: str) -> int:
        if not _NUMBER.fullmatch(text):
            raise Unreadable(f"{name} of {self.name} is not a number")
        return int(text)
