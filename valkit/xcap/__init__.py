"""What both sides of XCAP say (RFC 4825): URIs that lead into a document, media types, conflict reports. Pure.

Knows no document and no application usage: what a selector finds, and what may be put there, is the server's.
"""

from valkit.xcap.conflicts import Condition, ConflictReport, Existing
from valkit.xcap.errors import BadSelector, NothingThere, XcapUriError
from valkit.xcap.media import ATTRIBUTE, BINDINGS, CONFLICT, ELEMENT
from valkit.xcap.nodes import AttributeStep, BindingsStep, Name, NodeSelector, Step
from valkit.xcap.uris import DocumentSelector, XcapUri, read_uri

__all__ = [
    "ATTRIBUTE",
    "BINDINGS",
    "CONFLICT",
    "ELEMENT",
    "AttributeStep",
    "BadSelector",
    "BindingsStep",
    "Condition",
    "ConflictReport",
    "DocumentSelector",
    "Existing",
    "Name",
    "NodeSelector",
    "NothingThere",
    "Step",
    "XcapUri",
    "XcapUriError",
    "read_uri",
]
