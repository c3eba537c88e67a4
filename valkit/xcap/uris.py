"""XCAP URIs (RFC 4825 6): the XCAP root, a document selector, and a node selector after `~~`.

Both directions: what a client writes from values, a server reads back into the same values.
"""

import re
from urllib.parse import quote, unquote_to_bytes

from attrs import frozen

from valkit.xcap.bindings import read_bindings
from valkit.xcap.errors import BadSelector, NothingThere
from valkit.xcap.nodes import NodeSelector, read_selector

SEPARATOR = "~~"
"""The segment between document selector and node selector."""
_PCHAR = "!$&'()*+,;=:@-._~"
_broken = re.compile("%(?![0-9A-Fa-f]{2})")


@frozen
class DocumentSelector:
    """Which document is meant (RFC 4825 6.2); its text is the path below the XCAP root."""

    auid: str
    """The application unique ID; in SEAL the VAL service ID (TS 24.546 7.1.2, TS 24.544 7.2)."""
    xui: str | None
    """Whose home directory it is in; None for the global tree."""
    path: tuple[str, ...]
    """Directories, which are rare, and the file name."""

    @property
    def name(self) -> str:
        """The file name."""
        return self.path[-1]

    @property
    def directory(self) -> str:
        """The path of the directory that it is in, below the XCAP root."""
        return str(self).rpartition("/")[0]

    def __str__(self) -> str:
        tree = ("global",) if self.xui is None else ("users", self.xui)
        return "/".join(encoded(segment) for segment in (self.auid, *tree, *self.path))


@frozen
class XcapUri:
    """A URI that was read: the document, and as much of the node selector as can be known without its usage."""

    document: DocumentSelector
    steps: tuple[str, ...] | None = None
    """The segments of the node selector, decoded; None where the whole document is meant."""
    query: str = ""
    """The query as it was sent: bindings of namespace prefixes."""

    def node(self, default_namespace: str | None) -> NodeSelector | None:
        """Give the node selector, whose names without a prefix are in this namespace; None for a document.

        Raises BadSelector for a prefix that the query does not bind, NothingThere for an extension selector.
        """
        if self.steps is None:
            return None
        return read_selector(self.steps, read_bindings(decoded(self.query)), default_namespace)


def read_uri(target: str, root: str) -> XcapUri:
    """Read a request target, path and query, of a server whose XCAP root has this path, such as `/xcap`.

    Raises BadSelector for an encoding that is none, NothingThere for a path that no document can have.
    """
    path, _, query = target.partition("?")
    if not path.startswith(f"{root}/"):
        raise NothingThere("this is not below the XCAP root")
    segments = [decoded(segment) for segment in path[len(root) + 1 :].split("/")]
    if SEPARATOR not in segments:
        return XcapUri(_document(segments), None, query)
    at = segments.index(SEPARATOR)
    return XcapUri(_document(segments[:at]), tuple(segments[at + 1 :]), query)


def encoded(segment: str) -> str:
    """Write a text as a segment of a path."""
    return quote(segment, safe=_PCHAR)


def decoded(text: str) -> str:
    """Undo percent-encoding. Raises BadSelector where that gives no UTF-8 text."""
    if _broken.search(text):
        raise BadSelector("a per cent sign is not followed by two hexadecimal digits")
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise BadSelector("it is no UTF-8 text") from None


def _document(segments: list[str]) -> DocumentSelector:
    if any(segment in {"", ".", ".."} for segment in segments):
        raise NothingThere("a segment of the path is empty, or dots")
    match segments:
        case [auid, "global", _, *_]:
            return DocumentSelector(auid, None, tuple(segments[2:]))
        case [auid, "users", xui, _, *_]:
            return DocumentSelector(auid, xui, tuple(segments[3:]))
    raise NothingThere("a document is below <AUID>/global or <AUID>/users/<XUI>")
