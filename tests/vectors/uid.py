"""Known answers of MIKEY-SAKKE UIDs, TS 33.180 F.2.1, which has none itself.

From an implementation that is not this one: the unit tests of the MIKEY-SAKKE library of Streamwide, test_uid_format2.
"""

from typing import NamedTuple


class Known(NamedTuple):
    """One UID in hexadecimal; a key period's length and offset are in seconds."""

    user: str
    kms: str
    length: int
    offset: int
    number: int
    uid: str


KNOWN = (
    Known(
        "alice@org.com",
        "192.168.4.101:8080",
        2_592_000,
        0,
        631,
        "309d9c5b8e681c330283f85e04dab2ca4daa7dfd125f1d7bf9aa9f4e11fe91af",
    ),
    Known(
        "alice@org.com",
        "0.0.0.0:8080",
        2_592_000,
        0,
        1490,
        "35bad79faa9b23bf1656a5dbead20cd5226a75453ee470201e280dd6f8fb6e70",
    ),
)
