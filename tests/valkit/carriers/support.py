"""Messages that carry tokens, as UEs and cores send them; and Hypothesis strategies for others."""

from valkit.carriers import mcptt_info, val_info
from valkit.sip.message import Request
from valkit.sip.multipart import Part, build_multipart

TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln-_"
OTHER = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2ln-_"
CLIENT = "urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF"

Body = tuple[str, bytes]

INFO = val_info(TOKEN, CLIENT)
MCPTT = mcptt_info(TOKEN, CLIENT)
SETTINGS: Body = ("application/poc-settings+xml", b"<poc-settings/>")
SERVICE_INFO: Body = ("application/3gpp-ims+xml", b"<ims-3gpp><service-info>x</service-info></ims-3gpp>")

UE_HEADERS = [
    ("Via", "SIP/2.0/UDP 127.0.0.21;branch=z9hG4bKa"),
    ("Max-Forwards", "68"),
    ("From", "<sip:alice@home.example>;tag=1"),
    ("To", "<sip:alice@home.example>"),
    ("Call-ID", "a84b4c76e66710"),
    ("CSeq", "2 REGISTER"),
    ("Contact", '<sip:alice@127.0.0.11>;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.mcptt"'),
    ("Expires", "600000"),
]
CORE_HEADERS = [
    ("Via", "SIP/2.0/UDP 127.0.0.23;branch=z9hG4bKb"),
    ("From", "<sip:scscf.home.example>;tag=2"),
    ("To", "<sip:alice@home.example>"),
    ("Call-ID", "b84b4c76e66710"),
    ("CSeq", "1 REGISTER"),
    ("Expires", "600000"),
]


def mixed(*bodies: Body) -> Body:
    """Join bodies in a multipart/mixed."""
    return build_multipart([Part.create(*body) for body in bodies])


def register(body: Body | None, headers: list[tuple[str, str]] = UE_HEADERS, method: str = "REGISTER") -> Request:
    """Build the UE's REGISTER, or another request, with this body."""
    content_type, content = body or (None, b"")
    return Request.create(method, "sip:home.example", headers, content, content_type)


def enclosing(inner: Request, *more: Body) -> Request:
    """Build the third-party REGISTER in which a core encloses a message, and perhaps more."""
    enclosed: Body = ("message/sip", bytes(inner))
    return register(mixed(enclosed, *more) if more else enclosed, CORE_HEADERS)
