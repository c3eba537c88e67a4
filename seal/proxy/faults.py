"""What is wrong with a message that cannot be read, in words that hold nothing of it: what the log may have.

h11 quotes the line that it cannot read, and in that line may stand an access token, a code, or a client's secret.
"""

import h11

UNREADABLE = "it is no HTTP/1.1"
"""What is said of a fault that is none of those below."""

KINDS = (
    "Illegal header name",
    "Illegal header value",
    "Illegal method characters",
    "Illegal target characters",
    "Missing mandatory Host: header",
    "Found multiple Host: headers",
    "Only Transfer-Encoding: chunked is supported",
    "multiple Transfer-Encoding headers",
    "conflicting Content-Length headers",
    "bad Content-Length",
    "illegal request line",
    "illegal status line",
    "illegal header line",
    "illegal chunk header",
    "malformed chunk footer",
    "no request line received",
    "no response line received",
    "continuation line at start of headers",
    "Receive buffer too long",
    "peer closed connection without sending complete message body",
    "peer unexpectedly closed connection",
)
"""How h11 begins its sentences; the rest of them is the message's own bytes, or nothing that is missed."""


def fault_of(error: h11.ProtocolError) -> str:
    """Give the kind of fault, without a byte of what was received."""
    said = str(error).lower()
    return next((kind for kind in KINDS if said.startswith(kind.lower())), UNREADABLE)
