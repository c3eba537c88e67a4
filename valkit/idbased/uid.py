"""Which identity a user's keys are for: the MIKEY-SAKKE UID of TS 33.180 F.2.1, one per user, KMS and key period.

RFC 6509 3.2 knows telephone numbers and calendar months only, so TS 33.180 hashes a user's URI, the KMS's, and the
number of a key period. The string that is hashed is built as TS 33.220 B.2 says: each parameter with its length in two
bytes behind it, text as UTF-8 in Normalization Form KC, numbers in as few bytes as they need, at least one.
"""

from hashlib import sha256
from unicodedata import normalize

from attrs import field, frozen
from attrs.validators import gt

FC = b"\x00"
"""There is no key, so this is no key derivation, and its FC says so."""

P0 = "MIKEY-SAKKE-UID"

EPOCH = 2_208_988_800
"""Seconds from 1900-01-01 00:00, where key periods count from, to 1970-01-01 00:00, where `now` does."""

THIRTY_DAYS = 2_592_000
"""The length of a key period in seconds, if nobody says otherwise."""


@frozen
class KeyPeriods:
    """How time is cut into key periods: UserKeyPeriod and UserKeyOffset of a KMS certificate, in seconds.

    Raises ValueError if the length is not positive, or the offset not in 0 ... length - 1.
    """

    length: int = field(default=THIRTY_DAYS, validator=gt(0))
    offset: int = field(default=0)

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.offset < self.length:
            raise ValueError("the offset of key periods is not shorter than one of them")

    def number(self, now: float) -> int:
        """Give the number of the key period at this time, in seconds since 1970."""
        return (int(now // 1) + EPOCH - self.offset) // self.length

    def bounds(self, number: int) -> tuple[int, int]:
        """Give when a key period begins and when the next one does, in seconds since 1970."""
        begin = self.offset + number * self.length - EPOCH
        return begin, begin + self.length


def uid(user: str, kms: str, periods: KeyPeriods, number: int) -> bytes:
    """Give a user's UID at a KMS in a key period, 32 bytes. Raises ValueError for a URI that is empty or too long."""
    s = FC + _parameter(P0) + _parameter(user) + _parameter(kms)
    return sha256(s + _number(periods.length) + _number(periods.offset) + _number(number)).digest()


def _parameter(text: str) -> bytes:
    encoded = normalize("NFKC", text).encode()
    if not 0 < len(encoded) <= 0xFFFF:
        raise ValueError("a URI of 1 ... 65535 bytes is needed for a UID")
    return encoded + len(encoded).to_bytes(2)


def _number(number: int) -> bytes:
    size = max(1, (number.bit_length() + 7) // 8)
    return number.to_bytes(size) + size.to_bytes(2)
