"""How these documents are read and written: lxml, hardened, with a namespace each."""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from valkit.carriers.errors import CarrierError
from valkit.carriers.hardened import well_formed
from valkit.documents.errors import NoSuchDocument

DIGITS = 10
"""A number with as many digits is too large."""


def root_of(body: bytes, name: str) -> etree._Element:
    """Read a document whose root has this expanded name. Raises NoSuchDocument."""
    try:
        root = well_formed(body)
    except CarrierError as error:
        raise NoSuchDocument(str(error)) from None
    if root.tag != name:
        raise NoSuchDocument(f"it is no {name}")
    return root


def begun(namespace: str, name: str, attributes: Mapping[str, str], **prefixes: str) -> etree._Element:
    """Begin a document whose default namespace this is."""
    scope: Any = {None: namespace, **prefixes}  # the stubs know of no default namespace
    return etree.Element(f"{{{namespace}}}{name}", dict(attributes), scope)


def add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    """Add an element of the parent's namespace."""
    child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}", attributes)
    child.text = text
    return child


def add_given(parent: etree._Element, **texts: str) -> None:
    """Add an element for each text that is not empty; its name has hyphens where Python has underscores."""
    for name, text in texts.items():
        if text:
            add(parent, name.replace("_", "-"), text)


def written(root: etree._Element) -> bytes:
    """Write the document, for people, too."""
    etree.indent(root)
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return text + b"\n"


def text_of(parent: etree._Element, path: str, namespace: str) -> str:
    """Give the text of a descendant, without white space around it; empty where there is none."""
    return (parent.findtext(path, "", {"d": namespace}) or "").strip()


def whole(text: str) -> int | None:
    """Read a number without a sign; None where it is none, or one that no document here can mean (over 10^9)."""
    digits = (text.lstrip("0") or "0") if text.isascii() and text.isdecimal() else ""
    return int(digits) if 0 < len(digits) < DIGITS else None


def truth(text: str, otherwise: bool) -> bool:  # noqa: FBT001  it is a value
    """Read an xs:boolean."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text, otherwise)
