"""What becomes of one XCAP request (RFC 4825 8): the document as it is kept goes in, the answer and the next one out.

Knows no store, no HTTP server and no users: who may ask what is judged before.
"""

from collections.abc import Mapping

from attrs import field, frozen

from seal.xcap.conditions import etag_of, require, unchanged
from seal.xcap.editing import delete_node, put_attribute, put_element
from seal.xcap.errors import Conflicting, Refused
from seal.xcap.selecting import Bindings, select
from seal.xcap.tree import Attribute, Element, read_tree, without_mark
from seal.xcap.usage import Usage
from valkit.xcap import ATTRIBUTE, BINDINGS, ELEMENT, AttributeStep, BindingsStep, Condition, NodeSelector, XcapUri

METHODS = ("GET", "HEAD", "PUT", "DELETE")


@frozen
class Request:
    """A request for a document or a part of it."""

    method: str
    uri: XcapUri
    media_type: str = ""
    """Of the body, in lower case and without parameters."""
    body: bytes = field(default=b"", repr=False)
    if_match: str | None = None
    if_none_match: str | None = None


@frozen
class Answer:
    """What goes back."""

    status: int
    headers: Mapping[str, str] = field(factory=dict)
    body: bytes = field(default=b"", repr=False)


@frozen
class Decision:
    """What becomes of a document, and what is said of it."""

    answer: Answer
    text: bytes | None = field(repr=False)
    """The document from now on; None for none."""
    names: frozenset[str] = frozenset()
    """Who is named in it."""


def read(request: Request, usage: Usage, kept: bytes | None) -> Answer:
    """Answer GET and HEAD (RFC 4825 8.3). Raises Refused."""
    node = request.uri.node(usage.namespace)
    if kept is None:
        raise Refused(404, "there is no such document")
    media_type, body = (usage.media_type, kept) if node is None else _part(kept, node)
    require(request.if_match, None, kept)
    headers = {"ETag": etag_of(kept), "Cache-Control": "private, no-cache"}
    if unchanged(request.if_none_match, kept):
        return Answer(304, headers)
    return Answer(200, {**headers, "Content-Type": media_type}, body)


def decide(request: Request, usage: Usage, kept: bytes | None) -> Decision:
    """Decide on PUT and DELETE (RFC 4825 8.2, 8.4). Raises Refused and Conflicting: then all stays as it is."""
    node = request.uri.node(usage.namespace)
    if node is not None and isinstance(node.terminal, BindingsStep):
        raise Refused(405, "namespace bindings can only be read", ("GET", "HEAD"))
    return (_put if request.method == "PUT" else _delete)(request, usage, node, kept)


def _put(request: Request, usage: Usage, node: NodeSelector | None, kept: bytes | None) -> Decision:
    expected = usage.media_type if node is None else _media_type(node)
    if request.media_type != expected:
        raise Refused(415, f"Content-Type must be {expected}")
    require(request.if_match, request.if_none_match, kept)
    if node is None:
        text, created = without_mark(request.body), kept is None
    elif kept is None:
        raise Conflicting(Condition.NO_PARENT, "there is no such document to put this into")
    else:
        put = put_element if node.terminal is None else put_attribute
        edited = put(kept, node, request.body)
        text, created = edited.text, edited.created
    names = usage.checked(request.uri.document, text)
    return Decision(Answer(201 if created else 200, {"ETag": etag_of(text)}), text, names)


def _delete(request: Request, usage: Usage, node: NodeSelector | None, kept: bytes | None) -> Decision:
    if kept is None:
        raise Refused(404, "there is no such document")
    if node is None:
        require(request.if_match, request.if_none_match, kept)
        return Decision(Answer(200), None)
    if select(read_tree(kept), node) is None:
        raise Refused(404, "the node selector selects nothing in this document")
    require(request.if_match, request.if_none_match, kept)
    text = delete_node(kept, node)
    names = usage.checked(request.uri.document, text)
    return Decision(Answer(200, {"ETag": etag_of(text)}), text, names)


def _part(text: bytes, node: NodeSelector) -> tuple[str, bytes]:
    """Give a part of a document as it stands there, and its media type."""
    match select(read_tree(text), node):
        case Element() as element:
            return ELEMENT, text[element.start : element.end]
        case Attribute() as attribute:
            return ATTRIBUTE, text[attribute.quoted : attribute.end]
        case Bindings(element):
            return BINDINGS, _bindings(element)
    raise Refused(404, "the node selector selects nothing in this document")


def _bindings(element: Element) -> bytes:
    """Write the bindings in scope as RFC 4825 10 has them."""
    scope = sorted(element.scope.namespaces.items())
    declared = (f' xmlns{prefix and f":{prefix}"}="{_quoted(namespace)}"' for prefix, namespace in scope)
    return f"<{element.qname}{''.join(declared)}/>".encode()


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _media_type(node: NodeSelector) -> str:
    return ATTRIBUTE if isinstance(node.terminal, AttributeStep) else ELEMENT
