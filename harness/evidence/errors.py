"""Errors of this package.

EvidenceError
+-- NotACapture    the file is of no kind that is read here
`-- Damaged        the file ends or goes wrong in the middle; `at` is the byte, and what came before it is read
"""


class EvidenceError(Exception):
    """What was kept cannot be read; the text is the sentence to show."""


class NotACapture(EvidenceError):
    """The file is neither pcap nor pcapng."""


class Damaged(EvidenceError):
    """A capture that cannot be read any further than this byte."""

    def __init__(self, at: int, why: str) -> None:
        super().__init__(f"damaged at byte {at}: {why}")
        self.at = at
