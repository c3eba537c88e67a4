"""Who hears of what."""

from collections.abc import Sequence

from twisted.internet.task import Clock
from twisted.logger import LogEvent, capturedLogs, formatEvent

from valkit.trace import Trace
from valserver.events import EventLog
from valserver.facts import Event
from valserver.watchers import MOST_LOGGED, Watchers

BOUND = Event("bound", "sip:a", "token", "alice", ("dispatch",), "REGISTER", "j1")
REFUSED = Event("refused", "sip:a", "expired", via="PUBLISH")


def texts(events: Sequence[LogEvent]) -> list[str | None]:
    """Give the log as people read it."""
    return [formatEvent(event) for event in events]


def test_every_event_goes_to_ring_and_observer() -> None:
    """With the time of the clock."""
    clock, trace, events = Clock(), Trace(), EventLog("e")
    clock.advance(7)
    Watchers(events, clock, trace.note)(BOUND)
    assert [(entry.at, entry.event) for entry in events.since(0, 9)] == [(7.0, BOUND)]
    assert [event.at for event in trace.events] == [7.0]


def test_a_refusal_is_logged_with_its_cause() -> None:
    """What went well is not."""
    watchers = Watchers(EventLog("e"), Clock(), None)
    with capturedLogs() as logged:
        watchers(BOUND)
        watchers(REFUSED)
    assert texts(logged) == ["PUBLISH for 'sip:a' refused: expired"]


def test_a_flood_of_refusals_does_not_fill_the_log() -> None:
    """The rest is counted."""
    clock = Clock()
    watchers = Watchers(EventLog("e"), clock, None)
    with capturedLogs() as logged:
        for _ in range(MOST_LOGGED + 5):
            watchers(REFUSED)
        clock.advance(1)
        watchers(REFUSED)
    assert len(logged) == MOST_LOGGED + 2
    assert texts(logged)[-2] == "5 further requests were refused"
