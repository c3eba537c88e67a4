"""Times of the key management protocol: 64-bit NTP timestamps in paths (RFC 5905 6), xsd:dateTime in documents.

All are epoch seconds here.
"""

import re
from datetime import UTC, datetime

from valkit.idbased.uid import EPOCH
from valkit.keymanagement.errors import Unreadable

ERA = 1 << 32
"""Seconds of an NTP era. The first ends on 2036-02-07; a timestamp of its first half is taken for the next one's."""

_NTP = re.compile("[0-9A-Fa-f]{16}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def ntp(at: float) -> str:
    """Write a time as an NTP timestamp, 16 hexadecimal digits."""
    seconds, fraction = divmod(at + EPOCH, 1.0)
    return f"{int(seconds) % ERA:08X}{min(int(fraction * ERA), ERA - 1):08X}"


def read_ntp(text: str) -> float:
    """Read an NTP timestamp; a time of 1968 to 2104. Raises Unreadable."""
    if not _NTP.fullmatch(text):
        raise Unreadable("a time is not an NTP timestamp (expected 16 hexadecimal digits)")
    seconds, fraction = int(text[:8], 16), int(text[8:], 16)
    era = 0 if seconds >= ERA // 2 else ERA
    return era + seconds - EPOCH + fraction / ERA


def date(at: float) -> str:
    """Write a time as a dateTime, to the second, in UTC."""
    return datetime.fromtimestamp(int(at // 1), UTC).replace(tzinfo=None).isoformat() + "Z"  # %Y pads no year


def read_date(text: str) -> float:
    """Read a dateTime; one without a zone is UTC, as in the examples of TS 33.180 D.3. Raises Unreadable.

    What is read can be written: in UTC, the last day of the year 9999 may lie behind it.
    """
    if not _DATE.fullmatch(text):
        raise Unreadable("a time is not a dateTime (expected something like 2014-02-23T08:39:14Z)")
    try:
        read = datetime.fromisoformat(text)
        at = (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
        date(at)
    except (ValueError, OverflowError):
        raise Unreadable("a time is no time that there is") from None
    return at
