"""The compact form of a signed token (RFC 7515 3.1, 7.1): three segments of base64url, read strictly, and written.

Exactly one text stands for one token: no padding, no white space, no stray bits, so that nobody can make a second
spelling of a token that was revoked or seen. Knows nothing of keys and claims.
"""

from binascii import a2b_base64
from string import ascii_letters, digits
from typing import NamedTuple

from valkit.tokens.errors import Cause, TokenRejected
from valkit.tokens.strictjson import read_object

LONGEST = 16_384
"""Characters a token may have. One of RS256 with three services has about 750, and 65535 would still fit a datagram."""

_ALPHABET = f"{ascii_letters}{digits}-_".encode()
_PADDING = (b"", b"", b"==", b"=")
_LAST = (frozenset(_ALPHABET), frozenset(b""), frozenset(b"AQgw"), frozenset(b"AEIMQUYcgkosw048"))
"""Characters a segment may end with, by its length modulo 4: those that leave no bit unused (RFC 4648 3.5)."""


class Segments(NamedTuple):
    """A token cut at its dots. Header and payload are still encoded: a header seen before need not be read again."""

    header: bytes
    payload: bytes
    signed: bytes
    signature: bytes


def split(token: bytes) -> Segments:
    """Cut a token at its two dots; TokenRejected(MALFORMED, ENCRYPTED or TOO_LONG)."""
    if len(token) > LONGEST:
        raise TokenRejected(Cause.TOO_LONG, f"It has {len(token)} characters.")
    if token.translate(None, _ALPHABET) != b"..":  # one pass for the characters and the dots
        raise _misshapen(token)
    header, payload, signature = token.split(b".")
    return Segments(header, payload, token[: -len(signature) - 1], decode(signature))


def decode(segment: bytes) -> bytes:
    """Decode a segment that `split` gave (RFC 7515 2); TokenRejected(MALFORMED) if it is not the one spelling."""
    over = len(segment) & 3
    if segment and segment[-1] not in _LAST[over]:
        raise TokenRejected(Cause.MALFORMED, "A segment is not base64url as it must be written.")
    return a2b_base64(segment.replace(b"-", b"+").replace(b"_", b"/") + _PADDING[over])


def payload_of(token: str) -> dict[str, object]:
    """Give what a token says, of which nothing is believed by that; TokenRejected(MALFORMED) if it cannot be read."""
    try:
        return read_object(decode(split(token.encode("ascii")).payload))
    except ValueError:
        raise TokenRejected(Cause.MALFORMED, "The payload is not JSON.") from None


def _misshapen(token: bytes) -> TokenRejected:
    strange = set(token.translate(None, _ALPHABET + b"."))
    if strange:
        return TokenRejected(Cause.MALFORMED, f"It has the character {min(strange):#04x}.")
    dots = token.count(b".")
    return TokenRejected(Cause.ENCRYPTED if dots == 4 else Cause.MALFORMED, f"It has {dots + 1} segments.")
