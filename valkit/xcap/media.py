"""The media types of parts of a document, and of what is said of them (RFC 4825 15.2)."""

ELEMENT = "application/xcap-el+xml"
ATTRIBUTE = "application/xcap-att+xml"
BINDINGS = "application/xcap-ns+xml"
CONFLICT = "application/xcap-error+xml"
