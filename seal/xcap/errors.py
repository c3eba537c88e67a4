"""What an XCAP server refuses, and how it says so.

Refused                an HTTP status and a sentence
`-- Conflicting        409, with a detailed conflict report (RFC 4825 11)
"""

from attrs import frozen

from seal.errors import SealError
from valkit.xcap import Condition, ConflictReport, Existing


@frozen
class Refused(SealError):
    """A request that is answered with an error."""

    status: int
    sentence: str
    allow: tuple[str, ...] = ()
    """For 405: the methods that there are."""

    def __str__(self) -> str:
        return self.sentence


@frozen
class Conflicting(SealError):
    """The document cannot become as it was asked to: 409."""

    condition: Condition
    phrase: str
    steps: int | None = None
    """For `no-parent`: how many steps of the node selector lead to something that is there; None where the document
    itself is not."""
    existing: tuple[Existing, ...] = ()
    """For `uniqueness-failure`."""

    def __str__(self) -> str:
        return self.phrase

    def report(self, ancestor: str | None = None) -> ConflictReport:
        """Give the report; `ancestor` is the URI of the parent that would do."""
        return ConflictReport(self.condition, self.phrase, ancestor, self.existing)
