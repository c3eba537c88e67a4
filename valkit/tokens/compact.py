"""The compact form of a signed token (RFC 7515 3.1, 7.1): three segments of base64url, read strictly, and written.

Exactly one text stands for one token: no padding, no white space, no stray bits, so that nobody can make a second
spelling of a token that was revoked or seen. Knows nothing of keys and claims.
"""

from binascii import Error, a2b_base64
from typing import NamedTuple

from valkit.tokens.errors import Cause, TokenRejected

LONGEST = 16_384
"""Characters a token may have. An RS256 token with three services has about 750; 65535 would still fit a datagram."""

_PADDING = (b"", b"", b"==", b"=")
_LAST = (b"", b"", frozenset(b"AQgw"), frozenset(b"AEIMQUYcgkosw048"))  # last characters without stray bits


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
    dots = token.count(b".")
    if dots != 2:
        raise TokenRejected(Cause.ENCRYPTED if dots == 4 else Cause.MALFORMED, f"It has {dots + 1} segments.")
    signed, _, signature = token.rpartition(b".")
    header, _, payload = signed.partition(b".")
    return Segments(header, payload, signed, decode(signature))


def decode(segment: bytes) -> bytes:
    """Decode canonical base64url (RFC 7515 2, RFC 4648 3.5); TokenRejected(MALFORMED) for any other spelling."""
    over = len(segment) & 3
    if over == 1 or b"+" in segment or b"/" in segment or (over and segment[-1] not in _LAST[over]):
        raise _not_base64url()
    try:
        data = a2b_base64(segment.replace(b"-", b"+").replace(b"_", b"/") + _PADDING[over])
    except Error:
        raise _not_base64url() from None
    if len(data) != len(segment) * 3 // 4:  # the decoder passes over characters it does not know
        raise _not_base64url()
    return data


def _not_base64url() -> TokenRejected:
    return TokenRejected(Cause.MALFORMED, "A segment is not base64url as it must be written.")
