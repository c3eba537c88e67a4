"""Who hears of events: the log, the ring behind the event stream, and whoever started the server.

Every event is logged in one line, with its cause and never with a token. At thousands of bindings a second what went
well can be left out of the log (`log: errors`); the event stream is the place to follow it.
"""

from attrs import define, field
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from valkit.trace import Observer
from valserver.events import EventLog, fields, note
from valserver.facts import Event

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
        if event.what in TROUBLE:
            self._log_refusal(event, int(now))
        elif self.log_all:
            self._log_event(event)
        if self.observe is not None:
            self.observe(note(event, now))

    def _log_refusal(self, event: Event, second: int) -> None:
        """Log it, unless a flood of them would fill the disk."""
        if second != self._second:
            if self._logged > MOST_LOGGED:
                count = self._logged - MOST_LOGGED
                self._log.warn("{count} further events: refused, tolerated, no token or unfollowed", count=count)
            self._second, self._logged = second, 0
        self._logged += 1
        if self._logged <= MOST_LOGGED:
            self._log_event(event)

    def _log_event(self, event: Event) -> None:
        self._log.info("{line}", line=_line(event), what=event.what, fields=dict(fields(event)))


def _line(event: Event) -> str:
    """Give all that an event says, peers' texts quoted so that none of them can begin a line of its own."""
    return " ".join((event.what, *(f"{name}={value!r}" for name, value in fields(event))))
