"""Elements of an XML document read as values; what is wrong is kept with its line, so that all is told at once."""

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeVar

from attrs import define, field
from lxml import etree

from sipcore_stub.hss.ere import Ere

T = TypeVar("T")

FLAGS = {"0": False, "1": True, "false": False, "true": True}
"""tBool of the schema, and how an xs:boolean may be written."""


def document(text: bytes) -> etree._Element:
    """Give the root of a document, without its comments; ValueError if it is not well-formed, or declares entities.

    With a document type what stands in the file is not what is read, and the schema of user data has none.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"is not well-formed XML: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("has a document type declaration (expected plain XML without one)")
    return root


@define
class Elements:
    """Readers for what elements hold. One that finds a fault keeps it, and gives something harmless in its place."""

    faults: list[str] = field(factory=list)

    def text(self, element: etree._Element, name: str) -> str:
        """Give the text of a child that has to be there."""
        child = self.child(element, name)
        return "" if child is None else content(child)

    def read(self, element: etree._Element, name: str, parse: Callable[[str], T], example: str) -> T | None:
        """Read a child's text; a fault with an example if it is not there or not of this kind."""
        child = self.child(element, name)
        if child is None:
            return None
        try:
            return parse(content(child))
        except ValueError:
            self.fault(child, f"is {content(child)!r} (expected something like {example})")
            return None

    def pattern(
        self, element: etree._Element, name: str, *, any_case: bool = False, required: bool = False
    ) -> Ere | None:
        """Read an extended regular expression; None if it is not there, or wrong."""
        if not required and next(children(element, name), None) is None:
            return None
        child = self.child(element, name)
        return None if child is None else self.expression(child, any_case=any_case)

    def expression(self, element: etree._Element, *, any_case: bool = False) -> Ere | None:
        """Read an extended regular expression; None if it is wrong."""
        try:
            return Ere(content(element), any_case=any_case)
        except ValueError as error:
            self.fault(element, str(error))
            return None

    def flag(self, element: etree._Element, name: str, *, required: bool = False) -> bool:
        """Read a child that says yes or no; one that need not be there and is not says no."""
        child = self.child(element, name) if required else next(children(element, name), None)
        if child is None:
            return False
        if content(child) not in FLAGS:
            self.fault(child, f"is {content(child)!r} (expected 0 or 1)")
        return FLAGS.get(content(child), False)

    def number(self, element: etree._Element, name: str, allowed: range, otherwise: int | None = None) -> int:
        """Read a child that is a number; it has to be there unless there is something to take otherwise."""
        child = next(children(element, name), None) if otherwise is not None else self.child(element, name)
        return otherwise or 0 if child is None else self.whole(child, allowed)

    def whole(self, element: etree._Element, allowed: range) -> int:
        """Read a whole number of this range."""
        text = content(element)
        if not (text.isascii() and text.isdigit() and len(text) < 11 and int(text) in allowed):
            self.fault(element, f"is {text!r} (expected a whole number from 0 to {allowed[-1]})")
            return allowed[0]
        return int(text)

    def child(self, element: etree._Element, name: str) -> etree._Element | None:
        """Give a child that has to be there."""
        child = next(children(element, name), None)
        if child is None:
            self.fault(element, f"has no {name}")
        return child

    def refuse_strangers(self, root: etree._Element, known: Mapping[str, Collection[str]]) -> None:
        """Keep each element that its parent cannot have: what it says would be passed over.

        What stands in a namespace of somebody else's is an extension, as is all that is within an element that is not
        among those `known`.
        """
        for element in root:
            names = known.get(local_name(root), ())
            if names and etree.QName(element).namespace in {None, etree.QName(root).namespace}:
                if local_name(element) not in names:
                    close = difflib.get_close_matches(local_name(element), names, n=1)
                    there = f"did you mean {close[0]}?" if close else f"expected {', '.join(names)}"
                    self.fault(element, f"is no element of {local_name(root)} ({there})")
                self.refuse_strangers(element, known)

    def fault(self, element: etree._Element, message: str) -> None:
        """Keep what is wrong with an element."""
        self.faults.append(f"line {element.sourceline}: {local_name(element)} {message}")


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Give the children of this name, whatever their namespace: the schema has none, some exports have one."""
    return (child for child in element if local_name(child) == name)


def local_name(element: etree._Element) -> str:
    """Give an element's name without its namespace."""
    return etree.QName(element).localname


def content(element: etree._Element) -> str:
    """Give the text of an element."""
    return (element.text or "").strip()
