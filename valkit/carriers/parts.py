"""The parts of a message that may hold a token: in its body, in a multipart, in the REGISTER that a core encloses.

Reads carefully, whatever the shape (TS 24.229 5.4.1.7 for what a core encloses); every place is looked at, so that
nothing can hide a second token behind a first. What a document or a header says is not read here.
"""

from collections.abc import Container, Iterator
from typing import NamedTuple

from valkit.carriers.bearer import KIND, is_bearer
from valkit.carriers.errors import CarrierCause, CarrierError
from valkit.sip.errors import ParseError
from valkit.sip.message import Message, Request, parse
from valkit.sip.multipart import Part, leaves

ENCLOSED = "message/sip"

DEEPEST = 2
"""Messages within messages: a core encloses the UE's REGISTER, and a gateway may enclose that once more."""


class Document(NamedTuple):
    """A part that may hold a token."""

    kind: str
    """Its media type in lower case."""
    body: bytes
    speaker: str = ""
    """To of the REGISTER that the core encloses and this stands in; empty where none encloses it."""


def documents(message: Message, wanted: Container[str], depth: int = 0, speaker: str = "") -> Iterator[Document]:
    """Give the parts of these kinds in their order; CarrierError if a part that may be one cannot be read.

    A header that carries a token is one of them, and comes first.
    """
    if KIND in wanted:
        for value in message.headers.all("Authorization"):
            if is_bearer(value):
                yield Document(KIND, value.encode("utf-8", "surrogateescape"), speaker)
    try:
        content_type = message.content_type
        if content_type is not None and message.body:
            for part in leaves(message.body, content_type):
                yield from _in_part(part, wanted, depth, speaker)
    except ParseError as error:
        raise CarrierError(CarrierCause.UNREADABLE, f"The fault is in its {error.what}.") from None


def _in_part(part: Part, wanted: Container[str], depth: int, speaker: str) -> Iterator[Document]:
    kind = part.content_type.name
    if kind != ENCLOSED and kind not in wanted:
        return
    if not is_plain(part):
        raise CarrierError(CarrierCause.ENCODED)
    if kind == ENCLOSED:
        yield from _in_enclosed(part.body, wanted, depth + 1)
    else:
        yield Document(kind, part.body, speaker)


def _in_enclosed(body: bytes, wanted: Container[str], depth: int) -> Iterator[Document]:
    """Look into an enclosed REGISTER; an enclosed response, or another request, brings no token."""
    if depth > DEEPEST:
        raise CarrierError(CarrierCause.TOO_DEEP)
    enclosed = parse(body)
    if isinstance(enclosed, Request) and enclosed.method == "REGISTER":
        yield from documents(enclosed, wanted, depth, enclosed.headers.get("To") or "")


def is_plain(part: Part) -> bool:
    """Whether the body of a part stands there as it is: SIP is 8-bit clean, so an encoding could only hide it."""
    encoding = part.headers.get("content-transfer-encoding") or "binary"
    return encoding.lower() in {"binary", "8bit", "7bit"} and "content-encoding" not in part.headers
