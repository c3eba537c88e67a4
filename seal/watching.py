"""What a SEAL server does, in its log: who logged in, what was granted, refused, revoked; never a secret.

One line for each event, with what people typed quoted, so that none of it can begin a line of its own.
"""

from attrs import define, field
from twisted.logger import Logger

from valkit.trace import Note

IN_ANY_CASE = frozenset(
    {
        "access refused",
        "request refused",
        "log-in refused",
        "log-in locked",
        "security token refused",
        "code reused",
        "refresh token reused",
        "revoked",
        "signed out",
    }
)
"""What was refused or ended: logged also where what went well is not."""


@define
class EventLog:
    """Hears of every event."""

    log_all: bool = True
    """Whether what went well is logged too."""
    _log: Logger = field(factory=Logger, init=False)

    def __call__(self, note: Note) -> None:
        """Log it."""
        if self.log_all or note.what in IN_ANY_CASE:
            line = " ".join((note.what, *(f"{name}={said!r}" for name, said in note.fields.items())))
            self._log.info("{line}", line=line, what=note.what, fields=note.fields)
