"""A proxy's duties, as functions over messages (RFC 3261 16.3 to 16.6). Via headers are the endpoint's."""

from collections.abc import Iterable
from itertools import pairwise

from sipcore_stub.errors import Cause, Refused
from valkit.sip.errors import ParseError
from valkit.sip.hop import Hop
from valkit.sip.message import Request
from valkit.sip.uri import SipUri, parse_uri

MAX_FORWARDS = 70


def uri_of(hop: Hop, user: str | None = None, *parameters: str) -> str:
    """Write the SIP URI that leads to a hop."""
    host = f"[{hop.host}]" if ":" in hop.host else hop.host
    transport = () if hop.transport == "udp" else (f"transport={hop.transport}",)
    return ";".join((f"sip:{user}@{host}:{hop.port}" if user else f"sip:{host}:{hop.port}", *transport, *parameters))


def leads_to(uri: str, own: Iterable[Hop]) -> bool:
    """Say whether a URI is one of these addresses, over whichever transport."""
    try:
        address = parse_uri(uri)
    except ParseError:
        return False
    return isinstance(address, SipUri) and any(address.hop()[1:] == hop[1:] for hop in own)


def check(request: Request, own: Iterable[Hop], options: frozenset[str] = frozenset()) -> None:
    """Refuse what must not be passed on (RFC 3261 16.3): used-up Max-Forwards, a loop, an option not understood."""
    if request.max_forwards == 0:
        raise Refused(Cause.TOO_MANY_HOPS)
    if any((via.host.strip("[]"), via.port) == hop[1:] for via in request.vias for hop in own):
        raise Refused(Cause.LOOP)
    refuse_unknown(request.headers.all("proxy-require"), options)


def refuse_strangers(source: Hop, trusted: frozenset[str]) -> None:
    """Refuse what comes from a host outside the trust domain (RFC 3325 3)."""
    if source.host not in trusted:
        raise Refused(Cause.NOT_TRUSTED, str(source))


def refuse_unknown(required: Iterable[str], known: frozenset[str]) -> None:
    """Refuse options that are not known, naming them (RFC 3261 8.2.2.3)."""
    unknown = [option for option in required if option not in known]
    if unknown:
        raise Refused(Cause.UNKNOWN_EXTENSION, ", ".join(unknown), [("Unsupported", ", ".join(unknown))])


def onward(request: Request, own: Iterable[Hop]) -> Request:
    """Give the copy to be passed on: one hop less, and without the Route that led here (RFC 3261 16.4, 16.6)."""
    hops = MAX_FORWARDS if request.max_forwards is None else request.max_forwards - 1
    request = request.with_header("Max-Forwards", str(hops))
    if request.routes and leads_to(request.routes[0].uri, own):
        request = request.without_first("Route")
    return request


def host_before_pcscf(request: Request) -> str:
    """Give the host from which the P-CSCF had a REGISTER: it marked the Via beneath its own; empty if there is none.

    Its own Via is that of the address in its Path (TS 24.229 5.2.2.1), which it takes from nobody else.
    """
    first = request.paths[-1].address if request.paths else None
    if not isinstance(first, SipUri):
        return ""
    pairs = pairwise(request.vias)
    below = (lower for upper, lower in pairs if (upper.host, upper.port) == (first.host, first.port))
    via = next(below, None)
    return "" if via is None else via.received or via.host


def next_hop(request: Request) -> Hop:
    """Give where the first Route, or else the Request-URI, leads (RFC 3261 16.6 step 7); raises Refused."""
    target = request.routes[0].address if request.routes else request.address
    if not isinstance(target, SipUri):
        raise Refused(Cause.NO_ROUTE, f"a {target.scheme} URI leads nowhere")
    return target.hop()
