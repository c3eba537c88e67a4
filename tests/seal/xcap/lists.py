"""An application usage for tests: lists of entries, at most three, named by their URIs."""

from pathlib import Path

from seal.xcap.errors import Conflicting
from seal.xcap.handling import Request
from seal.xcap.tree import read_tree
from seal.xcap.usage import Schema, Usage
from valkit.xcap import ATTRIBUTE, ELEMENT, Condition, DocumentSelector, Name, read_uri

MEDIA_TYPE = "application/lists+xml"
SELECTOR = DocumentSelector("lists", "alice", ("index",))
PATH = f"/{SELECTOR}"
EMPTY = b'<list xmlns="urn:test:list"></list>'
ONE = b'<list xmlns="urn:test:list"><entry uri="a"/></list>'
TWO = b'<list xmlns="urn:test:list"><entry uri="a"/><entry uri="b"/></list>'


def _uris(text: bytes) -> frozenset[str]:
    found = (child.attribute(Name(None, "uri")) for child in read_tree(text).children)
    return frozenset(each.value for each in found if each is not None)


def _three_at_most(_selector: DocumentSelector, text: bytes) -> None:
    if len(read_tree(text).children) > 3:
        raise Conflicting(Condition.CONSTRAINT, "a list has three entries at most")


LISTS = Usage(
    MEDIA_TYPE, "urn:test:list", Schema(Path(__file__).with_name("lists.xsd")), constrain=_three_at_most, names=_uris
)


def request(method: str, node: str = "", body: bytes = b"", kind: str | None = None, **conditions: str) -> Request:
    """Ask for the list, or the node behind `~~`."""
    usual = MEDIA_TYPE if not node else ATTRIBUTE if "/@" in node else ELEMENT
    uri = read_uri(f"{PATH}/~~/{node}" if node else PATH, "")
    return Request(method, uri, usual if kind is None else kind, body, **conditions)
