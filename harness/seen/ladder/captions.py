"""What a ladder says about a message: its name on the arrow, and beneath it what matters for these procedures.

Tokens are told by their claims, RES and keys not at all, also where a peer has them in words of its own.
"""

from collections.abc import Callable, Iterator, Mapping

from harness.seen.claims import token_in
from harness.seen.rebuilding import reason
from valkit.redaction import redact
from valkit.sip.errors import ParseError
from valkit.sip.message import Message, Request, Response, Unread
from valkit.trace import Http, Note

Fields = Mapping[str, str]

AKA = "AKA"
"""What the names of all its algorithms have in them (RFC 3310, RFC 4169)."""


def _binding(word: str) -> Callable[[Fields], str]:
    def told(fields: Fields) -> str:
        services = ", ".join(fields.get("val_service_ids", "").split())
        return f"{word}: {fields.get('val_user_id', '')} in {services}"

    return told


def _entry(what: str) -> Callable[[Fields], str]:
    """Give what was done, and with what, where that is said."""
    return lambda fields: ": ".join(filter(None, (what, fields.get("entry"))))


def _by_card(fields: Fields) -> bool:
    """Whether a proof was one of AKA; of SIP Digest the algorithm is another, and there is no RES."""
    return AKA in fields.get("algorithm", AKA)


def _scheme(fields: Fields) -> str:
    """Name what the HSS gave: a vector of AKA, or what is needed for SIP Digest."""
    return "AV" if AKA in fields.get("scheme", AKA) else "digest data"


ENTRIES = ("changed", "removed", "service disabled", "service enabled", "revoked", "restored", "certificate taken")
"""What an operator does to an entry."""

NOTED: Mapping[str, Callable[[Fields], str]] = {
    "tls established": lambda fields: f"tunnel to {fields.get('host', '')} stands, {fields.get('version', 'TLS')}",
    "unreachable": lambda fields: f"no connection to {fields.get('name', '')}",
    "logged in": lambda fields: f"{fields.get('user', '')} is logged in ({fields.get('acr', '')})",
    "log-in refused": lambda fields: f"log-in refused ({fields.get('method', '')})",
    "security token issued": lambda fields: f"{fields.get('user', '')} is vouched for at {fields.get('partner', '')}",
    "security token accepted": lambda fields: f"{fields.get('subject', '')} is {fields.get('user', '')} here",
    "security token refused": lambda fields: f"security token refused: {fields.get('cause', '')}",
    **{what: _entry(what) for what in ENTRIES},
    "vector issued": lambda fields: f"{_scheme(fields)} issued",
    "flag": lambda fields: f"flag: {fields.get('flag', '')}",
    "autn verified": lambda _: "AUTN verified, RES made",
    "autn refused": lambda fields: f"AUTN refused {fields.get('cause', '')}".rstrip(),
    "rspauth wrong": lambda _: "rspauth is not the password's",
    "res verified": lambda fields: "RES = XRES" if _by_card(fields) else "response is the password's",
    "res wrong": lambda fields: "RES is not XRES" if _by_card(fields) else "response wrong",
    "bound": _binding("bound"),
    "rebound": _binding("rebound"),
    "moved": _binding("moved"),
    "unbound": lambda fields: f"unbound: {fields.get('cause', '')}",
    "request refused": lambda fields: f"request refused: {fields.get('cause', '')}",
    "access refused": lambda fields: f"access refused: {fields.get('cause', '')}",
    "migration authorized": lambda fields: f"{fields.get('home', '')} may migrate here",
    "migration checked": lambda fields: f"may {fields.get('home', '')} go? {fields.get('cause') or 'yes'}",
    "user migrated": lambda fields: f"{fields.get('home', '')} is at {fields.get('partner', '')}",
    "migrated user served": lambda fields: f"{fields.get('home', '')} is served here",
    "migration refused": lambda fields: f"migration refused: {fields.get('cause', '')}",
    "next hop unavailable": lambda fields: f"no answer for {fields.get('to', '')}",
    "refused": lambda fields: f"refused: {fields.get('cause', '')}",
}
"""How a note reads, by what it is; any other reads as it is called."""

OVER = " over "
"""Between a method and its transport."""


def name(message: Message, transport: str = "udp") -> str:
    """Give what stands on the arrow; a request names its transport where it is not UDP."""
    if isinstance(message, Request):
        method = redact(message.method)
        return method if transport == "udp" else f"{method}{OVER}{transport.upper()}"
    assert isinstance(message, Response)
    return redact(f"{message.status} {message.reason}").strip()


def details(message: Message) -> tuple[str, ...]:
    """Give what stands beneath it."""
    if isinstance(message, Unread):
        return ("too large to be read",)
    try:
        return tuple(map(redact, _of_request(message) if isinstance(message, Request) else _of_response(message)))
    except ParseError as error:
        return (redact(f"unreadable: {error}"),)


def noted(note: Note) -> str:
    """Give what stands beside something that a program noted."""
    words = NOTED.get(note.what)
    return redact(words(note.fields) if words else note.what)


def spoken_name(http: Http) -> str:
    """Give what stands on the arrow of an HTTP message."""
    if http.status is None:
        return redact(f"{http.method} {http.path}")
    return f"{http.status} {reason(http.status)}".strip()


def spoken_details(http: Http) -> tuple[str, ...]:
    """Give what stands beneath it."""
    return tuple(redact(f"{name} {value}").strip() for name, value in http.fields.items())


def _of_request(request: Request) -> Iterator[str]:
    yield f"IMPU {_impu(request)}"
    credentials = request.authorization
    if credentials is not None:
        yield f"IMPI {credentials.get('username')}"
        if credentials.get("response"):
            yield "RES" if AKA in str(credentials.get("algorithm")).upper() else "response"
    token = token_in(request)
    if token is not None:
        yield str(token)
    if request.expires == 0:
        yield "Expires 0"


def _impu(request: Request) -> str:
    asserted = request.p_asserted_identities
    return asserted[0].uri if asserted else request.to.uri


def _of_response(response: Message) -> Iterator[str]:
    challenge = response.challenge
    if challenge is not None and AKA in str(challenge.get("algorithm")).upper():
        yield "RAND, AUTN"
    warning = response.headers.get("Warning")
    if warning is not None:
        yield warning
