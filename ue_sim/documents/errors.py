"""Errors of the configuration and group management clients.

UeError
`-- DocumentsError
    +-- Unreachable     the server gives no answer
    +-- Refused         it refuses, with a status and perhaps a sentence or a conflict report
    +-- Unusable        it answers with something that is no document of the kind
    `-- NoKeys          it answers with no key of the group
"""

from ue_sim.errors import UeError
from valkit.xcap import ConflictReport


class DocumentsError(UeError):
    """A document was not had, or not changed; the text says why and never holds a token."""


class Unreachable(DocumentsError):
    """No answer came, or another server answered."""


class Refused(DocumentsError):
    """The server refuses."""

    def __init__(self, status: int, said: str = "", report: ConflictReport | None = None) -> None:
        self.status = status
        self.report = report
        """What a 409 says (RFC 4825 11)."""
        super().__init__(f"the server refuses: {status}{f' ({said})' if said else ''}")


class Unusable(DocumentsError):
    """An answer that is no document of the kind."""


class NoKeys(DocumentsError):
    """An answer about the keys of a group with none in it."""
