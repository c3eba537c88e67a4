"""Session-ID (RFC 7989): one identifier of a session wherever its messages go, whatever their Call-IDs are.

Who speaks for an endpoint that has none makes it of the Call-ID, as a UUID of version 5: so nothing need be remembered,
every message of a dialog or registration gets the same one, and whoever sees the message before knows it too.
"""

import re
from uuid import UUID, uuid5

from valkit.sip.message import Message, Request

NAME = "Session-ID"
NAMESPACE = UUID("6f2b1c86-6f0b-5b0e-9c39-0f4d3c1f2a77")
"""Of UUIDs that are made of a Call-ID here."""
NIL = "0" * 32
"""Says that nothing is known of the other end yet (RFC 7989 5)."""

_local = re.compile(r"([0-9a-f]{32})(?:[ \t]*;|[ \t]*$)").match


def session_of(message: Message) -> str:
    """Give the session identifier of a message: what its sender says, or else what its Call-ID makes; 32 hex digits.

    Raises ParseError where there is no Call-ID either.
    """
    said = _local((message.headers.get(NAME) or "").strip())
    if said is not None and said[1] != NIL:
        return said[1]
    return uuid5(NAMESPACE, message.call_id).hex


def with_session(request: Request, session: str = "") -> Request:
    """Add an identifier, or the one that is made of the Call-ID, unless the endpoint has sent one (RFC 7989 7)."""
    if request.headers.get(NAME) is not None:
        return request
    return request.adding(NAME, f"{session or session_of(request)};remote={NIL}")
