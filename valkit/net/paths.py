"""The way to a peer, whatever carries it, and the one that a response takes (RFC 3261 18.2.2)."""

from valkit.net.stream import Connection
from valkit.net.udp import UdpPath
from valkit.sip.message import Request
from valkit.sip.way_back import datagram_target

Path = UdpPath | Connection


def way_back(request: Request, path: Path) -> Path:
    """Give the way for a request's responses: its connection, or where its top Via says."""
    if isinstance(path, Connection):
        return path
    target = datagram_target(request.via, path.remote)
    return path if target == path.target else path._replace(target=target)
