"""Who hears of events: the log, the ring behind the event stream, and whoever started the server.

Every event is logged in one line, with its cause and never with a token. At thousands of bindings a second what went
well can be left out of the log (`log: errors`); the event stream is the place to follow it.
"""

from collections.abc import Iterable, Mapping

from attrs import define, field
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from valkit.trace import Note, Observer
from valserver.facts import Event
from valserver.watching.events import EventLog, fields, note

TROUBLE = frozenset({"refused", "tolerated", "no token", "unfollowed"})
"""What is logged in any case, though in bounded number: refusals, what would have been refused, who came without a
token and is bound to nobody, and registrations that cannot be followed."""
MOST_LOGGED = 100
"""Of these logged in one second; of more only the number."""


@define
class Watchers:
    """Hands every event on."""

    events: EventLog
    clock: IReactorTime
    observe: Observer | None
    log_all: bool = True
    """Whether what went well is logged too, and not only refusals."""
    _log: Logger = field(factory=Logger, init=False)
    _second: int = field(default=0, init=False)
    _logged: int = field(default=0, init=False)

    def __call__(self, event: Event) -> None:
        """Tell all of them."""
        now = self.clock.seconds()
        self.events.append(event, now)
        self._logs(event.what, fields(event), int(now), trouble=event.what in TROUBLE)
        if self.observe is not None:
            self.observe(note(event, now))

    def noted(self, note: Note) -> None:
        """Log what became of a migration, and hand it on; with a cause it is a refusal."""
        cause, home, partner = (note.fields.get(name, "") for name in ("cause", "home", "partner"))
        self.events.append(Event(note.what, "", cause, home=home, partner=partner), note.at)
        self._logs(note.what, note.fields.items(), int(note.at), trouble="cause" in note.fields)
        if self.observe is not None:
            self.observe(note)

    def _logs(self, what: str, said: Iterable[tuple[str, str]], second: int, *, trouble: bool) -> None:
        """Log it, unless nobody wants to read it, or a flood of refusals would fill the disk."""
        if trouble:
            self._count(second)
        if self._logged <= MOST_LOGGED if trouble else self.log_all:
            told = dict(said)
            self._log.info("{line}", line=_line(what, told), what=what, fields=told)

    def _count(self, second: int) -> None:
        if second != self._second:
            if self._logged > MOST_LOGGED:
                count = self._logged - MOST_LOGGED
                self._log.warn(
                    "{count} further events: refused, tolerated, no token, unfollowed or of migrations", count=count
                )
            self._second, self._logged = second, 0
        self._logged += 1


def _line(what: str, said: Mapping[str, str]) -> str:
    """Give all that is said, peers' texts quoted so that none of them can begin a line of its own."""
    return " ".join((what, *(f"{name}={value!r}" for name, value in said.items())))
