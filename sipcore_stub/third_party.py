"""The third-party REGISTER of step 9 (TS 24.229 5.4.1.7): tells an application server of a registration.

Pure: what happened and a filter criterion in, a request out. When it is sent, and what its answer does, is `scscf`'s.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from attrs import field, frozen

from sipcore_stub.ifc import Criterion, RegistrationType
from valkit.ids import Ids
from valkit.sip.message import Request, Response
from valkit.sip.multipart import Part, build_multipart

SERVICE_INFO = "application/3gpp-ims+xml"
SIP = "message/sip"

FROM_REQUEST = ("P-Access-Network-Info", "P-Visited-Network-ID", "P-Charging-Vector")
"""Headers of the UE's REGISTER that the server gets too (TS 24.229 5.4.1.7 e)."""
FROM_RESPONSE = ("P-Charging-Function-Addresses",)


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


def build(criterion: Criterion, happening: Happening, scscf: str, ids: Ids) -> Request:
    """Build the REGISTER from the S-CSCF (its SIP URI) to the server of this criterion."""
    headers = [
        ("Max-Forwards", "70"),
        ("From", f"<{scscf}>;tag={ids.tag()}"),
        ("To", f"<{happening.impu}>"),
        ("Call-ID", ids.call_id()),
        ("CSeq", "1 REGISTER"),
        ("Contact", f"<{scscf}>"),
        ("Expires", str(happening.expires)),
        *_copied(happening),
    ]
    content_type, body = _body(list(_parts(criterion, happening)))
    return Request.create("REGISTER", criterion.server_name, headers, body, content_type)


def _copied(happening: Happening) -> Iterator[tuple[str, str]]:
    for name in FROM_REQUEST:
        yield from ((name, value) for value in happening.request.headers.all(name))
    if happening.response is not None:
        for name in FROM_RESPONSE:
            yield from ((name, value) for value in happening.response.headers.all(name))


def _parts(criterion: Criterion, happening: Happening) -> Iterator[tuple[str, bytes]]:
    """Give media type and content of what the criterion wants, none for a registration that is gone (5.4.1.7 g)."""
    if happening.kind is RegistrationType.GONE:
        return
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


def _body(parts: list[tuple[str, bytes]]) -> tuple[str | None, bytes]:
    """Put one part as it is, several into a multipart body (TS 24.229 5.4.1.7 g)."""
    if len(parts) > 1:
        return build_multipart(Part.create(content_type, body) for content_type, body in parts)
    return parts[0] if parts else (None, b"")
