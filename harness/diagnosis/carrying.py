"""What can be wrong with how a message carries its token: cut off, of the wrong type, or not where it is looked for."""

import re
from collections.abc import Iterator

from harness.diagnosis.facts import TokenPlace
from harness.diagnosis.findings import Finding, diagnosis
from harness.diagnosis.wrapping import how_parted, parted_bearer, parted_token
from harness.evidence import Broken, Seen
from valkit.carriers import BY_NAME, CARRIERS, Carried, CarrierCause, CarrierError, InfoDocument, tokens_in
from valkit.carriers.bearer import is_bearer
from valkit.sip import Message, ParseError, Part, leaves, parse

MTU = 1_300
"""Bytes beyond which a request belongs on TCP (RFC 3261 18.1.1)."""

_token = re.compile(rb"ey[A-L][A-Za-z0-9_-]{8,}|ew[k-p0-3][A-Za-z0-9_-]{8,}")
"""What looks like the beginning of a JWT."""

KINDS = {row.media_type: row for row in BY_NAME.values() if isinstance(row, InfoDocument)}


@diagnosis(
    "truncated-message",
    "RFC 3261 18.1.1, 18.3",
    "A datagram holds less than its Content-Length announces: it was cut off, often at the MTU, with a token in it.",
)
def _cut_off(broken: Broken) -> Iterator[Finding]:
    error = broken.error
    if error.what.lower() != "content-length" or "bytes of body came" not in error.why:
        return
    size = len(broken.octets)
    near = f" It has {size} bytes: a token made it larger than a packet." if size >= MTU else ""
    yield Finding(
        f"{broken.start} was cut off: Content-Length {error.why}.{near}",
        f"Send requests of more than {MTU} bytes over TCP, and let IP fragments through; a server that reads into a "
        "fixed buffer needs a larger one. If the header was wrong, count the bytes of the body anew.",
        (broken.spot.place,),
    )


@diagnosis(
    "malformed-message", "RFC 3261 25.1", "A message breaks the grammar of SIP, or lacks a header it cannot do without."
)
def _malformed(broken: Broken) -> Iterator[Finding]:
    if not any(_cut_off(broken)) and not any(_header_white_space(broken)):
        yield Finding(
            f"{broken.start!a}: {broken.error.what} {broken.error.why}.",
            "Write it as the grammar has it.",
            (broken.spot.place,),
        )


@diagnosis(
    "content-type",
    "RFC 3261 20.15",
    "A body is not of the type that Content-Type says: another document, no multipart, a message that is none.",
)
def _other_type(seen: Seen) -> Iterator[Finding]:
    message = seen.message
    if not message.body or not seen.exact:
        return
    try:
        parts = () if message.content_type is None else tuple(leaves(message.body, message.content_type))
        wrong = [why for part in parts if (why := _not_what_it_says(part))]
    except ParseError as error:
        wrong = [f"it says {message.headers.get('Content-Type')!a}, and {error.what} {error.why}"]
    if message.headers.get("Content-Type") is None:
        wrong = ["there is no Content-Type"]
    for why in wrong:
        advice = (
            "Name the media type of what is there; a multipart needs its boundary, and a part has its own Content-Type."
        )
        yield Finding(f"The body of {message.start_line} is not what it says: {why}.", advice, (seen.spot.place,))


def _not_what_it_says(part: Part) -> str:
    """Say how a part differs from its type; nothing if it does not."""
    name, begin = part.content_type.name, part.body.lstrip()[:400]
    root = re.search(rb"<(?![?!])(?:[\w-]+:)?([\w-]+)", begin)
    if name in KINDS:
        wanted = KINDS[name].above[0]
        return "" if root and root[1].decode() == wanted else f"{name} has the root {wanted}, not {_root(root)}"
    if name == "message/sip":
        return _not_a_message(part.body)
    document = next((row for row in KINDS.values() if root and root[1].decode() == row.above[0]), None)
    if document is not None:
        return f"it says {name}, and has a {document.name} document, which is {document.media_type}"
    return ""


def _root(root: re.Match[bytes] | None) -> str:
    return root[1].decode() if root else "what is there"


def _not_a_message(body: bytes) -> str:
    try:
        parse(body)
    except ParseError as error:
        return f"message/sip has no SIP message in it ({error.what} {error.why})"
    return ""


def _tokens(message: Message) -> list[Carried]:
    try:
        return tokens_in(message, CARRIERS)
    except CarrierError:
        return []


def _carrier_fault(message: Message) -> CarrierError | None:
    try:
        tokens_in(message, CARRIERS)
    except CarrierError as error:
        return error
    return None


@diagnosis(
    "xml-whitespace",
    "TS 24.379 F.1",
    "The element of a token has white space within the token: the XML was pretty-printed, or a line wrapped.",
)
def _white_space(place: TokenPlace) -> Iterator[Finding]:
    message = place.seen.message
    fault = _carrier_fault(message)
    if fault is None or fault.cause is not CarrierCause.NOT_TEXT:
        return
    token = parted_token(message.body)
    if token is not None:
        yield Finding(
            f"The token in {message.start_line} has a line end or blanks in it: {how_parted(token)}. "
            f"A VAL server takes no token from there ({fault.cause.value}).",
            "Write the token in one piece; white space before and behind it does no harm.",
            (place.seen.spot.place,),
        )


@diagnosis(
    "header-whitespace",
    "RFC 6750 2.1, RFC 3261 7.3.1",
    "The token in an Authorization header is folded or wrapped over several lines, or has blanks in it.",
)
def _header_white_space(found: TokenPlace | Broken) -> Iterator[Finding]:
    if isinstance(found, Broken):
        token = parted_bearer(found.octets)
        start, place = found.start, found.spot.place
        read = "A line that begins without a blank is another header, so that the whole message is refused"
    else:
        token = next(filter(None, map(_parted_value, found.seen.message.headers.all("Authorization"))), None)
        start, place = found.seen.message.start_line, found.seen.spot.place
        cause = CarrierCause.UNREADABLE.value
        read = f"A fold is read as a blank, so that no VAL server takes a token from there ({cause})"
    if token is not None:
        yield Finding(
            f"The token in the Authorization of {start} has line ends or blanks in it: {how_parted(token)}. {read}.",
            "Write the header in one line, however long it is.",
            (place,),
        )


def _parted_value(value: str) -> str | None:
    return parted_token(value.encode("utf-8", "surrogateescape")) if is_bearer(value) else None


@diagnosis(
    "document",
    "TS 24.379 F.1",
    "The document that should carry the token cannot be read: no XML, another root, two tokens, an encrypted element.",
)
def _document(place: TokenPlace) -> Iterator[Finding]:
    fault = _carrier_fault(place.seen.message)
    if fault is not None and not any(_white_space(place)) and not any(_header_white_space(place)):
        advice = "Write it as the carrier's document is: `val ue register --token FILE` sends one that is right."
        yield Finding(
            f"No token can be read in {place.seen.message.start_line}: {fault}", advice, (place.seen.spot.place,)
        )


@diagnosis(
    "token-place",
    "TS 24.379 F.1",
    "There is a token in a message, but not where one is looked for: in another element, namespace or media type.",
)
def _elsewhere(place: TokenPlace) -> Iterator[Finding]:
    message = place.seen.message
    if _carrier_fault(message) is None and not _tokens(message) and _token.search(message.body):
        kinds = sorted({part.content_type.name for part in _parts(message)})
        yield Finding(
            f"{message.start_line} has a token in its body ({', '.join(kinds) or 'no type'}) where none belongs.",
            "Look at the names of element and namespace, and at Content-Type; or use Authorization: Bearer (RFC 8898).",
            (place.seen.spot.place,),
        )


def _parts(message: Message) -> tuple[Part, ...]:
    try:
        return () if message.content_type is None else tuple(leaves(message.body, message.content_type))
    except ParseError:
        return ()


@diagnosis("carrier", "TS 24.379 F.1", "The token is in a document or header that this server does not look into.")
def _another_carrier(place: TokenPlace) -> Iterator[Finding]:
    message = place.seen.message
    found = _tokens(message)
    if found and not any(carried.carrier in place.looked for carried in found):
        used = sorted({carried.carrier for carried in found})
        yield Finding(
            f"{message.start_line} carries its token in {', '.join(used)}, the server looks into "
            f"{', '.join(sorted(place.looked))} alone.",
            "Let the client use the server's carrier, or name its own under `carriers` (and see `profile`).",
            (place.seen.spot.place,),
        )


@diagnosis(
    "large-datagram",
    "RFC 3261 18.1.1",
    "A request of more than 1300 bytes went by UDP and was never answered, while smaller ones were.",
)
def _large(place: TokenPlace) -> Iterator[Finding]:
    hop = place.seen.spot.source
    size = len(bytes(place.seen.message))
    if place.unanswered and hop is not None and hop.transport == "udp" and size > MTU:
        yield Finding(
            f"{place.seen.message.start_line} has {size} bytes, went by UDP, and nobody answered it.",
            "Send it over TCP; or look where IP fragments are dropped on the way.",
            (place.seen.spot.place,),
        )
