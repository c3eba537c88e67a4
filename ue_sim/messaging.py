"""What one MESSAGE looks like (RFC 3428), pure: an instant message to a user or a server."""

from ue_sim.engine import Instant
from valkit.ids import Ids
from valkit.sip.message import Request


def request(wanted: Instant, speaker: str, routes: tuple[str, ...], ids: Ids) -> Request:
    """Give the MESSAGE, over a preloaded route (TS 24.229 5.1.2A.1.1), in the name of `speaker`."""
    headers = [
        ("Max-Forwards", "70"),
        ("From", f"<{wanted.impu}>;tag={ids.tag()}"),
        ("To", f"<{wanted.uri}>"),
        ("Call-ID", ids.call_id()),
        ("CSeq", "1 MESSAGE"),
        ("P-Preferred-Identity", f"<{speaker}>"),
        *(("Route", route) for route in routes),
        *wanted.body.headers,
    ]
    return Request.create("MESSAGE", wanted.uri, headers, wanted.body.content, wanted.body.content_type or None)
