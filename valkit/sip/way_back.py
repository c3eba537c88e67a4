"""The way a response takes back (RFC 3261 18.2.1, 18.2.2; RFC 3581): what the top Via is to say, and what it says."""

import re
from ipaddress import ip_address

from valkit.sip.grammar import Params
from valkit.sip.headers import Via
from valkit.sip.hop import PORTS, Hop
from valkit.sip.message import Request

_is_port = re.compile("[0-9]{1,5}").fullmatch


def marked(request: Request, source: Hop) -> Request:
    """Note in the top Via where a request came from, if it says otherwise or asks; ParseError if it is unreadable."""
    via = request.via
    if via.rport == "":
        seen = {"received": source.host, "rport": str(source.port)}  # RFC 3581 4
    elif via.host.strip("[]") != source.host or (via.received or source.host) != source.host:
        seen = {"received": source.host}  # 18.2.1
    else:
        return request
    said = [pair for pair in via.params.pairs if pair[0].lower() not in seen]
    return request.with_via(Via(via.transport, via.host, via.port, Params((*said, *seen.items())), via.version))


def datagram_target(via: Via, source: Hop) -> tuple[str, int]:
    """Say where the response to a datagram goes (18.2.2, RFC 3581 4), once its Via has been marked.

    `received` is always the address that the datagram came from: whatever the client wrote there itself is not
    believed. A maddr that is a name is not looked up.
    """
    port = via.port or PORTS["udp"]
    maddr = via.params.get("maddr")
    if maddr and _is_address(maddr):
        return maddr.strip("[]"), port
    rport = via.rport
    return source.host, int(rport) if rport and _is_port(rport) and int(rport) <= 65535 else port


def stream_target(via: Via, source: Hop) -> Hop:
    """Say where to open a connection for a response whose own connection, from `source`, is gone (18.2.2).

    The port is the peer's to choose, the host is not: what `received` is to say is where the request came from.
    """
    return source._replace(port=via.port or PORTS[source.transport])


def _is_address(text: str) -> bool:
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True
