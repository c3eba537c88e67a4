"""What a request of ours asks of PJSIP, pure: a Request becomes an order, or is refused because PJSIP cannot be asked.

PJSIP writes its own message: Via, Call-ID, CSeq, tags, lengths and boundaries are its own, so an order has none of
them, and a scenario cannot change them. Everything else it takes as it is given.
"""

from collections.abc import Mapping
from typing import Literal

from attrs import evolve, frozen

from ue_sim.engine import Capability
from ue_sim.errors import Incapable
from valkit.sip.headers import MediaType
from valkit.sip.message import Request
from valkit.sip.multipart import parts

OWN = ("Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "Contact", "Route", "Content-Type", "Content-Length")
"""What PJSIP writes into every request; of From, Contact and Route it is told what they are to say."""

OWN_BY_VERB: Mapping[str, tuple[str, ...]] = {
    "register": (*OWN, "Expires"),
    "subscribe": (*OWN, "Event", "Expires", "Accept"),
    "request": OWN,
}

CARRIED = 4000
"""Bytes that a message may have, to be sent or to be received (PJSIP_MAX_PKT_LEN); PJSIP drops a longer one."""
ADDED = 500
"""Bytes that PJSIP adds at least: Via, From, To, Call-ID, CSeq, Accept or Allow, lengths."""

Verb = Literal["register", "subscribe", "request"]
"""Which part of PJSIP sends it."""
Pairs = tuple[tuple[str, str], ...]


@frozen
class Order:
    """One request to be sent, as the child is told it."""

    verb: Verb
    method: str
    uri: str
    impu: str
    """In whose name: From, and To of a REGISTER."""
    routes: tuple[str, ...]
    headers: Pairs
    """Whatever PJSIP does not write itself."""
    type: str = ""
    """Content-Type, without parameters."""
    body: str = ""
    parts: Pairs = ()
    """Content types and bodies of a multipart body; PJSIP puts it together."""
    contact: str = ""
    expires: int = 0
    everywhere: bool = False


def order(request: Request, altered: Request, proxy: str) -> Order:
    """Give the order for `request` as a scenario has `altered` it; `proxy` is a REGISTER's Route. Raises Incapable."""
    verb = _verb(request.method)
    own = OWN_BY_VERB[verb]
    _check_unaltered(request, altered, own)
    contact = request.headers.get("Contact") or ""
    made = Order(
        verb=verb,
        method=request.method,
        uri=request.uri,
        impu=request.from_.uri,
        routes=(proxy,) if verb == "register" else tuple(map(str, request.routes)),
        headers=_others(altered, own),
        contact=contact,
        expires=(request.expires or 0) if verb != "request" else 0,
        everywhere=contact == "*",
    )
    whole = _with_body(made, request, request.content_type) if request.content_type else made
    if _size(whole) + ADDED > CARRIED:
        raise _lacking(Capability.LARGE_MESSAGES, f"a message of PJSIP's may have {CARRIED} bytes")
    return whole


def elsewhere() -> Incapable:
    """Say that a request goes to the P-CSCF."""
    return _lacking(Capability.OTHER_PEERS, "PJSIP sends what it sends to the P-CSCF")


def replays() -> Incapable:
    """Say that nothing of another's is sent as it was."""
    return _lacking(Capability.EDITED_REQUESTS, "PJSIP writes Call-ID and CSeq itself, so nothing is sent as it was")


def _verb(method: str) -> Verb:
    match method:
        case "REGISTER":
            return "register"
        case "SUBSCRIBE":
            return "subscribe"
    return "request"


def _others(request: Request, own: tuple[str, ...]) -> Pairs:
    left_out = {name.lower() for name in own}
    return tuple(
        (name, _text(value.encode("utf-8", "surrogateescape")))
        for name, value in request.headers.items()
        if name.lower() not in left_out
    )


def _with_body(made: Order, request: Request, kind: MediaType) -> Order:
    multipart = kind.type.lower() == "multipart"
    if multipart and made.verb == "register":
        raise _lacking(Capability.EDITED_REQUESTS, "it takes no multipart body for a REGISTER")
    if multipart:
        found = tuple((_name(part.content_type), _text(part.body)) for part in parts(request.body, kind))
        return evolve(made, type=kind.name, parts=found)
    return evolve(made, type=_name(kind), body=_text(request.body))


def _size(made: Order) -> int:
    """Count what PJSIP is given."""
    pairs = (*made.headers, *made.parts)
    texts = (made.uri, made.contact, made.type, made.body, *made.routes, *(text for pair in pairs for text in pair))
    return sum(len(text.encode()) for text in texts)


def _check_unaltered(request: Request, altered: Request, own: tuple[str, ...]) -> None:
    changed = [name for name in own if request.headers.all(name) != altered.headers.all(name)]
    changed += [] if request.start_line == altered.start_line else ["the request line"]
    changed += [] if request.body == altered.body else ["the body"]
    if changed:
        raise _lacking(Capability.EDITED_REQUESTS, f"PJSIP writes {', '.join(changed)} itself")


def _name(kind: MediaType) -> str:
    if kind.params:
        raise _lacking(Capability.EDITED_REQUESTS, f"PJSIP leaves out the parameters of {kind}")
    return kind.name


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise _lacking(Capability.EDITED_REQUESTS, "pjsua2 takes text, and this is none") from None


def _lacking(capability: Capability, why: str) -> Incapable:
    return Incapable(f"the engine pjsua2 lacks {capability.value}: {why}")
