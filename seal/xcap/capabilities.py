"""What a server can do, for clients that ask before: the one document of the usage `xcap-caps` (RFC 4825 12)."""

from collections.abc import Iterable

from lxml import etree

from seal.xcap.conditions import etag_of, unchanged
from seal.xcap.errors import Refused
from seal.xcap.handling import Answer, Request
from valkit.xcap import DocumentSelector

AUID = "xcap-caps"
SELECTOR = DocumentSelector(AUID, None, ("index",))
NAMESPACE = "urn:ietf:params:xml:ns:xcap-caps"
MEDIA_TYPE = "application/xcap-caps+xml"


def document(auids: Iterable[str], namespaces: Iterable[str]) -> bytes:
    """Write it."""
    root = etree.Element(f"{{{NAMESPACE}}}xcap-caps", None, {None: NAMESPACE})  # type: ignore[dict-item]  # stubs know no None
    for kind, values in (("auid", (AUID, *auids)), ("extension", ()), ("namespace", (NAMESPACE, *namespaces))):
        listed = etree.SubElement(root, f"{{{NAMESPACE}}}{kind}s")
        for value in values:
            etree.SubElement(listed, f"{{{NAMESPACE}}}{kind}").text = value
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def answer(request: Request, text: bytes) -> Answer:
    """Answer a request for it. Raises Refused: it is read as a whole, and written by nobody."""
    if request.method not in {"GET", "HEAD"}:
        raise Refused(405, "the capabilities of a server can only be read", ("GET", "HEAD"))
    if request.uri.steps is not None:
        raise Refused(404, "the capabilities are read as a whole")
    headers = {"ETag": etag_of(text), "Cache-Control": "private, no-cache"}
    if unchanged(request.if_none_match, text):
        return Answer(304, headers)
    return Answer(200, {**headers, "Content-Type": MEDIA_TYPE}, text)
