"""What a server knows of the documents of one kind: an application usage (RFC 4825 5)."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from attrs import field, frozen
from lxml import etree

from seal.xcap.errors import Conflicting
from seal.xcap.tree import read_tree
from valkit.documents import NoSuchDocument
from valkit.xcap import Condition, DocumentSelector

LARGEST = 64 * 1024
"""Octets of the largest document."""


class Schema:
    """An XML schema to hold documents against, with what it imports from beside it."""

    def __init__(self, file: Path) -> None:
        self._schema = etree.XMLSchema(file=str(file))
        self._one_at_a_time = Lock()  # the complaints of the last document stand in the schema itself

    def check(self, document: bytes) -> None:
        """Raise Conflicting where a document, which was read before, does not follow the schema."""
        try:
            tree = etree.fromstring(document, _parser())
        except etree.XMLSyntaxError as error:  # of a version, a namespace name or an xml:id that expat lets pass
            raise Conflicting(Condition.NOT_WELL_FORMED, error.msg or "the document cannot be read") from None
        with self._one_at_a_time:
            if self._schema.validate(tree):
                return
            first: Any = self._schema.error_log[0]  # type: ignore[index]  # stubs know no items of it
        raise Conflicting(Condition.SCHEMA, f"line {first.line}: {first.message}")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False)


def _no_constraints(_selector: DocumentSelector, _text: bytes) -> None:
    """Accept whatever the schema does."""


def _no_names(_text: bytes) -> frozenset[str]:
    return frozenset()


@frozen
class Usage:
    """One kind of document."""

    media_type: str
    namespace: str
    """The default document namespace (RFC 4825 5.3)."""
    schema: Schema = field(repr=False)
    constrain: Callable[[DocumentSelector, bytes], None] = _no_constraints
    """Raises Conflicting for what the schema cannot say (RFC 4825 5.5)."""
    names: Callable[[bytes], frozenset[str]] = _no_names
    """Who is named in a document, so that documents can be found by whom they name."""

    def checked(self, selector: DocumentSelector, text: bytes) -> frozenset[str]:
        """Hold a document against all rules, and give the names in it. Raises Conflicting (RFC 4825 8.2.5)."""
        if len(text) > LARGEST:
            raise Conflicting(Condition.CONSTRAINT, f"the document would have more than {LARGEST} octets")
        read_tree(text)
        self.schema.check(text)
        try:
            self.constrain(selector, text)
            return self.names(text)
        except NoSuchDocument as error:  # whoever reads it once it is kept is stricter than whoever has looked so far
            raise Conflicting(Condition.NOT_WELL_FORMED, str(error)) from None
