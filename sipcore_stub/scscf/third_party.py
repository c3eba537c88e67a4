"""The third-party REGISTER of step 9 (TS 24.229 5.4.1.7): tells an application server of a registration.

Pure: what happened and a filter criterion in, a request out. When it is sent, and what its answer does, is
`notifying`'s. Cores in the field differ in how theirs look; a `Shape` says how this one's do.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Self
from xml.sax.saxutils import escape

from attrs import field, frozen

from sipcore_stub.hss.ifc import Criterion, RegistrationType
from valkit.ids import Ids
from valkit.sip.message import Request, Response
from valkit.sip.multipart import Part, build_multipart

SERVICE_INFO = "application/3gpp-ims+xml"
SIP = "message/sip"

FROM_REQUEST = ("P-Access-Network-Info", "P-Visited-Network-ID", "P-Charging-Vector", "Session-ID")
"""Headers of the UE's REGISTER that the server gets too (TS 24.229 5.4.1.7 e), and by which its log is found."""
FROM_RESPONSE = ("P-Charging-Function-Addresses",)


class Body(Enum):
    """What the body is made of."""

    MESSAGES = "messages"
    """The messages that the criterion asks for, as message/sip, and its service information."""
    OWN = "token"
    """What the UE's REGISTER has in its body, by itself: how some cores pass the token on."""


class CallId(Enum):
    """What tells one third-party REGISTER from the next."""

    NEW = "new"
    """A Call-ID of its own, so that CSeq is always 1."""
    KEPT = "kept"
    """One Call-ID for a registration, from its beginning to its end, and a CSeq that counts (RFC 3261 10.2)."""


class Identities(Enum):
    """Of whom a server is told."""

    REGISTERED = "registered"
    """Of the identity in the UE's REGISTER, which stands for its set."""
    EACH = "each"
    """Of each identity of the implicit registration set, in a REGISTER of its own."""


@frozen
class Shape:
    """How this core's third-party REGISTERs look; the defaults are what TS 24.229 5.4.1.7 says."""

    body: Body = Body.MESSAGES
    call_id: CallId = CallId.NEW
    identities: Identities = Identities.REGISTERED
    copied: tuple[str, ...] = FROM_REQUEST
    """Headers of the UE's REGISTER that the server gets too."""
    further: tuple[tuple[str, str], ...] = ()
    """Headers beside these, as they are: whatever a core adds, malformed or not."""


STANDARD = Shape()


@frozen
class Call:
    """By what a third-party REGISTER is known to the transaction user (RFC 3261 8.1.1)."""

    call_id: str
    tag: str
    cseq: int = 1

    @classmethod
    def fresh(cls, ids: Ids) -> Self:
        """Give one that was never used."""
        return cls(ids.call_id(), ids.tag())


@frozen
class Happening:
    """What a server is told of."""

    kind: RegistrationType
    impu: str
    """The identity that was registered; the default one of the set if that is barred."""
    expires: int
    """Seconds granted; 0 when the registration is gone."""
    request: Request = field(repr=False)
    """The UE's REGISTER as the S-CSCF received it; for a registration that ran out, the last one granted."""
    response: Response | None = field(default=None, repr=False)
    """The 200 to it."""


def build(criterion: Criterion, happening: Happening, scscf: str, call: Call, shape: Shape) -> Request:
    """Build the REGISTER from the S-CSCF (its SIP URI) to the server of this criterion."""
    headers = [
        ("Max-Forwards", "70"),
        ("From", f"<{scscf}>;tag={call.tag}"),
        ("To", f"<{happening.impu}>"),
        ("Call-ID", call.call_id),
        ("CSeq", f"{call.cseq} REGISTER"),
        ("Contact", f"<{scscf}>"),
        ("Expires", str(happening.expires)),
        *_copied(happening, shape),
        *shape.further,
    ]
    content_type, body = _body(criterion, happening, shape)
    return Request.create("REGISTER", criterion.server_name, headers, body, content_type)


def _copied(happening: Happening, shape: Shape) -> Iterator[tuple[str, str]]:
    for name in shape.copied:
        yield from ((name, value) for value in happening.request.headers.all(name))
    if happening.response is not None:
        for name in FROM_RESPONSE:
            yield from ((name, value) for value in happening.response.headers.all(name))


def _body(criterion: Criterion, happening: Happening, shape: Shape) -> tuple[str | None, bytes]:
    """Give type and content of the body; a registration that is gone has none (5.4.1.7 g)."""
    if happening.kind is RegistrationType.GONE:
        return None, b""
    if shape.body is Body.OWN:
        return happening.request.headers.get("Content-Type"), happening.request.body
    return _joined(list(_parts(criterion, happening)))


def _parts(criterion: Criterion, happening: Happening) -> Iterator[tuple[str, bytes]]:
    """Give media type and content of what the criterion wants."""
    if criterion.service_info is not None:
        yield SERVICE_INFO, _service_info(criterion.service_info)
    if criterion.include_register_request:
        yield SIP, bytes(happening.request)
    if criterion.include_register_response and happening.response is not None:
        yield SIP, bytes(happening.response)


def _service_info(text: str) -> bytes:
    """Write the document of TS 24.229 7.6."""
    info = f"<service-info>{escape(text)}</service-info>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<ims-3gpp version="1">{info}</ims-3gpp>\n'.encode()


def _joined(parts: list[tuple[str, bytes]]) -> tuple[str | None, bytes]:
    """Put one part as it is, several into a multipart body (TS 24.229 5.4.1.7 g)."""
    if len(parts) > 1:
        return build_multipart(Part.create(content_type, body) for content_type, body in parts)
    return parts[0] if parts else (None, b"")
